"""The report of each month, and whether something comes near a limit that the administrator set."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from meetd.config.keeping import Usage
from meetd.core.clock import Clock
from meetd.core.periods import day_of, midnight
from meetd.usage.store import UsageStore
from meetd.usage.sums import MEGABYTE, sums_of

Measure = Literal["rooms", "storage", "minutes", "relayed"]

_STEP = 10
"""Percent. No more is said: who stayed how long could be found in the difference."""


@dataclass(frozen=True)
class Level:
    """How far a measure is, in whole tens of percent of its limit, rounded down."""

    name: Measure
    limit: int
    percent: int


class UsageWatch:
    """``now`` and ``report`` are for the page; ``look`` and ``close_month`` are jobs."""

    def __init__(
        self,
        store: UsageStore,
        settings: Usage,
        counts: Callable[[], Awaitable[Mapping[Measure, int]]],
        clock: Clock,
    ) -> None:
        """``counts``: rooms, and megabytes that are kept."""
        self._store = store
        self._settings = settings
        self._counts = counts
        self._clock = clock
        self._near: list[Callable[[list[Level]], None]] = []
        self._closed: list[Callable[[str, Mapping[str, int]], None]] = []

    def on_near(self, listener: Callable[[list[Level]], None]) -> None:
        """Called with what is near its limit, or beyond."""
        self._near.append(listener)

    def on_month(self, listener: Callable[[str, Mapping[str, int]], None]) -> None:
        """Called with each month that is over, such as ``2026-11``, and its sums."""
        self._closed.append(listener)

    @property
    def is_kept(self) -> bool:
        return self._settings.keep

    async def report(self) -> dict[str, dict[str, int]]:
        """The sums by month, newest first."""
        return await self._store.sums()

    async def now(self) -> Mapping[Measure, int]:
        """Rooms and megabytes, which are about nobody."""
        return await self._counts()

    async def levels(self) -> list[Level]:
        """Of every measure that has a limit."""
        limits: dict[Measure, int] = {
            "rooms": self._settings.limit_rooms,
            "storage": self._settings.limit_storage_megabytes,
        }
        if self.is_kept:
            limits["minutes"] = self._settings.limit_minutes
            limits["relayed"] = self._settings.limit_relayed_megabytes
        values = {**await self._counts(), **(await self._this_month() if self.is_kept else {})}
        return [
            Level(name, limit, 100 * values[name] // limit // _STEP * _STEP)
            for name, limit in limits.items()
            if limit
        ]

    async def look(self) -> Mapping[str, str | int]:
        """Tell of what is near."""
        levels = await self.levels()
        near = [each for each in levels if each.percent >= self._settings.alert_percent]
        for listener in self._near if near else ():
            listener(near)
        return {each.name: each.percent for each in levels}

    async def close_month(self) -> Mapping[str, str | int]:
        """The sums of the month before this one, once."""
        if not self.is_kept:
            return {}
        this = _first(day_of(self._clock.now()))
        before = _first(this - timedelta(days=1))
        stays = [each async for each in self._store.between(midnight(before), midnight(this))]
        sums, month = sums_of(stays), f"{before:%Y-%m}"
        if not await self._store.keep_sums(month, sums):
            return {}
        for listener in self._closed:
            listener(month, sums)
        return {"stays": sums.get("stays", 0)}

    async def _this_month(self) -> dict[Measure, int]:
        now = self._clock.now()
        minutes = octets = 0
        async for _, stay in self._store.between(midnight(_first(day_of(now))), now + 1):
            minutes += stay.minutes
            octets += stay.sent + stay.received
        return {"minutes": minutes, "relayed": octets // MEGABYTE}


def _first(day: date) -> date:
    return day.replace(day=1)
