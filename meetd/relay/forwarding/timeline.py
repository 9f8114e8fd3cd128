"""Timestamps that only grow while layers change, each of which counts from a start of its own."""

from typing import Final

from meetd.relay.forwarding.layer import Layer

_MAX_DOUBT: Final = 2.0
"""Seconds that sender reports may differ from what arrival says; more is somebody's invention."""
_FRAME: Final = 1 / 30
"""Seconds to go on by where a frame would stand at or before its predecessor."""


class Timeline:
    """Of one subscription. The first layer's timestamps are kept; others are moved onto its line by
    the sender reports of both (RFC 3550, 6.4.1), or by arrival until these came."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._base: Layer | None = None
        self._known: dict[Layer, int] = {}
        self._ended_at = 0.0
        self.last = -1

    def offset(self, layer: Layer, timestamp: int, now: float) -> int:
        """What to add to the timestamps of a lane that begins with this one."""
        if self._base is None:
            self._base = layer
            self._known[layer] = 0
            return 0
        offset = self._aligned(layer, timestamp, now)
        if timestamp + offset <= self.last:
            return self.last + int(_FRAME * self._rate) - timestamp
        return offset

    def _aligned(self, layer: Layer, timestamp: int, now: float) -> int:
        arrival = self.last + int((now - self._ended_at) * self._rate) - timestamp
        reported = self._reported(layer, timestamp)
        if reported is None:
            reported = self._known.get(layer, arrival)
        if abs(reported - arrival) > _MAX_DOUBT * self._rate:
            reported = arrival
        self._known[layer] = reported
        return reported

    def _reported(self, layer: Layer, timestamp: int) -> int | None:
        if layer is self._base or self._base is None:
            return None
        there, here = layer.ntp_of(timestamp), self._base.ntp_of(0)
        if there is None or here is None:
            return None
        return ((there - here) * self._rate >> 32) - timestamp

    def ended(self, timestamp: int, now: float) -> None:
        """A lane ended with this one of its rewritten timestamps."""
        self.last = max(self.last, timestamp)
        self._ended_at = now
