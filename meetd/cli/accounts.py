"""``meetd accounts``: add, list, link, block and erase, while the server is stopped."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import msgspec

from meetd.accounts.account import Account, AccountRefused
from meetd.accounts.accounts import Accounts
from meetd.accounts.identity import check_identity
from meetd.audit.entry import OPERATOR
from meetd.audit.log import AuditLog
from meetd.cli.options import add_common_options, data_directory, settings_from
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.times import day_and_time
from meetd.pages.account_errors import explain
from meetd.pages.address_door import confirm_path
from meetd.pages.words import Languages
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.schema import migrate
from meetd.storage.vault import Vault, load_master_key

Act = Callable[[Accounts, Settings, argparse.Namespace], Awaitable[int]]


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
    add.add_argument("email", metavar="E-MAIL")
    add.add_argument("--first-name", required=True, metavar="NAME")
    add.add_argument("--last-name", required=True, metavar="NAME")
    add.add_argument("--user-name", default="", metavar="NAME", help="made from the names if left")
    add.add_argument("--administrator", action="store_true", help="may do everything")
    add.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    _act(acts, "list", _list, "list all accounts")
    for name, run, help_text in (
        ("link", _link, "print links to hand on: a new password, a change of address that waits"),
        ("block", _block, "block an account for ever and end its sessions"),
        ("erase", _erase, "erase an account and its key; nothing brings it back"),
    ):
        each = _act(acts, name, run, help_text)
        each.add_argument("email", metavar="E-MAIL")
        if name in {"block", "erase"}:
            each.add_argument("--yes", action="store_true", help="do not ask")


def _act(acts: Any, name: str, act: Act, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=help_text, description=help_text)
    add_common_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=lambda options: _run(options, act))
    return parser


def _run(options: argparse.Namespace, act: Act) -> int:
    settings = settings_from(options)
    try:
        return asyncio.run(_with_accounts(settings, options, act))
    except StorageError as error:
        print(f"meetd: {error}", file=sys.stderr)
    except AccountRefused as refused:
        words = Languages().english
        for problem in refused.problems:
            print(f"meetd: {explain(problem, words)}", file=sys.stderr)
    return 1


async def _with_accounts(settings: Settings, options: argparse.Namespace, act: Act) -> int:
    """Open storage as the server does, lock and migrations included."""
    directory = DataDirectory(data_directory(settings))
    async with AsyncExitStack() as stack:
        directory.open()
        stack.callback(directory.close)
        master = load_master_key(directory, settings.storage.master_key_file)
        await migrate("keys", directory.keys_database, directory.before_migration)
        await migrate("main", directory.database, directory.before_migration)
        keys, database = Database(directory.keys_database, readers=1), Database(directory.database)
        for each in (keys, database):
            await each.open()
            stack.push_async_callback(each.close)
        clock = SystemClock()
        vault = Vault(keys, master, clock)
        accounts = await Accounts.open(
            settings=settings.accounts,
            database=database,
            vault=vault,
            clock=clock,
            log=await AuditLog.open(database, vault, clock),
        )
        return await act(accounts, settings, options)


async def _add(accounts: Accounts, settings: Settings, options: argparse.Namespace) -> int:
    identity = check_identity(
        options.email, options.first_name, options.last_name, options.user_name
    )
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    account = await accounts.joining.add(identity, password, administrator=options.administrator)
    if password is None:
        return await _print_link(accounts, settings, options, account)
    _print(options, _facts(account), f"{account.email} has an account as {account.user_name}.")
    return 0


async def _list(accounts: Accounts, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    found = [account async for account in accounts.all()]
    if options.json:
        _print(options, [_facts(account) for account in found], "")
    elif not found:
        print("There are no accounts yet. meetd accounts add makes one.")
    else:
        for account in found:
            print("  ".join(_columns(account)))
    return 0


async def _link(accounts: Accounts, settings: Settings, options: argparse.Namespace) -> int:
    account = await _find(accounts, options.email)
    if account is None:
        return 1
    if account.blocked_at is not None:
        print("meetd: This account is blocked for ever; it gets no link.", file=sys.stderr)
        return 1
    return await _print_link(accounts, settings, options, account)


async def _block(accounts: Accounts, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    account = await _find(accounts, options.email)
    if account is None or not _is_sure(options, "Block this account for ever?"):
        return 1
    await accounts.block(account, actor=OPERATOR)
    _print(options, {"id": account.id, "blocked": True}, "Blocked for ever.")
    return 0


async def _erase(accounts: Accounts, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    account = await _find(accounts, options.email)
    if account is None or not _is_sure(options, "Erase this account? Nothing brings it back."):
        return 1
    await accounts.erase(account, actor=OPERATOR)
    _print(options, {"id": account.id, "erased": True}, "Erased.")
    return 0


async def _find(accounts: Accounts, email: str) -> Account | None:
    account = await accounts.by_email(email)
    if account is None:
        print(
            "meetd: There is no account with that e-mail address. meetd accounts list shows all.",
            file=sys.stderr,
        )
    return account


def _is_sure(options: argparse.Namespace, question: str) -> bool:
    if options.yes:
        return True
    if not sys.stdin.isatty():
        print("meetd: This cannot be undone. Say --yes to do it.", file=sys.stderr)
        return False
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


async def _print_link(
    accounts: Accounts, settings: Settings, options: argparse.Namespace, account: Account
) -> int:
    token = await accounts.joining.password_link(account, by_hand=True)
    link = f"{_base(settings)}/reset-password/{token.reveal()}"
    changes = await _change_links(accounts, settings, account)
    sentence = f"Hand this link to {account.email} (once, within a day):\n{link}"
    for address, each in changes.items():
        sentence += f"\nTo change the address, hand this one to {address}:\n{each}"
    _print(options, {**_facts(account), "link": link, "changeLinks": changes}, sentence)
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


def _print(options: argparse.Namespace, data: Any, sentence: str) -> None:
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(data)).decode() + "\n")
    else:
        print(sentence)


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
        f"{account.email:<32}",
        f"{account.user_name:<20}",
        f"{account.name:<28}",
        f"{'never signed in' if last is None else day_and_time(last):<20}",
        " ".join(marks),
    ]
