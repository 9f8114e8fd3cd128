"""When a publisher's packets arrived, told back to it (transport-wide congestion control)."""

from typing import Final

from meetd.relay.rtp.numbers import MASK_16, Unroller
from meetd.relay.rtp.transport_cc import (
    MAX_STATUSES,
    REFERENCE_TICKS,
    TICK,
    TransportFeedback,
    fitting,
    transport_feedback,
)

INTERVAL: Final = 0.05
"""Seconds between two reports: at 20 per second the sender sees a queue grow early."""
_MAX_KEPT: Final = 4 * MAX_STATUSES
"""A sender of more packets than that between two reports is told about these only."""


class Arrivals:
    """Collects (transport-wide number, arrival) and writes what is due."""

    __slots__ = ("_arrived", "_due", "_next", "_number", "_unroller")

    def __init__(self) -> None:
        self._unroller = Unroller()
        self._arrived: dict[int, float] = {}
        self._next = -1
        self._number = 0
        self._due = 0.0

    def add(self, number: int, now: float) -> None:
        """A packet came. A number far from the others starts anew: nobody may order us to report on
        32,000 packets that never were."""
        place = self._unroller.unroll(number)
        if self._next >= 0 and abs(place - self._next) > _MAX_KEPT:
            place = self._restart(number)
        if len(self._arrived) < _MAX_KEPT:
            self._arrived.setdefault(place, now)

    def _restart(self, number: int) -> int:
        """Returns the place of ``number`` on a new line."""
        self._unroller = Unroller()
        self._arrived.clear()
        self._next = -1
        return self._unroller.unroll(number)

    def due(self, sender: int, media: int, now: float) -> list[bytes]:
        """The reports to send now."""
        if now < self._due or not self._arrived:
            return []
        self._due = now + INTERVAL
        # A packet that comes after the report about its neighbours is told in the next one.
        self._next = min([self._next, *self._arrived] if self._next >= 0 else self._arrived)
        reports = []
        while self._arrived:
            reports.append(transport_feedback(sender, media, self._take()))
        return reports

    def _take(self) -> TransportFeedback:
        """One report's worth, out of what is kept."""
        earliest = min(self._arrived)
        base = self._next if 0 <= earliest - self._next < MAX_STATUSES else earliest
        places = sorted(place for place in self._arrived if place - base < MAX_STATUSES)
        first = int(self._arrived[places[0]] / TICK)
        reference = first // REFERENCE_TICKS
        start = reference * REFERENCE_TICKS
        received = [(p - base, int(self._arrived[p] / TICK) - start) for p in places]
        received = received[: fitting(received)]
        for index, _ in received:
            del self._arrived[base + index]
        statuses = received[-1][0] + 1
        self._next = base + statuses
        self._number += 1
        return TransportFeedback(base & MASK_16, statuses, reference, self._number & 0xFF, received)
