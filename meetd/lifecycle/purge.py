"""The one purge: walks everything that goes by age, and says beforehand what would go."""

from collections.abc import Sequence
from dataclasses import dataclass

from meetd.core.clock import Clock
from meetd.core.holdings import Sweep
from meetd.core.periods import Period
from meetd.lifecycle.job import Facts


@dataclass(frozen=True)
class Due:
    """What would go now. ``before``: what was last used before that (ms since the Unix epoch)."""

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
        now = self._clock.now()
        found = []
        for sweep in self._sweeps:
            before = sweep.period.cutoff(now)
            found.append(Due(sweep.name, sweep.period, before, await sweep.due(before)))
        return found

    async def run(self) -> Facts:
        """How many of what went; what had nothing to go is left out."""
        now = self._clock.now()
        gone = {sweep.name: await sweep.remove(sweep.period.cutoff(now)) for sweep in self._sweeps}
        return {name: rows for name, rows in gone.items() if rows}
