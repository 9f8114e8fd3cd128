"""The alarm rings when the last good backup is too old, once a day, and is quiet after one."""

from pathlib import Path

import pytest

from meetd.lifecycle.alarm import Alarm
from meetd.lifecycle.state import Good, load_state, save_state
from tests.lifecycle.conftest import HOUR, HandClock

HERE, THERE = "/backups", "s3://bucket/meetd"


def good_now(data: Path, clock: HandClock, place: str) -> None:
    state = load_state(data, clock.now())
    state.good[place] = Good(clock.now(), "night", 1, 0, 0)
    save_state(data, state)


@pytest.fixture
def rung() -> list[int]:
    return []


async def alarm_of(
    data: Path, clock: HandClock, rung: list[int], places: tuple[str, ...] = (HERE,)
) -> Alarm:
    alarm = Alarm(data, list(places), clock, 26)
    alarm.on_ring(rung.append)
    await alarm.load()
    return alarm


async def test_it_rings_after_26_hours_once_a_day(
    tmp_path: Path, clock: HandClock, rung: list[int]
) -> None:
    alarm = await alarm_of(tmp_path, clock, rung)
    good_now(tmp_path, clock, HERE)
    for hour in range(60):
        await alarm.look()
        assert alarm.is_ringing is (hour > 26)
        clock.forward(HOUR)
    assert rung == [27, 51]
    good_now(tmp_path, clock, HERE)
    await alarm.look()
    assert not alarm.is_ringing


async def test_a_server_that_never_had_one_has_as_long(
    tmp_path: Path, clock: HandClock, rung: list[int]
) -> None:
    alarm = await alarm_of(tmp_path, clock, rung)
    clock.forward(26 * HOUR)
    await alarm.look()
    clock.forward(1)
    restarted = await alarm_of(tmp_path, clock, rung)
    await restarted.look()
    assert rung == [26]


async def test_one_place_that_has_none_is_enough(
    tmp_path: Path, clock: HandClock, rung: list[int]
) -> None:
    alarm = await alarm_of(tmp_path, clock, rung, (HERE, THERE))
    clock.forward(27 * HOUR)
    good_now(tmp_path, clock, HERE)
    await alarm.look()
    assert rung == [27]
    good_now(tmp_path, clock, THERE)
    await alarm.look()
    assert not alarm.is_ringing


async def test_a_damaged_state_is_written_anew(
    tmp_path: Path, clock: HandClock, rung: list[int]
) -> None:
    (tmp_path / "backups.json").write_text("{")
    alarm = await alarm_of(tmp_path, clock, rung)
    await alarm.look()
    assert not alarm.is_ringing
    good_now(tmp_path, clock, HERE)
    assert HERE in load_state(tmp_path, clock.now()).good
