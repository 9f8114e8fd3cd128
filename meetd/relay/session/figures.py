"""What the relay did, for /metrics."""

from collections import Counter
from collections.abc import Callable, Iterable

from meetd.relay.session.receiving import Receiving
from meetd.relay.session.sending import Sending


class Figures:
    """Counts of connections that have ended, and of those that ``live`` gives."""

    def __init__(self, live: Callable[[], Iterable[Sending | Receiving]]) -> None:
        self._live = live
        self._ended: Counter[str] = Counter()

    def add_ended(self, connection: Sending | Receiving) -> None:
        self._ended.update(_count(connection))

    def total(self, name: str) -> float:
        """Since the start. ``name``: of ``relay.COUNTED``."""
        return self._ended[name] + sum(_count(one)[name] for one in self._live())

    def estimate(self, percent: int) -> float:
        """Bit/s that the paths of so many percent of those who receive now take at the most; 0
        while nobody does."""
        ordered = sorted(one.subscriber.estimator.target for one in self._receiving())
        return ordered[(len(ordered) - 1) * percent // 100] if ordered else 0.0

    def pictures(self, layer: int) -> int:
        """That are forwarded now in that layer of theirs, 0 the smallest."""
        return sum(one.layers[layer] for one in self._receiving())

    def _receiving(self) -> Iterable[Receiving]:
        return (one for one in self._live() if isinstance(one, Receiving))


def _count(connection: Sending | Receiving) -> Counter[str]:
    of = connection.transport.counters
    counted = Counter(
        packets_received=of.received,
        packets_sent=of.sent,
        packets_dropped=of.dropped,
        packets_limited=of.limited,
        packets_refused=of.refused,
    )
    counted.update(_sent(connection) if isinstance(connection, Sending) else _received(connection))
    return counted


def _sent(connection: Sending) -> Counter[str]:
    publisher = connection.publisher
    tracks = connection.tracks.values()
    layers = [layer for track in tracks for layer in track.layers]
    return Counter(
        packets_limited=publisher.limited,
        sound_dropped=sum(track.limit.dropped for track in tracks if track.limit),
        handling_microseconds=connection.handling,
        packets_refused=publisher.unknown,
        lost=sum(max(0, layer.reception.lost) for layer in layers),
        nacks_sent=sum(layer.losses.requested for layer in layers),
        key_frames_asked=sum(layer.key_frames.asked for layer in layers),
    )


def _received(connection: Receiving) -> Counter[str]:
    subscriber = connection.subscriber
    return Counter(
        resent=connection.resent,
        layer_switches=connection.switches,
        nacks_received=subscriber.nacks,
        plis_received=subscriber.plis,
        firs_received=subscriber.firs,
    )
