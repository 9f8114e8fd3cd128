"""Requests for key frames, merged and throttled (RFC 4585, 6.3.1; RFC 5104, 4.3.1)."""

from typing import Final

INTERVAL: Final = 0.5
"""Seconds between two requests to one encoder. A key frame costs five to ten delta frames, so two
per second is what a publisher can bear for long; somebody new waits for at most this and a round
trip. Chromium itself makes no more than one per 0.3 s, so asking faster gains nothing."""


class KeyFrameRequests:
    """Of one encoding. A request stands until a key frame begins, and is repeated until then."""

    __slots__ = ("_asked_at", "_came_at", "_wanted", "asked", "merged")

    def __init__(self) -> None:
        self._wanted = False
        self._asked_at = self._came_at = float("-inf")
        self.asked = 0
        self.merged = 0

    def want(self, now: float, round_trip: float = 0.0) -> None:
        """``round_trip`` of who asks: a key frame younger than that was on its way meanwhile."""
        if self._wanted or now - self._came_at < round_trip:
            self.merged += 1
            return
        self._wanted = True

    def came(self, now: float) -> None:
        """A key frame begins."""
        self._wanted = False
        self._came_at = now

    def due(self, now: float) -> bool:
        """Must the publisher be asked now? Counts as asked."""
        if not self._wanted or now - self._asked_at < INTERVAL:
            return False
        self._asked_at = now
        self.asked += 1
        return True
