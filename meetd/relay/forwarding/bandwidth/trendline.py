"""Does a queue grow on the path? (draft-ietf-rmcat-gcc-02, 4 and 5, with libwebrtc's trendline)"""

from collections import deque
from enum import Enum
from typing import Final

_GROUP_SECONDS: Final = 0.005
"""Packets sent within this are one burst: what happens between them says nothing."""
_WINDOW: Final = 20
_AT_ONCE: Final = 1e-3
"""What rounding leaves where all points have one x, in ms squared; a tick of arrival is 0.25 ms."""
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


class Line:
    """The slope (least squares) of the newest ``_WINDOW`` points, from sums that are carried along:
    to add them up for each point was half of what feedback costs (measured)."""

    __slots__ = ("_added", "_points", "_sums", "_zero")

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._sums = (0.0, 0.0, 0.0, 0.0)  # of x, y, x * x, x * y
        self._zero = 0.0
        self._added = 0

    @property
    def is_whole(self) -> bool:
        return len(self._points) == _WINDOW

    def add(self, x: float, y: float) -> None:
        points, (sum_x, sum_y, sum_xx, sum_xy) = self._points, self._sums
        self._added += 1
        if self._added % _WINDOW == 1:
            self._begin_anew(x, y)
            return
        x -= self._zero
        if len(points) == _WINDOW:
            old_x, old_y = points.popleft()
            sum_x, sum_y = sum_x - old_x, sum_y - old_y
            sum_xx, sum_xy = sum_xx - old_x * old_x, sum_xy - old_x * old_y
        points.append((x, y))
        self._sums = (sum_x + x, sum_y + y, sum_xx + x * x, sum_xy + x * y)

    def _begin_anew(self, x: float, y: float) -> None:
        """Measure from the newest point on, and add up again: nothing is lost to rounding."""
        zero, former = self._zero, self._points
        self._zero = x
        kept = [(at + zero - x, value) for at, value in former][-_WINDOW + 1 :]
        points = self._points = deque([*kept, (0.0, y)])
        self._sums = (
            sum(x for x, _ in points),
            sum(y for _, y in points),
            sum(x * x for x, _ in points),
            sum(x * y for x, y in points),
        )

    def slope(self) -> float:
        """0 where all came at once."""
        count, (sum_x, sum_y, sum_xx, sum_xy) = len(self._points), self._sums
        below = count * sum_xx - sum_x * sum_x
        return (count * sum_xy - sum_x * sum_y) / below if below > _AT_ONCE else 0.0


class Trendline:
    """The slope of the smoothed one-way delay, against a threshold that follows it."""

    __slots__ = (
        "_count",
        "_delay",
        "_groups",
        "_line",
        "_over_ms",
        "_slope",
        "_smoothed",
        "_threshold",
        "_updated",
        "usage",
    )

    def __init__(self) -> None:
        self._groups = Groups()
        self._line = Line()
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
        self._line.add(at * 1_000, self._smoothed)
        if self._count < _MAX_COUNT:
            self._count += 1
        if self._line.is_whole:
            self._detect(self._line.slope(), sent_later * 1_000, at * 1_000)

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
