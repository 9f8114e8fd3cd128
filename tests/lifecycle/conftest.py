"""A ledger on disk, a clock that is moved by hand, and jobs that write down when they ran."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.lifecycle.job import Facts, Job, JobFailed
from meetd.lifecycle.scheduler import Scheduler
from meetd.lifecycle.store import DAY, LedgerStore
from meetd.lifecycle.timing import next_after
from meetd.storage.database import Database
from tests.lifecycle.backups import Archive
from tests.support.house import furnish
from tests.support.server import prepare_data

HOUR = 3_600_000
EVENING = next_after("0 20 22 11 *", 1_760_000_000_000)
"""22 November, 20:00 UTC."""


class HandClock:
    """Stands still until it is moved. ``jump`` moves the time of day alone."""

    def __init__(self) -> None:
        self._now = EVENING
        self._counted = 0.0

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return self._counted

    def forward(self, milliseconds: int) -> None:
        self._now += milliseconds
        self._counted += milliseconds / 1_000

    def jump(self, milliseconds: int) -> None:
        self._now += milliseconds


class Diary:
    """A job that notes when it ran, and fails on demand."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.ran: list[int] = []
        self.problem = ""

    async def run(self) -> Facts:
        self.ran.append(self._clock.now())
        if self.problem:
            raise JobFailed(self.problem)
        return {"pages": len(self.ran)}

    def job(self, name: str = "nightly", cron: str = "15 2 * * *", *, careful: bool = False) -> Job:
        return Job(name, cron, self.run, careful)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def diary(clock: HandClock) -> Diary:
    return Diary(clock)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    await prepare_data(tmp_path)
    database = Database(tmp_path / "meetd.db")
    await database.open()
    yield database
    await database.close()


async def scheduler_of(database: Database, clock: HandClock, *jobs: Job) -> Scheduler:
    """As after a start of the server: from the ledger."""
    scheduler = Scheduler(LedgerStore(database), jobs, clock, 14 * DAY)
    await scheduler.open()
    return scheduler


@pytest.fixture
async def archive(tmp_path: Path) -> Archive:
    """Of a server with three rooms that is stopped. No backup was made yet."""
    await furnish(tmp_path / "data", 3)
    made = Archive(tmp_path / "data", tmp_path / "backups")
    await asyncio.to_thread(made.write_key)
    return made
