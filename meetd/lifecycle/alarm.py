"""Tells administrators when the last good backup is too old, or a job failed that should not."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from meetd.core.clock import Clock
from meetd.lifecycle.job import Facts
from meetd.lifecycle.state import State, load_state
from meetd.lifecycle.store import DAY

HOUR: Final = 3_600_000


class Alarm:
    """``look`` is a job; ``age`` and ``is_ringing`` are for the page and for ``/metrics``, as they
    were at the last look or backup."""

    def __init__(self, data: Path, places: list[str], clock: Clock, hours: int) -> None:
        """``places``: where a good backup has to be; none: there is no alarm."""
        self._data = data
        self.places = places
        self._clock = clock
        self._after = hours * HOUR
        self._state: State | None = None
        self._told_at: int | None = None
        self._ring: list[Callable[[int], None]] = []

    def on_ring(self, listener: Callable[[int], None]) -> None:
        """Called at most once a day, with the hours since the last good backup."""
        self._ring.append(listener)

    async def load(self) -> None:
        """Read when the last good backup was made. Raises: OSError."""
        self._state = await asyncio.to_thread(load_state, self._data, self._clock.now())

    async def look(self) -> Facts:
        """Read it, and ring when that is too long ago. Raises: OSError."""
        await self.load()
        now = self._clock.now()
        if self.is_ringing and (self._told_at is None or abs(now - self._told_at) >= DAY):
            self._told_at = now
            for listener in self._ring:
                listener(self.age // HOUR)
        return {"hours": self.age // HOUR}

    @property
    def state(self) -> State | None:
        return self._state

    @property
    def age(self) -> int:
        """ms since the last good backup; of a new server, since it began."""
        if self._state is None or not self.places:
            return 0
        return max(0, self._clock.now() - self._state.last_good(self.places))

    @property
    def is_ringing(self) -> bool:
        return self.age > self._after
