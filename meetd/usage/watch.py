"""The report of each month, and whether something comes near a limit that the administrator set."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from meetd.config.keeping import Usage
from meetd.core.clock import Clock
from meetd.core.periods import day_of, first_of_month, midnight, month_before
from meetd.usage.store import UsageStore
from meetd.usage.sums import MEGABYTE, Month

_log = logging.getLogger(__name__)

Measure = Literal["rooms", "storage", "minutes", "relayed"]

_STEP = 10
"""Percent. No more is said: who stayed how long could be found in the difference."""


@dataclass(frozen=True)
class Level:
    """How far a measure is, in whole tens of percent of its limit, rounded down; at most 100."""

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
        self._running: tuple[date, dict[Measure, int]] | None = None
        self._near: list[Callable[[list[Level]], None]] = []
        self._closed: list[Callable[[str, Mapping[str, int]], None]] = []

    async def open(self) -> None:
        """Switched off, what was kept before goes: the privacy page says that none of it is."""
        if not self.is_kept and (gone := await self._store.erase_all()):
            _log.warning("[usage] keep is off: %d stays that were kept before are erased", gone)

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
        """Of every measure that has a limit. What there was in the running month is as it was when
        somebody looked first, or the job did: nobody sees it go up."""
        limits = self._limits()
        values = dict(await self._counts())
        if limits.keys() - values.keys():
            values |= await self._this_month()
        return [
            Level(name, limit, min(100, 100 * values[name] // limit // _STEP * _STEP))
            for name, limit in limits.items()
        ]

    async def look(self) -> Mapping[str, str | int]:
        """Tell of what is near."""
        self._running = None
        levels = await self.levels()
        near = [each for each in levels if each.percent >= self._settings.alert_percent]
        for listener in self._near if near else ():
            listener(near)
        return {each.name: each.percent for each in levels}

    async def close_month(self) -> Mapping[str, str | int]:
        """The sums of the month before this one, once."""
        if not self.is_kept:
            return {}
        today = day_of(self._clock.now())
        before, this = month_before(today), first_of_month(today)
        sums = (await self._month(midnight(before), midnight(this))).sums()
        month = f"{before:%Y-%m}"
        if not await self._store.keep_sums(month, sums):
            return {}
        for listener in self._closed:
            listener(month, sums)
        return {"stays": sums.get("stays", 0)}

    def _limits(self) -> dict[Measure, int]:
        """Those that are set."""
        settings = self._settings
        limits: dict[Measure, int] = {
            "rooms": settings.limit_rooms,
            "storage": settings.limit_storage_megabytes,
        }
        if self.is_kept:
            limits["minutes"] = settings.limit_minutes
            limits["relayed"] = settings.limit_relayed_megabytes
        return {name: limit for name, limit in limits.items() if limit}

    async def _this_month(self) -> Mapping[Measure, int]:
        """Each stay is opened for it: not for every look at a page."""
        now = self._clock.now()
        first = first_of_month(day_of(now))
        if self._running is None or self._running[0] != first:
            month = await self._month(midnight(first), now + 1)
            measures: dict[Measure, int] = {
                "minutes": month.minutes,
                "relayed": month.octets // MEGABYTE,
            }
            self._running = first, measures
        return self._running[1]

    async def _month(self, first: int, after: int) -> Month:
        """Of stays that ended from ``first`` until before ``after`` (ms)."""
        month = Month()
        async for whose, stay in self._store.between(first, after):
            month.add(whose, stay)
        return month
