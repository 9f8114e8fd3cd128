"""How long something is kept. Pure: time is an argument, in ms since the Unix epoch. Days are days
in UTC, so that a change to daylight-saving time makes no period longer or shorter."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

DAY: Final = 86_400_000
"""Milliseconds."""


@dataclass(frozen=True)
class Span:
    """So many milliseconds after the last use, to the millisecond."""

    milliseconds: int

    def ends(self, used_at: int) -> int:
        """From then on it goes."""
        return used_at + self.milliseconds

    def cutoff(self, now: int) -> int:
        """What was last used before that goes now."""
        return now - self.milliseconds + 1


@dataclass(frozen=True)
class Months:
    """So many calendar months after the day of the last use, that day included: what was used on 31
    August goes, after six of them, when the last day of February is over."""

    number: int

    def ends(self, used_at: int) -> int:
        """From then on it goes: a midnight."""
        return midnight(self._last_day(day_of(used_at)) + timedelta(days=1))

    def cutoff(self, now: int) -> int:
        """What was last used before that goes now: a midnight."""
        today = day_of(now)
        # Months differ by three days at the most, so the first day that stays is near.
        first = _later(today, -self.number) - timedelta(days=3)
        while self._last_day(first) < today:
            first += timedelta(days=1)
        return midnight(first)

    def _last_day(self, used_on: date) -> date:
        return _later(used_on, self.number)


Period = Span | Months


def day_of(moment: int) -> date:
    """The day in UTC."""
    return datetime.fromtimestamp(moment // 1_000, UTC).date()


def midnight(day: date) -> int:
    """Its first millisecond."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_before(day: date) -> date:
    """Its first day."""
    return first_of_month(first_of_month(day) - timedelta(days=1))


def _later(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
