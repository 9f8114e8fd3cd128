"""Backups and restoring in a test, as the command line does them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from meetd.cli.keys import write_recovery_key
from meetd.cli.restore import settling
from meetd.core.clock import Clock, SystemClock
from meetd.core.private import Private
from meetd.lifecycle.depot import LocalDepot
from meetd.lifecycle.nights import Night, choose, nights_in
from meetd.lifecycle.place import place_for
from meetd.lifecycle.recovery import read_recovery_key
from meetd.lifecycle.report import Report, Stage
from meetd.lifecycle.restore import Restored, restore
from meetd.lifecycle.runs import back_up, prune_backups
from meetd.lifecycle.state import Good
from meetd.storage.directory import DataDirectory
from tests.support.server import test_settings

SETTINGS = test_settings()


def silent(stage: Stage, done: int, total: int) -> None:
    """Nobody waits."""
    del stage, done, total


class Archive:
    """The backups of one data directory, and its recovery key kept apart."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data = data
        self.folder = folder
        self.depot = LocalDepot(folder)
        self.key_file = folder.with_name(folder.name + ".key")

    def write_key(self) -> None:
        write_recovery_key(SETTINGS, DataDirectory(self.data), self.key_file)

    @property
    def identity(self) -> Private[str]:
        return read_recovery_key(self.key_file)

    def back_up(self, clock: Clock | None = None, report: Report = silent) -> Good:
        directory = DataDirectory(self.data)
        (good,) = back_up(SETTINGS, directory, [self.depot], clock or SystemClock(), report)
        return good

    def prune(self, clock: Clock) -> int:
        """While the server believes the clock."""
        with closing(sqlite3.connect(self.data / "meetd.db")) as database, database:
            database.execute("UPDATE clock SET trusted_at = ?", [clock.now()])
        return prune_backups(SETTINGS, DataDirectory(self.data), [self.depot], clock, silent)

    @property
    def nights(self) -> list[Night]:
        return nights_in(self.depot, self.depot.names())

    def restore(
        self,
        target: Path,
        at: str = "",
        report: Report = silent,
        identity: Private[str] | None = None,
        clock: Clock | None = None,
        *,
        replace: bool = False,
        accept_damage: bool = False,
        accept_unproven: bool = False,
        dry_run: bool = False,
    ) -> Restored:
        night = choose(self.nights, at, self.depot.where)
        with place_for(target, replace=replace, dry_run=dry_run) as place:
            return restore(
                self.depot,
                night,
                identity or self.identity,
                place,
                settle=settling(clock or SystemClock()),
                report=report,
                accept_damage=accept_damage,
                accept_unproven=accept_unproven,
                dry_run=dry_run,
            )


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, to see that nothing changed; not those that readers of a database
    make beside it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("lock", "-shm", "-wal"))
    }


def stages(run: Callable[[Report], object]) -> list[tuple[str, int]]:
    """What a run that goes well reports."""
    seen: list[tuple[str, int]] = []

    def report(stage: str, done: int, total: int) -> None:
        del total
        seen.append((stage, done))

    run(report)
    return seen
