"""``meetd audit``: verify, list and head, also while the server runs: nothing is written."""

import argparse
import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

from meetd.audit.chain import Head, Verdict, What
from meetd.audit.entry import Entry
from meetd.audit.log import AuditLog, verify
from meetd.audit.store import head as head_of
from meetd.cli.acts import add_act, print_data
from meetd.cli.options import data_directory, settings_from
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.refusals import StorageFailed
from meetd.core.times import day_and_time
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.master_key import fitting_master_key
from meetd.storage.schema import current_version, newest_version
from meetd.storage.vault import Vault

Act = Callable[[Settings, Database, argparse.Namespace], Awaitable[int]]

_WRONG: dict[What, str] = {
    "gap": "Line {number} is missing or out of place.",
    "changed": "Line {number} was changed after it was written.",
    "link": "Line {number} does not follow the line before it.",
    "cut": "The log ends before the head you noted: line {number} and what came after are gone.",
    "other": "Line {number} is not the one you noted: the log was written anew.",
}


_HEADING = f"{'LINE':>6}  {'TIME':<20}  {'ACT':<20}  WHO AND WHAT"


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "audit",
        help="verify and read the audit log",
        description="Read the audit log of a data directory. Nothing is written, so the server may"
        " run.",
    )
    acts = parser.add_subparsers(metavar="ACTION", required=True)
    check = _act(acts, "verify", _verify, "check the whole chain; exit status 1 when it is broken")
    check.add_argument(
        "--head", type=head_argument, metavar="N:HASH", help="the head noted down earlier"
    )
    listing = _act(acts, "list", _list, "print lines, oldest first")
    listing.add_argument("--after", type=int, default=0, metavar="N", help="start after line N")
    listing.add_argument(
        "--count", type=_count_argument, default=100, metavar="N", help="at most N lines (100)"
    )
    _act(acts, "head", _head, "print the last line's number and hash, to note down elsewhere")


def _act(acts: Any, name: str, act: Act, help_text: str) -> argparse.ArgumentParser:
    return add_act(acts, name, lambda options: _run(options, act), help_text)


def head_argument(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            "write it as it was printed: a number, a colon, 64 digits and letters"
        ) from error


def _count_argument(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("write a number, at least 1")
    return int(text)


def _run(options: argparse.Namespace, act: Act) -> int:
    settings = settings_from(options)
    try:
        return asyncio.run(_with_database(settings, options, act))
    except StorageError as error:
        print(f"meetd: {error}", file=sys.stderr)
    except (StorageFailed, sqlite3.Error):
        path = DataDirectory(data_directory(settings)).database
        print(
            f"meetd: {path} cannot be read. Look at its disk, and at who may read it; meetd restore"
            " makes it anew from a backup.",
            file=sys.stderr,
        )
    return 1


async def _with_database(settings: Settings, options: argparse.Namespace, act: Act) -> int:
    """Open the database beside the server, if that runs: no lock, no migration."""
    directory = DataDirectory(data_directory(settings))
    if current_version(directory.database) != newest_version("main"):
        raise StorageError(
            f"There is no data of this version of meetd in {directory.path}. Start the server"
            " once, or name another folder with --data."
        )
    async with AsyncExitStack() as stack:
        database = await _open(stack, Database(directory.database, readers=1, read_only=True))
        return await act(settings, database, options)


async def _open(stack: AsyncExitStack, database: Database) -> Database:
    await database.open()
    stack.push_async_callback(database.close)
    return database


async def _verify(settings: Settings, database: Database, options: argparse.Namespace) -> int:
    del settings
    verdict = await verify(database, options.head)
    print_data(options, verdict_facts(verdict), sentence_of(verdict))
    return 0 if verdict.problem is None else 1


async def _list(settings: Settings, database: Database, options: argparse.Namespace) -> int:
    directory = DataDirectory(data_directory(settings))
    async with AsyncExitStack() as stack:
        keys = await _open(stack, Database(directory.keys_database, readers=1, read_only=True))
        clock = SystemClock()
        vault = Vault(keys, fitting_master_key(directory, settings.storage.master_key_file), clock)
        log = await AuditLog.open(database, vault, clock)
        entries = await log.entries(options.after, options.count)
    lines = ["  ".join(_columns(entry)) for entry in entries]
    none = "There are no lines after that one." if options.after else "There are no lines yet."
    shown = "\n".join([_HEADING, *lines]) if lines else none
    print_data(options, [_entry_facts(entry) for entry in entries], shown)
    return 0


async def _head(settings: Settings, database: Database, options: argparse.Namespace) -> int:
    del settings
    head = await head_of(database)
    print_data(options, _head_facts(head), str(head))
    return 0


def sentence_of(verdict: Verdict, log: str = "audit log") -> str:
    if verdict.problem is None:
        return f"All {verdict.head.number} lines are as they were written. Head: {verdict.head}"
    wrong = _WRONG[verdict.problem.what].format(number=verdict.problem.number)
    return f"The {log} is broken. {wrong} Keep this data as it is, and look into the backups."


def verdict_facts(verdict: Verdict) -> dict[str, Any]:
    problem = verdict.problem
    return {
        "intact": problem is None,
        "head": _head_facts(verdict.head),
        "problem": None if problem is None else asdict(problem),
    }


def _head_facts(head: Head) -> dict[str, Any]:
    return {"number": head.number, "hash": head.hash.hex()}


def _entry_facts(entry: Entry) -> dict[str, Any]:
    """What ``--json`` prints. Times in milliseconds since the Unix epoch."""
    return {**asdict(entry), "hash": entry.hash.hex()}


def _columns(entry: Entry) -> list[str]:
    details = "(changed)" if entry.details is None else _words(entry.details)
    return [
        f"{entry.number:>6}",
        day_and_time(entry.at),
        f"{_plain(entry.act):<20}",
        f"by {_plain(entry.actor)}",
        *([f"room {_plain(entry.room)}"] if entry.room else []),
        *([f"of {_plain(entry.subject)}"] if entry.subject else []),
        details,
    ]


def _words(details: Any) -> str:
    return " ".join(f"{name}={_plain(str(value))}" for name, value in details.items())


def _plain(text: str) -> str:
    """Nothing that moves the cursor of a terminal, whatever somebody put into the database."""
    return text if text.isprintable() else ascii(text)
