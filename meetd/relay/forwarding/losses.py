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

    __slots__ = ("_missing", "answered", "given_up", "requested")

    def __init__(self) -> None:
        # number: (when to ask, tries so far, when first asked)
        self._missing: dict[int, tuple[float, int, float]] = {}
        self.answered: float | None = None
        """Seconds from asking for a packet to its arrival, of the last that came: a round trip."""
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
            self._missing[number] = (due, 0, 0.0)
        return True

    def arrived(self, number: int, now: float) -> bool:
        """Was it missing?"""
        found = self._missing.pop(number, None)
        # The first of two requests counts, or a round trip beyond our patience stayed unknown. Of
        # more than two nobody knows which one was answered.
        if found is not None and found[1] in {1, 2}:
            self.answered = now - found[2]
        return found is not None

    def due(self, now: float, round_trip: float) -> tuple[list[int], int]:
        """What to ask for now, in rising order, and how many were given up."""
        if not self._missing:
            return [], 0
        asked = [number for number, (at, *_) in self._missing.items() if at <= now]
        hopeless = [number for number in asked if self._missing[number][1] >= MAX_TRIES]
        for number in hopeless:
            del self._missing[number]
        wanted = sorted(number for number in asked if number in self._missing)
        retry = now + max(MIN_RETRY_SECONDS, round_trip * 1.25)
        for number in wanted:
            _, tries, first = self._missing[number]
            self._missing[number] = (retry, tries + 1, first if tries else now)
        self.requested += len(wanted)
        self.given_up += len(hopeless)
        return wanted, len(hopeless)

    def clear(self) -> None:
        self._missing.clear()
