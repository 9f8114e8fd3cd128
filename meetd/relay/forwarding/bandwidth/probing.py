"""Does more get through? Short bursts of padding at a higher rate, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_SECONDS: Final = 0.06
_STEP: Final = 2.0
"""Times the estimate that is tried at most: a wrong guess costs the others a short queue only."""
_MARGIN: Final = 1.2
"""A little above what is wanted, because the layer must fit with room to breathe."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 6.0
_LATE_SECONDS: Final = 0.25
"""Beyond a round trip; what is not reported by then is lost."""
_ENOUGH_ARRIVED: Final = 0.8
_PASSED: Final = 0.9
_DRAINED: Final = 0.95
"""Of what arrived, where the path was full: its queue must empty again."""


Arrival = tuple[int, float, float, int]
"""(transport-wide number, unrolled; when sent, on our clock; when arrived, on the subscriber's, in
seconds; bytes)"""


@dataclass(slots=True)
class _Cluster:
    """Numbers ``first`` up to now are sent in it, media among them."""

    bitrate: int
    first: int
    started: float
    end: int | None = None
    sent_bytes: int = 0
    seen: dict[int, tuple[float, float, int]] = field(default_factory=dict)

    def covers(self, number: int) -> bool:
        return number >= self.first and (self.end is None or number < self.end)


class Probing:
    """At most one cluster at a time. After one that failed, the next comes twice as late."""

    __slots__ = ("_cluster", "_next_at", "_pause", "failed", "succeeded")

    def __init__(self) -> None:
        self._cluster: _Cluster | None = None
        self._next_at = float("-inf")
        self._pause = _FIRST_PAUSE
        self.succeeded = self.failed = 0

    def wanted(self, estimate: int, needed: int, number: int, now: float) -> None:
        """Begin a cluster if it is time. ``needed``: bit/s that would show what is left out;
        ``number``: the next transport-wide number."""
        if needed <= estimate or self._cluster is not None or now < self._next_at:
            return
        bitrate = min(int(needed * _MARGIN), int(estimate * _STEP))
        self._cluster = _Cluster(bitrate, number, now)

    def bytes_due(self, sent: int, now: float) -> int:
        """Padding to send now. ``sent``: bytes of anything that left since the last call."""
        cluster = self._cluster
        if cluster is None or cluster.end is not None:
            return 0
        cluster.sent_bytes += sent
        goal = int(cluster.bitrate * (now - cluster.started) / 8)
        return max(0, goal - cluster.sent_bytes)

    def ended(self, number: int, now: float) -> bool:
        """Is the cluster sent? ``number``: the next transport-wide number."""
        cluster = self._cluster
        if cluster is None or cluster.end is not None or now - cluster.started < _SECONDS:
            return False
        cluster.end = number
        return True

    def arrived(self, arrivals: Iterable[Arrival]) -> None:
        cluster = self._cluster
        if cluster is not None:
            cluster.seen.update((one[0], one[1:]) for one in arrivals if cluster.covers(one[0]))

    @property
    def is_sending(self) -> bool:
        """Is padding due, or may a cluster have to end?"""
        return self._cluster is not None and self._cluster.end is None

    def result(self, estimate: int, round_trip: float, loss: float, now: float) -> int | None:
        """Bit/s that a finished cluster proves, once; None otherwise.

        ``loss``: the share that the path loses at any rate, and which proves nothing.
        """
        cluster = self._cluster
        if cluster is None or cluster.end is None:
            return None
        expected = max(1, cluster.end - cluster.first)
        is_late = now - cluster.started > _SECONDS + round_trip + _LATE_SECONDS
        if not is_late and len(cluster.seen) < expected:
            return None
        self._cluster = None
        enough = expected * _ENOUGH_ARRIVED * (1 - loss)
        proven = _proven(cluster, loss) if len(cluster.seen) >= enough else 0
        self._learn(proven > estimate, now)
        return proven if proven > estimate else None

    def _learn(self, succeeded: bool, now: float) -> None:  # noqa: FBT001
        if succeeded:
            self.succeeded += 1
            self._pause = _FIRST_PAUSE
        else:
            self.failed += 1
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self._next_at = now + (0.1 if succeeded else self._pause)

    def cancel(self, now: float) -> None:
        """A queue grows on the path: no more of this now."""
        if self._cluster is not None:
            self._cluster = None
            self._learn(False, now)


def _proven(cluster: _Cluster, loss: float) -> int:
    """The lower of the rates with which the cluster left and arrived."""
    by_sending = sorted(cluster.seen.values())
    sent_for = by_sending[-1][0] - by_sending[0][0]
    arrivals = sorted((arrived, size) for _, arrived, size in by_sending)
    arrived_for = arrivals[-1][0] - arrivals[0][0]
    if sent_for <= 0 or arrived_for <= 0:
        return 0
    share = max(0.1, 1 - loss)
    last_burst = by_sending[-1][0]
    sent = sum(size for at, _, size in by_sending if at < last_burst) * 8 / sent_for / share
    arrived = sum(size for _, size in arrivals[1:]) * 8 / arrived_for / share
    if arrived < _PASSED * sent:
        return int(arrived * _DRAINED)
    return int(min(sent, arrived))
