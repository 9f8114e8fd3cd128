"""``meetd accounts``: add, list, link, block and erase, while the server is stopped."""

import argparse
import sys
from typing import Any

from meetd.accounts.account import Account, AccountRefused
from meetd.accounts.accounts import Accounts
from meetd.accounts.identity import check_identity
from meetd.audit.entry import OPERATOR
from meetd.cli.acts import Act, add_act, is_sure, print_data, print_table, run_act
from meetd.cli.found_account import find_account
from meetd.config.settings import Settings
from meetd.core.times import day_and_time
from meetd.pages.account_errors import explain
from meetd.pages.address_door import confirm_path
from meetd.pages.words import Languages
from meetd.stores import Stores


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "accounts",
        help="add, list, block and erase accounts",
        description="Work on the accounts of a data directory. Stop the server first: the directory"
        " is used by one process at a time. While it runs, an administrator invites people on the"
        " page /admin/people.",
    )
    acts = parser.add_subparsers(metavar="ACTION", required=True)
    add = _act(acts, "add", _add, "make an account and print a link to choose its password")
    add.add_argument("email", metavar="E-MAIL", help="its e-mail address")
    add.add_argument("--first-name", required=True, metavar="NAME", help="as others see it")
    add.add_argument("--last-name", required=True, metavar="NAME", help="as others see it")
    add.add_argument("--user-name", default="", metavar="NAME", help="made from the names if left")
    add.add_argument("--administrator", action="store_true", help="may do everything")
    add.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    _act(acts, "list", _list, "list all accounts")
    for name, run, help_text in (
        ("link", _link, "print links to hand on: a new password, a change of address that waits"),
        ("block", _block, "block an account for ever and end its sessions"),
        ("erase", _erase, "erase an account with its rooms and keys; nothing brings it back"),
    ):
        each = _act(acts, name, run, help_text)
        each.add_argument("email", metavar="E-MAIL", help="its e-mail address")
        if name in {"block", "erase"}:
            each.add_argument("--yes", action="store_true", help="do not ask")


def _act(acts: Any, name: str, act: Act, help_text: str) -> argparse.ArgumentParser:
    return add_act(acts, name, lambda options: _run(options, act), help_text)


def _run(options: argparse.Namespace, act: Act) -> int:
    try:
        # The first administrator can be made before the first start.
        return run_act(options, act, makes_data=act is _add)
    except AccountRefused as refused:
        words = Languages().english
        for problem in refused.problems:
            print(f"meetd: {explain(problem, words)}", file=sys.stderr)
    return 1


async def _add(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    identity = check_identity(
        options.email, options.first_name, options.last_name, options.user_name
    )
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    account = await stores.accounts.joining.add(
        identity, password, administrator=options.administrator
    )
    if password is None:
        return await _print_link(stores.accounts, settings, options, account)
    print_data(options, _facts(account), f"{account.email} has an account as {account.user_name}.")
    return 0


async def _list(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    found = [account async for account in stores.accounts.all()]
    if options.json:
        print_data(options, [_facts(account) for account in found], "")
    elif not found:
        print("There are no accounts yet. meetd accounts add makes one.")
    else:
        headings = ("E-MAIL", "USER NAME", "NAME", "LAST SIGN-IN", "STATE")
        print_table(headings, [_columns(account) for account in found])
    return 0


async def _link(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    account = await find_account(stores.accounts, options.email)
    if account is None:
        return 1
    if account.blocked_at is not None:
        print("meetd: This account is blocked for ever; it gets no link.", file=sys.stderr)
        return 1
    return await _print_link(stores.accounts, settings, options, account)


async def _block(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    account = await find_account(stores.accounts, options.email)
    if account is None or not is_sure(options, "Block this account for ever?"):
        return 1
    await stores.accounts.block(account, actor=OPERATOR)
    print_data(options, {"id": account.id, "blocked": True}, "Blocked for ever.")
    return 0


async def _erase(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    account = await find_account(stores.accounts, options.email)
    if account is None or not is_sure(
        options, "Erase this account and its rooms? Nothing brings them back."
    ):
        return 1
    await stores.erase(account, actor=OPERATOR)
    print_data(options, {"id": account.id, "erased": True}, "Erased.")
    return 0


async def _print_link(
    accounts: Accounts, settings: Settings, options: argparse.Namespace, account: Account
) -> int:
    token = await accounts.joining.password_link(account, by_hand=True)
    link = f"{_base(settings)}/reset-password/{token.reveal()}"
    changes = await _change_links(accounts, settings, account)
    sentence = f"Hand this link to {account.email} (once, within a day):\n{link}"
    for address, each in changes.items():
        sentence += f"\nTo change the address, hand this one to {address}:\n{each}"
    print_data(options, {**_facts(account), "link": link, "changeLinks": changes}, sentence)
    return 0


async def _change_links(accounts: Accounts, settings: Settings, account: Account) -> dict[str, str]:
    """By address: the links that both ends of a change agree with, when one waits."""
    changes = accounts.address_changes
    change = await changes.of(account.id)
    if change is None or change.changed_at is not None:
        return {}
    old = (await changes.link("old", account)).reveal()
    new = (await changes.link("new", account)).reveal()
    base = _base(settings)
    return {
        change.old: base + confirm_path("old", old),
        change.new: base + confirm_path("new", new),
    }


def _base(settings: Settings) -> str:
    """The address people type, as far as the configuration knows it."""
    server = settings.server
    scheme = "http" if server.tls == "off" else "https"
    return server.public_url.rstrip("/") or f"{scheme}://{server.host}:{server.port}"


def _facts(account: Account) -> dict[str, Any]:
    """What ``--json`` prints. Times in milliseconds since the Unix epoch."""
    return {
        "id": account.id,
        "email": account.email,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "userName": account.user_name,
        "administrator": account.administrator,
        "createdAt": account.created_at,
        "lastSignInAt": account.last_sign_in_at,
        "blockedAt": account.blocked_at,
    }


def _columns(account: Account) -> list[str]:
    last = account.last_sign_in_at
    marks = [
        *(["administrator"] if account.administrator else []),
        *(["blocked"] if account.blocked_at is not None else []),
    ]
    return [
        account.email,
        account.user_name,
        account.name,
        "never signed in" if last is None else day_and_time(last),
        " ".join(marks),
    ]
