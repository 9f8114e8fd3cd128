"""What arrived lately, by the subscriber's own clock."""

from collections import deque
from typing import Final

WINDOW_SECONDS: Final = 0.5
_MIN_SECONDS: Final = 0.15


class Throughput:
    """Bits per second over the last half second of arrivals."""

    __slots__ = ("_arrived", "_bytes")

    def __init__(self) -> None:
        self._arrived: deque[tuple[float, int]] = deque()
        self._bytes = 0

    def add(self, arrived: float, size: int) -> None:
        if self._arrived and arrived < self._arrived[-1][0]:
            arrived = self._arrived[-1][0]  # one that was overtaken
        self._arrived.append((arrived, size))
        self._bytes += size
        while self._arrived[0][0] < arrived - WINDOW_SECONDS:
            self._bytes -= self._arrived.popleft()[1]

    def bitrate(self) -> int | None:
        """None until enough came to say."""
        if len(self._arrived) < 2:  # noqa: PLR2004
            return None
        first, last = self._arrived[0], self._arrived[-1]
        passed = last[0] - first[0]
        return int((self._bytes - first[1]) * 8 / passed) if passed >= _MIN_SECONDS else None
