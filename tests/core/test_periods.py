"""Periods end on the right day: nothing early, nothing late, over leap years."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.periods import DAY, Months, Period, Span, month_before

MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2120, 1, 1)).map(  # noqa: DTZ001 - UTC below
    lambda moment: round(moment.replace(tzinfo=UTC).timestamp() * 1_000)
)
PERIODS: st.SearchStrategy[Period] = st.one_of(
    st.integers(1, 240).map(Months), st.integers(0, 4_000 * DAY).map(Span)
)


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("used", "months", "ends"),
    [
        ("2026-11-22T14:00", 6, "2027-05-23"),
        ("2026-08-31T23:59", 6, "2027-03-01"),  # 28 February is the last day
        ("2027-08-31T00:00", 6, "2028-03-01"),  # 29 February is
        ("2028-02-29T12:00", 24, "2030-03-01"),
        ("2026-02-28T12:00", 24, "2028-02-29"),
        ("2026-03-29T01:30", 12, "2027-03-30"),  # the night when clocks in Europe change
        ("2025-12-31T23:59:59.999", 1, "2026-02-01"),
    ],
)
def test_months_end_with_the_same_day_of_another_month(used: str, months: int, ends: str) -> None:
    assert Months(months).ends(at(used)) == at(ends)


@given(PERIODS, MOMENTS, MOMENTS)
def test_what_is_before_the_cutoff_is_exactly_what_ended(
    period: Period, used_at: int, now: int
) -> None:
    assert (used_at < period.cutoff(now)) == (period.ends(used_at) <= now)


@given(PERIODS, MOMENTS)
def test_it_ends_neither_early_nor_late(period: Period, used_at: int) -> None:
    end = period.ends(used_at)
    assert used_at >= period.cutoff(end - 1), "early"
    assert used_at < period.cutoff(end), "late"


@given(st.integers(1, 240), MOMENTS)
def test_months_are_at_least_that_long_and_a_day_more_at_most(number: int, used_at: int) -> None:
    days = (Months(number).ends(used_at) - used_at) / DAY
    assert number * 365.2425 / 12 - 4 < days < number * 365.2425 / 12 + 5


def test_the_month_before_january_is_of_the_year_before() -> None:
    assert month_before(date(2027, 1, 31)) == date(2026, 12, 1)
    assert month_before(date(2028, 3, 31)) == date(2028, 2, 1)
