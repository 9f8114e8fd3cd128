"""What arrived lately, by the subscriber's own clock."""

from collections import deque
from collections.abc import Iterable
from typing import Final

WINDOW_SECONDS: Final = 0.5
_MIN_SECONDS: Final = 0.15

Burst = tuple[float, float, int]
"""(when sent, when the last of it arrived, bytes) of packets that left at one moment"""


class Throughput:
    """Bits per second over the last half second of arrivals."""

    __slots__ = ("_arrived", "_bytes")

    def __init__(self) -> None:
        self._arrived: deque[tuple[float, int]] = deque()
        self._bytes = 0

    def add(self, bursts: Iterable[Burst]) -> None:
        """What one report tells, in the order in which it was sent."""
        kept, total = self._arrived, self._bytes
        newest = kept[-1][0] if kept else float("-inf")
        for _, arrived, size in bursts:
            if arrived > newest:  # noqa: PLR1730 - or else it was overtaken; as in _bursts
                newest = arrived
            kept.append((newest, size))
            total += size
        oldest = newest - WINDOW_SECONDS
        while kept and kept[0][0] < oldest:
            total -= kept.popleft()[1]
        self._bytes = total

    def bitrate(self) -> int | None:
        """None until enough came to say."""
        if len(self._arrived) < 2:  # noqa: PLR2004
            return None
        first, last = self._arrived[0], self._arrived[-1]
        passed = last[0] - first[0]
        return int((self._bytes - first[1]) * 8 / passed) if passed >= _MIN_SECONDS else None
