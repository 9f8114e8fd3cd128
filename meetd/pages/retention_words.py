"""What goes by age, in words: the same on the page ``/admin/retention`` and on a terminal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from meetd.core.periods import DAY, Months, Period
from meetd.core.times import day_and_time
from meetd.lifecycle.purge import Due
from meetd.pages.words import Words

_HOUR: Final = DAY // 24

SETTINGS: Final[Mapping[str, str]] = {
    "accounts": "[retention] account_months",
    "rooms": "[retention] visitor_months",
    "browsers": "[retention] visitor_months",
    "visitors": "[retention] visitor_months",
    "access log": "[retention] access_log_months",
    "access": "[retention] ended_access_days",
    "knocks": "[retention] knock_hours",
    "uploads": "[retention] upload_hours",
    "sessions": "[accounts] session_idle_days",
    "old sessions": "[accounts] session_days",
    "stays": "[usage] months",
}
"""By the name of a sweep: what says how long. The periods of all others are part of how they
work."""


@dataclass(frozen=True)
class Line:
    """One sort of thing. ``before``: what was last used before that goes; empty where each ends by
    itself. ``setting``: empty where the period is fixed."""

    what: str
    kept: str
    before: str
    rows: int
    setting: str


def line_of(due: Due, words: Words) -> Line:
    return Line(
        what=words(f"retention.{due.name.replace(' ', '_')}"),
        kept=period_in_words(due.period, words),
        before=day_and_time(due.before) if _length(due.period) else "",
        rows=due.rows,
        setting=SETTINGS.get(due.name, ""),
    )


def period_in_words(period: Period, words: Words) -> str:
    """In the largest unit that it is a whole number of."""
    if isinstance(period, Months):
        return _counted("month", period.number, words)
    if period.milliseconds == 0:
        return words("retention.at_once")
    if period.milliseconds == _HOUR:
        return words("retention.hour")
    if period.milliseconds % DAY:
        return words("retention.hours", number=f"{period.milliseconds / _HOUR:g}")
    return _counted("day", period.milliseconds // DAY, words)


def _length(period: Period) -> int:
    return period.number if isinstance(period, Months) else period.milliseconds


def _counted(unit: str, number: int, words: Words) -> str:
    return words(f"retention.{unit}" if number == 1 else f"retention.{unit}s", number=number)
