"""A backup from settings alone: for the command line, and for the process that the server starts
every night."""

import asyncio

from meetd.config.explaining import in_force
from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.lifecycle.backup import Backup
from meetd.lifecycle.depot import Depot
from meetd.lifecycle.recovery import recovery_key
from meetd.lifecycle.report import Report
from meetd.lifecycle.state import Good
from meetd.storage.directory import DataDirectory
from meetd.storage.vault import load_master_key


def back_up(
    settings: Settings, directory: DataDirectory, depots: list[Depot], clock: Clock, report: Report
) -> list[Good]:
    """Raises: BackupProblem, StorageError."""
    return _backup(settings, directory, report).run(depots, clock.now())


def prune_backups(
    settings: Settings, directory: DataDirectory, depots: list[Depot], clock: Clock, report: Report
) -> int:
    """Returns how many went. Raises: BackupProblem, StorageError."""
    days = settings.backup.keep_days
    return _backup(settings, directory, report).prune(depots, clock.now(), days)


def _backup(settings: Settings, directory: DataDirectory, report: Report) -> Backup:
    configured = settings.storage.master_key_file
    identity = asyncio.run(recovery_key(directory, configured))
    master = load_master_key(directory, configured)
    config = in_force(settings)
    return Backup(directory, identity=identity, master=master, config=config, report=report)
