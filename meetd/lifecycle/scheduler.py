"""Runs jobs when they are due: one at a time, what was missed made up, all of it written down."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import Refusal
from meetd.lifecycle.clock_watch import ClockWatch
from meetd.lifecycle.job import Entry, Facts, Job, JobFailed, Outcome
from meetd.lifecycle.store import LedgerStore
from meetd.lifecycle.timing import next_after

LOOK_SECONDS: Final = 30.0
"""Between two looks at the clock."""
RETRY: Final = 3_600_000
"""Milliseconds after which a job that failed is tried again, if its time does not come first."""
TRUST_EVERY: Final = 3_600_000
"""Milliseconds between two notes of the time that was believed."""

_log = logging.getLogger(__name__)


class Scheduler:
    """``open`` reads the ledger, ``begin`` runs what is due from then on, until ``close``."""

    def __init__(
        self, store: LedgerStore, jobs: Sequence[Job], clock: Clock, tolerance: int
    ) -> None:
        """``tolerance``: ms that the clock may be off before careful jobs wait."""
        self._store = store
        self._jobs = {job.name: job for job in jobs}
        self._clock = clock
        self._tolerance = tolerance
        self._watch = ClockWatch(None, tolerance)
        self._entries: dict[str, Entry] = {}
        self._asked: set[str] = set()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._noted_at = 0
        self.clock_in_doubt = False
        """Careful jobs wait until it is right or somebody says that it is."""

    @property
    def entries(self) -> list[Entry]:
        """Of every job, in the order they were named."""
        return [self._entries[name] for name in self._jobs]

    def entry(self, name: str) -> Entry:
        return self._entries[name]

    async def open(self) -> None:
        """Raises: StorageFailed."""
        self._watch = ClockWatch(await self._store.trusted_at(), self._tolerance)
        kept = await self._store.entries()
        for job in self._jobs.values():
            entry = kept.get(job.name, Entry(job.name))
            if entry.is_running:
                # Killed in the middle: made up now.
                entry = replace(entry, outcome="interrupted", next_at=self._clock.now())
            self._entries[job.name] = self._planned(job, entry)

    def begin(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """A job under way is given up, and made up after the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def now(self) -> int:
        """What the clock says, right or wrong (ms since the Unix epoch)."""
        return self._clock.now()

    def start(self, name: str) -> bool:
        """As soon as no other job runs. Returns whether there is such a job."""
        if name in self._jobs:
            self._asked.add(name)
            self._woken.set()
        return name in self._jobs

    def is_asked(self, name: str) -> bool:
        """Started by hand, and not begun yet."""
        return name in self._asked

    def waits_for_clock(self, name: str) -> bool:
        return self.clock_in_doubt and self._jobs[name].careful

    async def confirm_clock(self) -> None:
        """Somebody looked at the clock: it is right. Raises: StorageFailed."""
        self._watch.trust(self._clock.now(), self._clock.monotonic())
        self._noted_at = self._clock.now()
        await self._store.save_trusted(self._noted_at)
        self.clock_in_doubt = False
        self._woken.set()

    async def turn(self) -> None:
        """Look at the clock, then run everything that is due, one after the other."""
        await self._look()
        while (job := self._due()) is not None:
            await self._run_one(job)
            await self._look()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.turn()
            except Refusal as refusal:  # a full disk: logged there, tried again
                _log.warning("the ledger of jobs could not be written: %s", refusal.code)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)

    async def _look(self) -> None:
        now = self._clock.now()
        is_right = self._watch.look(now, self._clock.monotonic())
        if self.clock_in_doubt == is_right:
            _log.log(*_said(is_right=is_right))
        self.clock_in_doubt = not is_right
        if is_right and abs(now - self._noted_at) >= TRUST_EVERY:
            await self._store.save_trusted(now)
            self._noted_at = now

    def _due(self) -> Job | None:
        """The one that waits longest."""
        now = self._clock.now()
        for name, job in self._jobs.items():
            self._entries[name] = self._planned(job, self._entries[name])
        waiting = [
            (self._entries[name].next_at or now, name)
            for name in self._jobs
            if not self.waits_for_clock(name) and self._is_due(name, now)
        ]
        return self._jobs[min(waiting)[1]] if waiting else None

    def _is_due(self, name: str, now: int) -> bool:
        next_at = self._entries[name].next_at
        return name in self._asked or (next_at is not None and next_at <= now)

    def _planned(self, job: Job, entry: Entry) -> Entry:
        """With a time that comes: after the clock was put back, or the setting changed, the one
        that was written down may be a year away."""
        if not job.cron:
            return replace(entry, next_at=None)
        coming = next_after(job.cron, self._clock.now())
        if entry.next_at is None or entry.next_at > coming:
            return replace(entry, next_at=coming)
        return entry

    async def _run_one(self, job: Job) -> None:
        self._asked.discard(job.name)
        started = self._clock.now()
        try:
            await self._keep(Entry(job.name, started_at=started))
            facts = await job.run()
        except JobFailed as error:
            await self._end(job, started, "failed", error=str(error))
        except asyncio.CancelledError:
            await self._end(job, started, "interrupted")
            raise
        except Exception as error:  # noqa: BLE001 - one job's bug must not end the others
            incident = new_id()
            _log.exception("job %s broke", job.name, extra={"fields": {"incident": incident}})
            told = error.code if isinstance(error, Refusal) else type(error).__name__
            await self._end(job, started, "failed", error=f"{told}, in the log under {incident}.")
        else:
            await self._end(job, started, "done", facts)

    async def _end(
        self, job: Job, started: int, outcome: Outcome, facts: Facts | None = None, error: str = ""
    ) -> None:
        now = self._clock.now()
        coming = next_after(job.cron, now) if job.cron else None
        if outcome == "failed" and coming is not None:
            coming = min(coming, now + RETRY)
        elif outcome == "interrupted":
            coming = now
        entry = Entry(job.name, coming, started, now, outcome, facts or {}, error)
        _log.info("job %s: %s", job.name, outcome)
        await self._keep(entry)

    async def _keep(self, entry: Entry) -> None:
        self._entries[entry.name] = entry
        await self._store.save(entry)


def _said(*, is_right: bool) -> tuple[int, str]:
    if is_right:
        return logging.INFO, "the clock is believed again"
    return logging.ERROR, "the clock jumped: nothing is purged until it is confirmed on /admin/jobs"
