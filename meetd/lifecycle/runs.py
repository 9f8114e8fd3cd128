"""A backup from settings alone: for the command line, and for the process that the server starts
every night."""

import asyncio
import sqlite3

from meetd.config.explaining import in_force
from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.lifecycle.backup import Backup
from meetd.lifecycle.clock_watch import ClockWatch
from meetd.lifecycle.copies import trusted_clock
from meetd.lifecycle.depot import Depot
from meetd.lifecycle.problem import BackupProblem, ClockDoubted
from meetd.lifecycle.recovery import recovery_key
from meetd.lifecycle.report import Report
from meetd.lifecycle.state import Good
from meetd.lifecycle.store import DAY
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key import fitting_master_key


def back_up(
    settings: Settings, directory: DataDirectory, depots: list[Depot], clock: Clock, report: Report
) -> list[Good]:
    """Raises: BackupProblem, StorageError."""
    return _backup(settings, directory, report).run(depots, clock.now())


def prune_backups(
    settings: Settings, directory: DataDirectory, depots: list[Depot], clock: Clock, report: Report
) -> int:
    """Returns how many went. Raises: ClockDoubted, BackupProblem, StorageError."""
    _check_clock(settings, directory, clock.now())
    days = settings.backup.keep_days
    return _backup(settings, directory, report).prune(depots, clock.now(), days)


def _check_clock(settings: Settings, directory: DataDirectory, now: int) -> None:
    """As the server does before it removes anything by age."""
    try:
        trusted = trusted_clock(directory.database)
    except sqlite3.Error as error:
        raise BackupProblem(f"{directory.database} cannot be read: {error}.") from error
    days = settings.jobs.clock_tolerance_days
    if not ClockWatch(trusted, days * DAY).look(now, 0.0):
        raise ClockDoubted(
            f"The clock is more than {days} days from when the server ran last, so no old backup"
            " was removed. Start the server, look at the clock, and confirm it on the page"
            " /admin/jobs."
        )


def _backup(settings: Settings, directory: DataDirectory, report: Report) -> Backup:
    configured = settings.storage.master_key_file
    identity = asyncio.run(recovery_key(directory, configured))
    master = fitting_master_key(directory, configured)
    config = in_force(settings)
    return Backup(directory, identity=identity, master=master, config=config, report=report)
