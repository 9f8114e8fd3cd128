"""The one place that reads the clock. Everything that decides by time takes it as an argument."""

import time
from typing import Protocol


class Clock(Protocol):
    """What tests replace to move time by hand."""

    def now(self) -> int:
        """Milliseconds since the Unix epoch, for what people and the database see."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for limits and waiting times."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    @staticmethod
    def stamp() -> float:
        """Seconds since the Unix epoch to the microsecond, to be compared with what the kernel
        stamps on packets; for nothing else."""
        return time.time_ns() / 1e9
