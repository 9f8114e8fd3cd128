"""Jobs run when they are due, once, one at a time, over restarts, and never purge by a wrong
clock."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.lifecycle.clock_watch import ClockWatch
from meetd.lifecycle.job import Entry, Facts, Job
from meetd.lifecycle.store import DAY, LedgerStore
from meetd.lifecycle.timing import next_after
from meetd.storage.database import Database
from tests.lifecycle.conftest import EVENING, HOUR, Diary, HandClock, scheduler_of

QUARTER_PAST_TWO = EVENING + 6 * HOUR + HOUR // 4


async def test_a_job_runs_at_its_time_and_is_written_down(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    scheduler = await scheduler_of(database, clock, diary.job())
    await scheduler.turn()
    assert diary.ran == []
    assert scheduler.entries == [Entry("nightly", QUARTER_PAST_TWO)]
    clock.forward(7 * HOUR)
    await scheduler.turn()
    await scheduler.turn()
    assert diary.ran == [EVENING + 7 * HOUR]
    kept = (await LedgerStore(database).entries())["nightly"]
    assert kept == Entry(
        "nightly",
        next_at=QUARTER_PAST_TWO + DAY,
        started_at=clock.now(),
        ended_at=clock.now(),
        outcome="done",
        facts={"pages": 1},
    )


async def test_what_was_missed_is_made_up_once(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    first = await scheduler_of(database, clock, diary.job())
    clock.forward(7 * HOUR)
    await first.turn()
    clock.forward(5 * DAY)
    second = await scheduler_of(database, clock, diary.job())
    await second.turn()
    assert len(diary.ran) == 2
    assert second.entries[0].next_at == QUARTER_PAST_TWO + 6 * DAY


async def test_a_run_that_was_killed_is_made_up(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    await LedgerStore(database).save(Entry("nightly", started_at=clock.now() - HOUR))
    scheduler = await scheduler_of(database, clock, diary.job())
    assert scheduler.entries[0].outcome == "interrupted"
    await scheduler.turn()
    assert len(diary.ran) == 1


async def test_a_stop_in_the_middle_is_written_down(database: Database, clock: HandClock) -> None:
    begun = asyncio.Event()

    async def endless() -> Facts:
        begun.set()
        await asyncio.Event().wait()
        return {}

    scheduler = await scheduler_of(database, clock, Job("endless", "15 2 * * *", endless))
    scheduler.start("endless")
    scheduler.begin()
    await begun.wait()
    assert scheduler.entries[0].is_running
    await scheduler.close()
    assert (await LedgerStore(database).entries())["endless"].outcome == "interrupted"


async def test_a_failure_says_why_and_is_tried_again_within_the_hour(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    diary.problem = "The disk is full. Make room."
    scheduler = await scheduler_of(database, clock, diary.job())
    clock.forward(7 * HOUR)
    await scheduler.turn()
    entry = scheduler.entries[0]
    assert (entry.outcome, entry.error) == ("failed", diary.problem)
    clock.forward(HOUR - 1)
    await scheduler.turn()
    assert len(diary.ran) == 1
    diary.problem = ""
    clock.forward(1)
    await scheduler.turn()
    assert scheduler.entries[0].outcome == "done"
    assert scheduler.entries[0].error == ""


async def test_a_bug_in_a_job_ends_that_run_only(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    async def broken() -> Facts:
        raise ZeroDivisionError("somebody@example.org")

    scheduler = await scheduler_of(database, clock, Job("broken", "0 1 * * *", broken), diary.job())
    clock.forward(7 * HOUR)
    await scheduler.turn()
    assert len(diary.ran) == 1
    error = scheduler.entries[0].error
    assert error.startswith("ZeroDivisionError, in the log under ")
    assert "somebody" not in error


async def test_one_at_a_time_and_the_longest_waiting_first(
    database: Database, clock: HandClock
) -> None:
    running: list[str] = []
    order: list[str] = []

    def job(name: str, cron: str) -> Job:
        async def run() -> Facts:
            assert running == []
            running.append(name)
            await asyncio.sleep(0)
            order.append(running.pop())
            return {}

        return Job(name, cron, run)

    scheduler = await scheduler_of(
        database, clock, job("c", "0 3 * * *"), job("a", "0 1 * * *"), job("b", "0 2 * * *")
    )
    clock.forward(8 * HOUR)
    await scheduler.turn()
    assert order == ["a", "b", "c"]


async def test_a_job_is_started_by_hand(database: Database, clock: HandClock, diary: Diary) -> None:
    scheduler = await scheduler_of(database, clock, diary.job(cron=""))
    assert not scheduler.start("unknown")
    await scheduler.turn()
    assert diary.ran == []
    assert scheduler.start("nightly")
    assert scheduler.is_asked("nightly")
    await scheduler.turn()
    await scheduler.turn()
    assert len(diary.ran) == 1
    assert not scheduler.is_asked("nightly")


@pytest.mark.parametrize("jump", [365 * DAY, -365 * DAY], ids=["forward", "back"])
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_a_clock_that_jumps_a_year_purges_nothing_until_it_is_confirmed(
    database: Database, clock: HandClock, diary: Diary, jump: int, *, restarted: bool
) -> None:
    jobs = diary.job("purge", careful=True), Diary(clock).job("harmless")
    scheduler = await scheduler_of(database, clock, *jobs)
    clock.forward(7 * HOUR)
    await scheduler.turn()
    assert len(diary.ran) == 1
    clock.jump(jump)
    if restarted:
        scheduler = await scheduler_of(database, clock, *jobs)
    for _ in range(3):
        clock.forward(DAY)
        await scheduler.turn()
    assert scheduler.clock_in_doubt
    assert scheduler.waits_for_clock("purge")
    assert len(diary.ran) == 1
    assert scheduler.entries[1].started_at == clock.now()
    await scheduler.confirm_clock()
    clock.forward(DAY)
    await scheduler.turn()
    assert len(diary.ran) == 2
    again = await scheduler_of(database, clock, *jobs)
    await again.turn()
    assert not again.clock_in_doubt


async def test_a_clock_that_comes_back_needs_no_confirmation(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    scheduler = await scheduler_of(database, clock, diary.job(careful=True))
    await scheduler.turn()
    clock.jump(365 * DAY)
    clock.forward(7 * HOUR)
    await scheduler.turn()
    assert diary.ran == []
    clock.jump(-365 * DAY)
    await scheduler.turn()
    assert not scheduler.clock_in_doubt
    assert diary.ran == [EVENING + 7 * HOUR]


async def test_a_time_that_was_planned_by_a_wrong_clock_does_not_last(
    database: Database, clock: HandClock, diary: Diary
) -> None:
    store = LedgerStore(database)
    scheduler = await scheduler_of(database, clock, diary.job())
    await store.save(replace(scheduler.entries[0], next_at=EVENING + 365 * DAY))
    scheduler = await scheduler_of(database, clock, diary.job())
    assert scheduler.entries[0].next_at == QUARTER_PAST_TWO


@given(moment=st.integers(0, 4_000_000_000_000))
def test_a_night_has_its_time_once_also_when_clocks_change(moment: int) -> None:
    coming = next_after("15 2 * * *", moment)
    assert moment < coming <= moment + DAY
    assert coming % DAY == 2 * HOUR + HOUR // 4
    assert next_after("15 2 * * *", coming) == coming + DAY


@given(steps=st.lists(st.integers(1, 13 * DAY), max_size=30))
def test_a_clock_that_goes_as_counted_is_always_believed(steps: list[int]) -> None:
    watch, now = ClockWatch(EVENING, 14 * DAY), EVENING
    for step in steps:
        now += step
        assert watch.look(now, (now - EVENING) / 1_000)


@given(off=st.integers(14 * DAY + 1, 1_000 * DAY), sign=st.sampled_from([1, -1]))
def test_a_clock_further_off_than_the_tolerance_never_is(off: int, sign: int) -> None:
    watch = ClockWatch(EVENING, 14 * DAY)
    assert not watch.look(EVENING + sign * off, 0.0)
    assert not watch.look(EVENING + sign * off, 1.0)
    assert watch.look(EVENING, 2.0)
