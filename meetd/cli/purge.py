"""``meetd purge``: what goes by age, or what would, while the server is stopped."""

import argparse
import sys
from typing import Any

from meetd.cli.acts import add_act_options, print_data, print_table, run_act
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.periods import DAY, Months, Period
from meetd.core.times import day_and_time
from meetd.lifecycle.clock_watch import ClockWatch
from meetd.lifecycle.purge import Due, Purge
from meetd.stores import Stores

_HOUR = DAY // 24


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
    gone = dict(await purge.run())
    print_data(options, gone, _sentence(gone))
    return 0


async def _is_clock_right(stores: Stores, settings: Settings) -> bool:
    """As the server looks at it."""
    tolerance = settings.jobs.clock_tolerance_days * DAY
    watch = ClockWatch(await stores.ledger.trusted_at(), tolerance)
    return watch.look(SystemClock().now(), 0.0)


def _print_due(options: argparse.Namespace, due: list[Due]) -> int:
    if options.json:
        print_data(options, [_facts(each) for each in due], "")
    else:
        rows = [
            [each.name, str(each.rows), day_and_time(each.before), told(each.period)]
            for each in due
        ]
        print_table(("WHAT", "WOULD GO", "LAST USED BEFORE", "KEPT FOR"), rows)
    return 0


def _facts(due: Due) -> dict[str, Any]:
    """``before`` in ms since the Unix epoch."""
    return {
        "what": due.name,
        "rows": due.rows,
        "before": due.before,
        "keptFor": told(due.period),
    }


def told(period: Period) -> str:
    """``24 months``, ``30 days``, ``3 hours``; of what says itself when it ends, nothing."""
    if isinstance(period, Months):
        return f"{period.number} months"
    if period.milliseconds % DAY:
        return f"{period.milliseconds / _HOUR:g} hours"
    return f"{period.milliseconds // DAY} days" if period.milliseconds else "until it ends"


def _sentence(gone: dict[str, Any]) -> str:
    if not gone:
        return "There is nothing to remove."
    return "Removed: " + ", ".join(f"{rows} {name}" for name, rows in gone.items()) + "."
