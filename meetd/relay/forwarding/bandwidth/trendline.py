"""Does a queue grow on the path? (draft-ietf-rmcat-gcc-02, 4 and 5, with libwebrtc's trendline)"""

from collections import deque
from collections.abc import Iterable
from enum import Enum
from typing import Final

from meetd.relay.forwarding.bandwidth.throughput import Burst

_GROUP_SECONDS: Final = 0.005
"""Packets sent within this are one burst: what happens between them says nothing."""
_WINDOW: Final = 20
_ANEW: Final = 3 * _WINDOW
"""After so many points all sums are made again, which takes as long as five points."""
_AT_ONCE: Final = 1e-3
"""What rounding leaves where all points have one x, in ms squared; a tick of arrival is 0.25 ms."""
_SMOOTHING: Final = 0.9
_GAIN: Final = 4.0
_MAX_COUNT: Final = 60
_FIRST_THRESHOLD: Final = 12.5
_LOWEST_THRESHOLD: Final = 6.0
_HIGHEST_THRESHOLD: Final = 600.0
_RISE, _FALL = 0.0087, 0.039
_MAX_ADAPT: Final = 15.0
_LONGEST_MS: Final = 100.0
_OVERUSE_MS: Final = 10.0
_NEVER: Final = float("-inf")


class Usage(Enum):
    """Of the path: the queue drains, stays, or grows."""

    UNDER = "under"
    NORMAL = "normal"
    OVER = "over"


class Line:
    """The slope (least squares) of the newest ``_WINDOW`` points, from sums that are carried along:
    to add them up for each point was half of what feedback costs (measured)."""

    __slots__ = ("_added", "_points", "_sums", "_zero")

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque(maxlen=_WINDOW)
        self._sums = (0.0, 0.0, 0.0, 0.0)  # of x, y, x * x, x * y
        self._zero = 0.0
        self._added = 0

    def add(self, x: float, y: float) -> float | None:
        """Returns the slope, once there are enough points; 0 where all came at once."""
        self._added += 1
        if self._added % _ANEW == 1:
            self._begin_anew(x)
        points, (sum_x, sum_y, sum_xx, sum_xy) = self._points, self._sums
        x -= self._zero
        if len(points) == _WINDOW:
            old_x, old_y = points[0]
            sum_x, sum_y = sum_x - old_x, sum_y - old_y
            sum_xx, sum_xy = sum_xx - old_x * old_x, sum_xy - old_x * old_y
        points.append((x, y))
        sum_x, sum_y, sum_xx, sum_xy = sum_x + x, sum_y + y, sum_xx + x * x, sum_xy + x * y
        self._sums = (sum_x, sum_y, sum_xx, sum_xy)
        if len(points) < _WINDOW:
            return None
        below = _WINDOW * sum_xx - sum_x * sum_x
        return (_WINDOW * sum_xy - sum_x * sum_y) / below if below > _AT_ONCE else 0.0

    def _begin_anew(self, x: float) -> None:
        """Measure from the newest point on, and add up again: nothing is lost to rounding."""
        moved, self._zero = self._zero - x, x
        points = self._points = deque(((at + moved, y) for at, y in self._points), _WINDOW)
        self._sums = (
            sum(x for x, _ in points),
            sum(y for _, y in points),
            sum(x * x for x, _ in points),
            sum(x * y for x, y in points),
        )


class Trendline:
    """The slope of the smoothed one-way delay, against a threshold that follows it.

    What it costs is most of what feedback of 50 receivers costs: few calls, and nothing made on the
    way.
    """

    __slots__ = (
        "_before_arrived",
        "_before_sent",
        "_count",
        "_delay",
        "_first_sent",
        "_last_arrived",
        "_last_sent",
        "_line",
        "_over_ms",
        "_slope",
        "_smoothed",
        "_threshold",
        "_updated",
        "usage",
    )

    def __init__(self) -> None:
        self._line = Line()
        self._first_sent = self._last_sent = self._last_arrived = _NEVER
        self._before_sent = self._before_arrived = _NEVER
        self._delay = self._smoothed = self._slope = self._over_ms = 0.0
        self._threshold = _FIRST_THRESHOLD
        self._updated = _NEVER
        self._count = 0
        self.usage = Usage.NORMAL

    def feed(self, bursts: Iterable[Burst]) -> None:
        """What arrived, in the order in which it was sent. What was overtaken is left out: its
        delay is not that of the queue now."""
        for sent, arrived, _ in bursts:
            later = sent - self._first_sent
            if later >= _GROUP_SECONDS:
                self._end_group(self._last_sent, self._last_arrived)
                self._first_sent = self._last_sent = sent
                self._last_arrived = arrived
            elif later >= 0:
                self._last_sent = max(self._last_sent, sent)
                self._last_arrived = max(self._last_arrived, arrived)

    def _end_group(self, sent: float, arrived: float) -> None:
        """What left together is over: how much later was it sent, and did it arrive, than what was
        before?"""
        before_sent, before_arrived = self._before_sent, self._before_arrived
        self._before_sent, self._before_arrived = sent, arrived
        if before_sent == _NEVER:
            return
        passed_ms, at_ms = (sent - before_sent) * 1_000, arrived * 1_000
        self._delay += (arrived - before_arrived) * 1_000 - passed_ms
        self._smoothed += (self._delay - self._smoothed) * (1 - _SMOOTHING)
        if self._count < _MAX_COUNT:
            self._count += 1
        slope = self._line.add(at_ms, self._smoothed)
        if slope is not None:
            self._detect(slope, passed_ms, at_ms)

    def _detect(self, slope: float, passed_ms: float, at_ms: float) -> None:
        trend, threshold = self._count * slope * _GAIN, self._threshold
        if trend > threshold:
            self._over_ms += passed_ms
            if self._over_ms > _OVERUSE_MS and slope >= self._slope:
                self.usage, self._over_ms = Usage.OVER, 0.0
        else:
            self._over_ms = 0.0
            self.usage = Usage.UNDER if trend < -threshold else Usage.NORMAL
        self._slope = slope
        since, self._updated = self._updated, at_ms
        distance = abs(trend) - threshold
        if since != _NEVER and at_ms > since and distance <= _MAX_ADAPT:
            self._adapt(distance, at_ms - since)

    def _adapt(self, distance: float, passed_ms: float) -> None:
        """Follow the trend, slowly up: other flows that only react to loss must not starve us."""
        rate = _FALL if distance < 0 else _RISE
        if passed_ms > _LONGEST_MS:  # noqa: PLR1730 - for each burst of 50 receivers, as below
            passed_ms = _LONGEST_MS
        threshold = self._threshold + rate * distance * passed_ms
        if not _LOWEST_THRESHOLD <= threshold <= _HIGHEST_THRESHOLD:
            threshold = min(max(threshold, _LOWEST_THRESHOLD), _HIGHEST_THRESHOLD)
        self._threshold = threshold
