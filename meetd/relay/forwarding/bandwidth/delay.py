"""The bitrate that keeps queues short (draft-ietf-rmcat-gcc-02, 5.5): up slowly, down when sure."""

from typing import Final

from meetd.relay.forwarding.bandwidth.trendline import Usage

DECREASE: Final = 0.85
_INCREASE_PER_SECOND: Final = 1.08
_HEADROOM: Final = 1.5
"""Times what really flows: nobody knows whether more would get through. Probes find out."""
_PACKET_BITS: Final = 1_200 * 8
_SURE: Final = 2
"""Reports in a row that say so. What waited while a machine was busy comes at once, and the next
report tells that the delay is what it was; a queue goes on growing."""
_DEEPEST: Final = 0.5
"""Of what it was: what arrived within half a second may be little for other reasons, and what is
lost here takes many seconds to come back. A path that takes even less shows it again at once."""
_NEAR: Final = 0.15
"""Within that of the rate where it was too much before, steps are small."""


class DelayControl:
    """Additive increase near the known limit, multiplicative elsewhere, multiplicative decrease.

    ``bitrate`` in bit/s.
    """

    __slots__ = ("_decreased_at", "_limit", "_over", "_updated", "bitrate")

    def __init__(self, bitrate: int) -> None:
        self.bitrate = bitrate
        self._limit: float | None = None
        self._updated: float | None = None
        self._decreased_at = float("-inf")
        self._over = 0

    def update(self, usage: Usage, throughput: int | None, round_trip: float, now: float) -> None:
        """``throughput``: what the subscriber received lately, in bit/s, if that is known."""
        passed = min(1.0, now - self._updated) if self._updated is not None else 0.0
        self._updated = now
        self._over = self._over + 1 if usage is Usage.OVER else 0
        if self._over >= _SURE:
            self._decrease(throughput, round_trip, now)
        elif usage is Usage.NORMAL:
            self._increase(passed, throughput, round_trip)

    def _decrease(self, throughput: int | None, round_trip: float, now: float) -> None:
        """Once per round trip: what is on its way still tells of the time before."""
        if throughput is None or now - self._decreased_at < round_trip + 0.1:
            return
        self._decreased_at = now
        self._limit = throughput
        least = max(int(throughput * DECREASE), int(self.bitrate * _DEEPEST))
        self.bitrate = min(self.bitrate, least)

    def _increase(self, passed: float, throughput: int | None, round_trip: float) -> None:
        ceiling = self.bitrate if throughput is None else int(throughput * _HEADROOM) + 10_000
        if self._limit is not None and (throughput or 0) > self._limit * (1 + _NEAR):
            self._limit = None  # the path got wider
        near = self._limit is not None and self.bitrate > self._limit * (1 - _NEAR)
        if near:
            grown = self.bitrate + _PACKET_BITS * passed / (round_trip + 0.1)
        else:
            grown = self.bitrate * _INCREASE_PER_SECOND**passed + 1_000 * passed
        self.bitrate = max(self.bitrate, min(int(grown), ceiling))

    def jump(self, bitrate: int) -> None:
        """A probe got through with that."""
        if bitrate > self.bitrate:
            self.bitrate = bitrate
            self._limit = None
