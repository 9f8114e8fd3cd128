"""What a publisher's stream lacks, and when to ask for it (RFC 4585, 6.2.1)."""

from typing import Final

REORDER_SECONDS: Final = 0.01
"""Before a gap counts as loss: packets that overtake each other need no NACK."""
MIN_RETRY_SECONDS: Final = 0.04
"""Between two requests for the same packet where the round trip is shorter than that."""
MAX_TRIES: Final = 10
MAX_MISSING: Final = 300
"""More than that at once is not repaired packet by packet: a key frame is cheaper."""


class Losses:
    """Missing sequence numbers, unrolled. Bounded by ``MAX_MISSING``."""

    __slots__ = ("_asked_at", "_missing", "given_up", "requested", "round_trip")

    def __init__(self) -> None:
        self.round_trip: float | None = None
        """Seconds from the first request to the last answer. Too long where the first was lost:
        then one asks less often, while too short would never be put right on a long path."""
        self._asked_at: dict[int, float] = {}
        self._missing: dict[int, tuple[float, int]] = {}  # number: (when to ask, tries so far)
        self.requested = 0
        self.given_up = 0

    def __len__(self) -> int:
        return len(self._missing)

    def gap(self, first: int, end: int, now: float) -> bool:
        """``first`` to ``end``, without it, did not come yet. False when that is too much: then
        everything missing is given up."""
        if len(self._missing) + end - first > MAX_MISSING:
            self.given_up += len(self._missing) + end - first
            self.clear()
            return False
        due = now + REORDER_SECONDS
        for number in range(first, end):
            self._missing[number] = (due, 0)
        return True

    def arrived(self, number: int, now: float) -> bool:
        """Was it missing?"""
        asked_at = self._asked_at.pop(number, None)
        if asked_at is not None:
            self.round_trip = now - asked_at
        return self._missing.pop(number, None) is not None

    def due(self, now: float, round_trip: float) -> tuple[list[int], int]:
        """What to ask for now, in rising order, and how many were given up."""
        if not self._missing:
            return [], 0
        asked = [number for number, (at, _) in self._missing.items() if at <= now]
        hopeless = [number for number in asked if self._missing[number][1] >= MAX_TRIES]
        for number in hopeless:
            del self._missing[number], self._asked_at[number]
        wanted = sorted(number for number in asked if number in self._missing)
        retry = now + max(MIN_RETRY_SECONDS, round_trip * 1.25)
        for number in wanted:
            self._missing[number] = (retry, self._missing[number][1] + 1)
            self._asked_at.setdefault(number, now)
        self.requested += len(wanted)
        self.given_up += len(hopeless)
        return wanted, len(hopeless)

    def clear(self) -> None:
        self._missing.clear()
        self._asked_at.clear()
