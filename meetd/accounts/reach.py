"""How somebody wants to be told that there is a knock while they are away, and when not."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from meetd.accounts.account import AccountRefused, Field, Problem, refuse

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::00)?", re.ASCII)
_ZONE: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*){0,2}", re.ASCII)
_MAX_ZONE: Final = 64


class QuietHours(msgspec.Struct, frozen=True):
    """Every day from one time to another, as clocks show it in that place; over midnight when
    ``until`` is the smaller one. In minutes since midnight; ``zone``: a name of the IANA time zone
    database."""

    since: int
    until: int
    zone: str

    def hold(self, now: int) -> bool:
        """Is it quiet now? ``now`` in milliseconds since the Unix epoch."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - with the first quiet hours

        local = datetime.fromtimestamp(now / 1_000, UTC).astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if self.since < self.until:
            return self.since <= minute < self.until
        return minute >= self.since or minute < self.until


class Reach(msgspec.Struct, frozen=True):
    """What somebody chose; as it stands here when they have chosen nothing. ``language``: of the
    page where they chose it, or ``""``."""

    by_mail: bool = True
    by_push: bool = True
    quiet: QuietHours | None = None
    language: str = ""


def check_quiet_hours(since: str, until: str, zone: str) -> QuietHours | None:
    """From what was typed, ``22:30``; both empty: none.

    Raises: AccountRefused with everything that is wrong at once.
    """
    if not since and not until:
        return None
    problems: list[Problem] = []
    fields: tuple[tuple[Field, str], ...] = (("quiet_from", since), ("quiet_to", until))
    minutes = [_minute(text) for _, text in fields]
    for (field, _), minute in zip(fields, minutes, strict=True):
        if minute is None:
            problems.append(Problem("QuietHoursInvalid", field))
    if not _is_zone(zone):
        problems.append(Problem("TimeZoneUnknown", "time_zone"))
    first, last = minutes
    if problems or first is None or last is None:
        raise AccountRefused(*problems)
    if first == last:
        raise refuse("QuietHoursInvalid", "quiet_to")
    return QuietHours(first, last, zone)


def as_typed(minute: int) -> str:
    """Minutes since midnight as a field for a time has it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _is_zone(name: str) -> bool:
    """Does this machine know that time zone?"""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415

    if len(name) > _MAX_ZONE or not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):  # a folder or a list beside the zones
        return False
    return True
