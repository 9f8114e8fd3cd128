"""``meetd purge``: what goes by age, or what would, while the server is stopped."""

import argparse
import sys
from typing import Any

from meetd.cli.acts import add_act_options, print_data, print_table, run_act
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.periods import DAY
from meetd.core.times import day_and_time
from meetd.lifecycle.clock_watch import ClockWatch
from meetd.lifecycle.purge import Due, Purge
from meetd.pages.retention_words import Line, line_of
from meetd.pages.words import Languages
from meetd.stores import Stores


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "purge",
        help="remove what was not used for long, or print what would go",
        description="Remove what was not used for as long as [retention] says. The server does it"
        " by itself every hour; stop it first: the directory is used by one process at a time."
        " While it runs, the page /admin/retention shows what would go.",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would go, remove nothing"
    )
    parser.add_argument(
        "--clock-is-right",
        action="store_true",
        help="believe the clock, though it is far from when the server ran last",
    )
    add_act_options(parser)
    parser.set_defaults(run=lambda options: run_act(options, _run))


async def _run(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    purge = Purge(stores.sweeps, SystemClock())
    if options.dry_run:
        return _print_due(options, await purge.due())
    if options.clock_is_right:
        await stores.ledger.save_trusted(SystemClock().now())
    elif not await _is_clock_right(stores, settings):
        days = settings.jobs.clock_tolerance_days
        print(
            f"meetd: The clock says {day_and_time(SystemClock().now())}, more than {days} days from"
            " when the server ran last, so nothing was removed. When it is right, say"
            " --clock-is-right.",
            file=sys.stderr,
        )
        return 1
    return _print_gone(options, await purge.remove(), settings.backup.keep_days)


async def _is_clock_right(stores: Stores, settings: Settings) -> bool:
    """As the server looks at it."""
    tolerance = settings.jobs.clock_tolerance_days * DAY
    watch = ClockWatch(await stores.ledger.trusted_at(), tolerance)
    return watch.look(SystemClock().now(), 0.0)


def _print_due(options: argparse.Namespace, due: list[Due]) -> int:
    if options.json:
        print_data(options, [_facts(each) for each in due], "")
    else:
        _print_table("WHAT WOULD GO", due)
        print(_would_go(due))
    return 0


def _print_gone(options: argparse.Namespace, gone: list[Due], keep_days: int) -> int:
    """``keep_days``: of backups."""
    if options.json:
        print_data(options, {each.name: each.rows for each in gone if each.rows}, "")
    else:
        _print_table("WHAT WENT", gone)
        print(_went(gone, keep_days))
    return 0


def _facts(due: Due) -> dict[str, Any]:
    """``before`` in ms since the Unix epoch."""
    line = line_of(due, Languages().english)
    return {
        "what": due.name,
        "means": line.what,
        "rows": due.rows,
        "before": due.before,
        "keptFor": line.kept if line.before else "until it ends",
        "setting": line.setting or None,
    }


def _print_table(heading: str, found: list[Due]) -> None:
    """Of what there is something; else nothing."""
    words = Languages().english
    rows = [_columns(line_of(each, words)) for each in found if each.rows]
    if rows:
        print_table((heading, "HOW MANY", "HOW OLD", "BY WHICH RULE"), rows)


def _columns(line: Line) -> list[str]:
    age = f"last used before {line.before}" if line.before else "ended by itself"
    kept = f"kept for {line.kept}" if line.before else "kept until it ends"
    return [line.what, str(line.rows), age, f"{kept}, {line.setting or 'which is fixed'}"]


def _would_go(due: list[Due]) -> str:
    rows = sum(each.rows for each in due)
    if not rows:
        return f"Nothing would go now: {_nothing_of(due)}. --json lists every sort with its rule."
    return (
        f"Would go now, in all: {rows}. Nothing was removed: meetd purge does it, and a running"
        " server every hour. --json also lists the sorts of which nothing would go."
    )


def _went(gone: list[Due], keep_days: int) -> str:
    rows = sum(each.rows for each in gone)
    if not rows:
        return f"There was nothing to remove: {_nothing_of(gone)}."
    return f"Removed, in all: {rows}. It is gone from the backups {keep_days} days later."


def _nothing_of(found: list[Due]) -> str:
    return f"of the {len(found)} sorts of things that go by age, none has anything old enough"
