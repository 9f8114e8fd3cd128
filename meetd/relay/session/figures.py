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
    layers = [layer for track in connection.tracks.values() for layer in track.layers]
    return Counter(
        packets_limited=publisher.limited,
        handling_microseconds=connection.handling,
        packets_refused=publisher.unknown,
        lost=sum(max(0, layer.reception.lost) for layer in layers),
        nacks_sent=sum(layer.losses.requested for layer in layers),
        key_frames_asked=sum(layer.key_frames.asked for layer in layers),
    )


def _received(connection: Receiving) -> Counter[str]:
    return Counter(resent=connection.resent, layer_switches=connection.switches)
