"""``meetd access-log``: verify it, and take it along as CSV or JSON; the server is stopped."""

import argparse
import sys
from typing import Any

import msgspec

from meetd.audit.chain import Head
from meetd.audit.reading import COLUMNS, read
from meetd.cli.acts import Act, add_act, print_data, run_act
from meetd.cli.audit import head_argument, sentence_of, verdict_facts
from meetd.config.settings import Settings
from meetd.privacy.archive import cells
from meetd.stores import Stores


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "access-log",
        help="verify and export the access log",
        description="Who entered, looked at or changed what. Stop the server first; while it runs,"
        " the page /admin/access-log shows and exports it.",
    )
    acts = parser.add_subparsers(metavar="ACTION", required=True)
    check = _act(acts, "verify", _verify, "check the whole chain; exit status 1 when it is broken")
    check.add_argument(
        "--head", type=head_argument, metavar="N:HASH", help="the head noted down earlier"
    )
    export = _act(acts, "export", _export, "print all lines: CSV, or with --json a line each")
    export.add_argument("--after", type=int, default=0, metavar="N", help="start after line N")


def _act(acts: Any, name: str, act: Act, help_text: str) -> argparse.ArgumentParser:
    return add_act(acts, name, lambda options: run_act(options, act), help_text)


async def _verify(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    noted: Head | None = options.head
    verdict = await stores.access_log.verify(noted)
    print_data(options, verdict_facts(verdict), sentence_of(verdict, "access log"))
    return 0 if verdict.problem is None else 1


async def _export(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    """Line by line: it may be long."""
    del settings
    names = {
        await stores.access_log.alias(account.id): account.email
        async for account in stores.accounts.all()
    }
    if not options.json:
        sys.stdout.write(cells(COLUMNS))
    async for line in read(stores.access_log, names, options.after):
        as_json = msgspec.json.encode(line).decode() + "\n"
        sys.stdout.write(as_json if options.json else cells([line[name] for name in COLUMNS]))
    return 0
