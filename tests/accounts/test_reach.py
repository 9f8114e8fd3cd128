"""How people want to be reached, and when not."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.accounts.account import AccountRefused
from meetd.accounts.reach import QuietHours, Reach, as_typed, check_quiet_hours
from meetd.audit.entry import OPERATOR
from tests.accounts.conftest import House

AMSTERDAM = "Europe/Amsterdam"


def at(text: str, zone: str = AMSTERDAM) -> int:
    """Milliseconds of a moment there."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("time", "quiet"),
    [
        *(("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True)),
        *(("06:59", True), ("07:00", False), ("12:00", False)),
    ],
)
@pytest.mark.parametrize("day", ["2026-01-15", "2026-07-15"])
def test_over_midnight_in_winter_and_summer(time: str, quiet: bool, day: str) -> None:  # noqa: FBT001
    hours = QuietHours(22 * 60, 7 * 60, AMSTERDAM)
    assert hours.hold(at(f"{day}T{time}")) is quiet


def test_within_a_day() -> None:
    hours = QuietHours(12 * 60, 13 * 60, AMSTERDAM)
    assert hours.hold(at("2026-01-15T12:30"))
    assert not hours.hold(at("2026-01-15T11:30"))
    assert not hours.hold(at("2026-01-15T13:00"))


def test_the_night_is_where_somebody_is() -> None:
    night = at("2026-01-15T03:00")
    assert QuietHours(22 * 60, 7 * 60, AMSTERDAM).hold(night)
    assert not QuietHours(22 * 60, 7 * 60, "Asia/Tokyo").hold(night)


@given(st.integers(0, 1_439))
def test_what_is_shown_is_what_was_typed(minute: int) -> None:
    hours = check_quiet_hours(as_typed(minute), as_typed((minute + 1) % 1_440), AMSTERDAM)
    assert hours == QuietHours(minute, (minute + 1) % 1_440, AMSTERDAM)


def test_no_times_are_no_quiet_hours() -> None:
    assert check_quiet_hours("", "", "") is None
    assert check_quiet_hours("", "", "nonsense") is None


@pytest.mark.parametrize(
    ("since", "until", "zone", "fields"),
    [
        ("22:00", "", AMSTERDAM, {"quiet_to"}),
        ("", "07:00", AMSTERDAM, {"quiet_from"}),
        ("25:00", "7", "x", {"quiet_from", "quiet_to", "time_zone"}),
        ("22:00", "22:00", AMSTERDAM, {"quiet_to"}),
        ("22:00", "07:00", "", {"time_zone"}),
        ("22:00", "07:00", "Europe", {"time_zone"}),
        ("22:00", "07:00", "Europe/Nowhere", {"time_zone"}),
        ("22:00", "07:00", "../../etc/passwd", {"time_zone"}),
        ("22:00", "07:00", "/etc/passwd", {"time_zone"}),
        ("22:00", "07:00", "tzdata.zi", {"time_zone"}),
        ("22:00", "07:00", "A" * 10_000, {"time_zone"}),
        ("22:00", "07:00", "Europe/\x00", {"time_zone"}),
        ("\u0662\u0662:00", "07:00", AMSTERDAM, {"quiet_from"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    since: str, until: str, zone: str, fields: set[str]
) -> None:
    with pytest.raises(AccountRefused) as caught:
        check_quiet_hours(since, until, zone)
    assert {problem.field for problem in caught.value.problems} == fields


async def test_what_was_chosen_is_kept_encrypted(house: House) -> None:
    ada = await house.sign_up()
    reach = house.accounts.reach
    assert await reach.of(ada.id) == Reach(by_mail=True, by_push=True, quiet=None, language="")
    chosen = Reach(by_mail=False, quiet=QuietHours(0, 60, AMSTERDAM), language="nl")
    await reach.keep(ada.id, chosen)
    assert await reach.of(ada.id) == chosen
    await reach.learn_language(ada.id, "en")
    assert (await reach.of(ada.id)).quiet == chosen.quiet
    rows = await house.database.read("SELECT sealed FROM reach")
    assert len(rows) == 1
    assert b"Amsterdam" not in rows[0]["sealed"]
    await house.accounts.erase(ada, actor=OPERATOR)
    assert await house.database.read("SELECT 1 FROM reach") == []
