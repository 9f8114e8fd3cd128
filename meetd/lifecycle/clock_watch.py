"""Doubts a clock that jumps: whoever purges by a wrong clock purges too much.

A machine without a battery for its clock starts in 1970 or in the year before, and a mistyped date
is a year ahead. What removes by age waits then, until the clock is back or somebody says that it is
right. Pure: time is an argument.
"""


class ClockWatch:
    """``trusted_at`` is the last time that was believed, in ms since the Unix epoch."""

    def __init__(self, trusted_at: int | None, tolerance: int) -> None:
        """``trusted_at``: of the last run, ``None`` before the first. ``tolerance`` in ms: how far
        the clock may be from where it is expected."""
        self.trusted_at = trusted_at
        self._tolerance = tolerance
        self._counted: float | None = None

    def look(self, now: int, monotonic: float) -> bool:
        """Is ``now`` to be believed? Since the last look, as much time has to be gone by as
        ``monotonic`` counted (seconds); over a standstill only the tolerance tells."""
        counted = 0.0 if self._counted is None else monotonic - self._counted
        expected = now if self.trusted_at is None else self.trusted_at + round(counted * 1_000)
        if abs(now - expected) > self._tolerance:
            return False
        self.trust(now, monotonic)
        return True

    def trust(self, now: int, monotonic: float) -> None:
        """Somebody says that it is right."""
        self.trusted_at = now
        self._counted = monotonic
