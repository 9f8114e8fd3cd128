"""Does a queue grow on the path? (draft-ietf-rmcat-gcc-02, 4 and 5, with libwebrtc's trendline)"""

from collections import deque
from enum import Enum
from operator import mul
from typing import Final

_GROUP_SECONDS: Final = 0.005
"""Packets sent within this are one burst: what happens between them says nothing."""
_WINDOW: Final = 20
_SMOOTHING: Final = 0.9
_GAIN: Final = 4.0
_MAX_COUNT: Final = 60
_FIRST_THRESHOLD: Final = 12.5
_THRESHOLDS: Final = (6.0, 600.0)
_RISE, _FALL = 0.0087, 0.039
_MAX_ADAPT: Final = 15.0
_OVERUSE_MS: Final = 10.0


class Usage(Enum):
    """Of the path: the queue drains, stays, or grows."""

    UNDER = "under"
    NORMAL = "normal"
    OVER = "over"


class Groups:
    """Bursts of packets: what one was sent, and arrived, later than the one before."""

    __slots__ = ("_before", "_first_sent", "_now")

    def __init__(self) -> None:
        self._first_sent = float("-inf")
        self._now: tuple[float, float] | None = None  # last sent, last arrived
        self._before: tuple[float, float] | None = None

    def add(self, sent: float, arrived: float) -> tuple[float, float, float] | None:
        """(sent later, arrived later, arrived) of the burst that this packet ends, in seconds."""
        if sent < self._first_sent:
            return None  # overtaken: its delay is not that of the queue now
        if self._now is not None and sent - self._first_sent < _GROUP_SECONDS:
            self._now = (max(sent, self._now[0]), max(arrived, self._now[1]))
            return None
        ended, before = self._now, self._before
        self._first_sent, self._now = sent, (sent, arrived)
        if ended is not None:
            self._before = ended
        if ended is None or before is None:
            return None
        return ended[0] - before[0], ended[1] - before[1], ended[1]


class Trendline:
    """The slope of the smoothed one-way delay, against a threshold that follows it."""

    __slots__ = (
        "_count",
        "_delay",
        "_groups",
        "_over_ms",
        "_points",
        "_slope",
        "_smoothed",
        "_threshold",
        "_updated",
        "usage",
    )

    def __init__(self) -> None:
        self._groups = Groups()
        self._points: deque[tuple[float, float]] = deque(maxlen=_WINDOW)
        self._delay = self._smoothed = self._slope = self._over_ms = 0.0
        self._threshold = _FIRST_THRESHOLD
        self._updated: float | None = None
        self._count = 0
        self.usage = Usage.NORMAL

    def add(self, sent: float, arrived: float) -> None:
        """One packet that arrived, both in seconds; in the order in which they were sent."""
        group = self._groups.add(sent, arrived)
        if group is not None:
            self._add_group(*group)

    def _add_group(self, sent_later: float, arrived_later: float, at: float) -> None:
        self._delay += (arrived_later - sent_later) * 1_000
        self._smoothed += (self._delay - self._smoothed) * (1 - _SMOOTHING)
        self._points.append((at * 1_000, self._smoothed))
        self._count = min(self._count + 1, _MAX_COUNT)
        if len(self._points) == _WINDOW:
            self._detect(_slope(self._points), sent_later * 1_000, at * 1_000)

    def _detect(self, slope: float, passed_ms: float, at_ms: float) -> None:
        trend = self._count * slope * _GAIN
        if trend > self._threshold:
            self._over_ms += passed_ms
            if self._over_ms > _OVERUSE_MS and slope >= self._slope:
                self.usage, self._over_ms = Usage.OVER, 0.0
        else:
            self._over_ms = 0.0
            self.usage = Usage.UNDER if trend < -self._threshold else Usage.NORMAL
        self._slope = slope
        self._adapt(trend, at_ms)

    def _adapt(self, trend: float, at_ms: float) -> None:
        """Follow the trend, slowly up: other flows that only react to loss must not starve us."""
        passed = 0.0 if self._updated is None else min(100.0, max(0.0, at_ms - self._updated))
        self._updated = at_ms
        distance = abs(trend) - self._threshold
        if distance > _MAX_ADAPT:
            return
        self._threshold += (_FALL if distance < 0 else _RISE) * distance * passed
        self._threshold = min(max(self._threshold, _THRESHOLDS[0]), _THRESHOLDS[1])


def _slope(points: deque[tuple[float, float]]) -> float:
    """Least squares; 0 where all came at once. From the first point on, so that little is lost to
    rounding; the sums are left to C, because this is what feedback spends most of its time on."""
    count, first = len(points), points[0][0]
    xs, ys = [x - first for x, _ in points], [y for _, y in points]
    sum_x = sum(xs)
    below = count * sum(map(mul, xs, xs)) - sum_x * sum_x
    return (count * sum(map(mul, xs, ys)) - sum_x * sum(ys)) / below if below else 0.0
