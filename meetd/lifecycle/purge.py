"""The one purge: walks everything that goes by age, and says beforehand what would go."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from meetd.core.clock import Clock
from meetd.core.holdings import Sweep
from meetd.core.periods import Period
from meetd.lifecycle.job import Facts


@dataclass(frozen=True)
class Due:
    """What would go now, or went. ``before``: what was last used before that (ms since the Unix
    epoch)."""

    name: str
    period: Period
    before: int
    rows: int


class Purge:
    """``run`` is a job that waits while the clock is in doubt."""

    def __init__(self, sweeps: Sequence[Sweep], clock: Clock) -> None:
        """In the order they run."""
        self._sweeps = sweeps
        self._clock = clock

    async def due(self) -> list[Due]:
        """Removes nothing."""
        return await self._each(lambda sweep: sweep.due)

    async def remove(self) -> list[Due]:
        """``rows`` of each are what went."""
        return await self._each(lambda sweep: sweep.remove)

    async def run(self) -> Facts:
        """How many of what went; what had nothing to go is left out."""
        return {each.name: each.rows for each in await self.remove() if each.rows}

    async def _each(self, act: Callable[[Sweep], Callable[[int], Awaitable[int]]]) -> list[Due]:
        """One after the other, all at the same moment."""
        now = self._clock.now()
        found = []
        for sweep in self._sweeps:
            before = sweep.period.cutoff(now)
            found.append(Due(sweep.name, sweep.period, before, await act(sweep)(before)))
        return found
