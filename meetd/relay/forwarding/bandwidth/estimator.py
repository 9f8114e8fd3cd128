"""One subscriber's bandwidth: delay, loss, REMB and probes made into one number."""

from collections.abc import Iterable
from typing import Final

from meetd.relay.forwarding.bandwidth.delay import DECREASE, DelayControl
from meetd.relay.forwarding.bandwidth.loss import LossControl
from meetd.relay.forwarding.bandwidth.probing import Arrival, Probing
from meetd.relay.forwarding.bandwidth.throughput import Burst, Throughput
from meetd.relay.forwarding.bandwidth.trendline import Trendline, Usage

START: Final = 600_000
"""Enough for sound and a few small pictures; the first probe follows at once."""
MIN: Final = 50_000
MAX: Final = 30_000_000
_REMB_SECONDS: Final = 5.0
"""A REMB older than that is forgotten: receivers repeat it each second."""
_TOLERATED: Final = 1.1
"""Times what arrived that goes on being sent rather than turning a picture off: what arrives within
half a second is not measured any better."""
_QUIET_SECONDS: Final = 1.0
"""After that without a report, the last one says nothing of the queue any more."""


class Estimator:
    """``target`` is the answer, in bit/s."""

    __slots__ = (
        "_delay",
        "_fed_at",
        "_remb",
        "_remb_at",
        "_throughput",
        "_trendline",
        "loss",
        "probing",
        "round_trip",
        "target",
    )

    def __init__(self, start: int = START) -> None:
        self.target = start
        self.round_trip = 0.1
        self.loss = LossControl()
        self.probing = Probing()
        self._delay = DelayControl(start)
        self._trendline = Trendline()
        self._throughput = Throughput()
        self._fed_at: float | None = None
        self._remb: int | None = None
        self._remb_at = float("-inf")

    def on_feedback(self, arrivals: list[Arrival], lost: int, total: int, now: float) -> None:
        """What one transport-cc report tells; ``arrivals`` in the order in which they were sent.

        ``lost`` of ``total``: of those that were sent long enough ago to be sure.
        """
        self._fed_at = now
        self.loss.count(lost, total)
        bursts = _bursts(arrivals)
        self._trendline.feed(bursts)
        self._throughput.add(bursts)
        self.probing.arrived(arrivals)
        if arrivals:
            self._smooth_round_trip(now - arrivals[-1][1])
        self._update(now)

    def on_remb(self, bitrate: int, now: float) -> None:
        """REMB bounds, and leads where only that comes."""
        self._remb, self._remb_at = bitrate, now
        if self._fed_at is None:
            self._delay.bitrate = max(MIN, min(bitrate, MAX))
            self._combine(now)

    def on_report(self, fraction_lost: float, packets: int, round_trip: float | None) -> None:
        """A receiver report. Its losses count only where transport-cc does not tell them."""
        if self._fed_at is None:
            self.loss.count(round(fraction_lost * packets), packets)
        if round_trip is not None:
            self._smooth_round_trip(round_trip)

    def _smooth_round_trip(self, sample: float) -> None:
        self.round_trip += (min(max(sample, 0.001), 3.0) - self.round_trip) / 8

    def _update(self, now: float) -> None:
        usage, throughput = self._trendline.usage, self._throughput.bitrate()
        if usage is Usage.OVER:
            self.probing.cancel(now)
        # Growth is held while losses limit: two controls must not pull in turns.
        if usage is Usage.OVER or self.loss.limit is None:
            self._delay.update(usage, throughput, self.round_trip, now)
        self._finish_probe(now)
        self.loss.update(self.target, throughput or self.target, now)
        self._combine(now)

    def _finish_probe(self, now: float) -> None:
        constant = self.loss.constant
        proven = self.probing.result(self.target, self.round_trip, constant, now)
        if proven is not None and not self.is_overused:
            self._delay.jump(proven)
            self.loss.release(0)

    def _combine(self, now: float) -> None:
        target = self._delay.bitrate
        self.loss.release(target)
        if self.loss.limit is not None:
            target = min(target, self.loss.limit)
        if self._remb is not None and now - self._remb_at < _REMB_SECONDS:
            target = min(target, self._remb)
        self.target = max(MIN, min(target, MAX))

    def tick(self, now: float) -> None:
        """Goes on where no report comes: from a page without transport-cc, or because nothing is
        sent to it, which a probe has to change."""
        if self._fed_at is None:
            self.loss.update(self.target, self.target, now)
            self._combine(now)
        elif now - self._fed_at >= _QUIET_SECONDS:
            self._fed_at = now
            self._trendline = Trendline()
            self._finish_probe(now)
            self._combine(now)

    @property
    def spare(self) -> int:
        """Bit/s beyond the target that may be spent on what is seen already.

        A queue that grew makes the target less than what arrived, and a machine that was busy for
        100 ms looks like one. A picture that is turned off for that takes seconds to come back.
        """
        return int(self.target * (_TOLERATED / DECREASE - 1))

    @property
    def is_overused(self) -> bool:
        return self._trendline.usage is Usage.OVER


def _bursts(arrivals: Iterable[Arrival]) -> list[Burst]:
    """What left at one moment was received together, which is three packets of four."""
    bursts: list[Burst] = []
    left, last, size = -1.0, 0.0, 0
    for _, sent, arrived, more in arrivals:
        if sent != left:
            bursts.append((left, last, size))
            left, last, size = sent, arrived, more
        else:
            size += more
            if arrived > last:  # noqa: PLR1730 - for each packet that 50 receivers tell of
                last = arrived
    bursts.append((left, last, size))
    return bursts[1:]
