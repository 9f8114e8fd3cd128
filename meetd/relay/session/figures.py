"""What the relay did, for /metrics."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from meetd.relay.session.receiving import Receiving
from meetd.relay.session.sending import Sending

COUNTED: Final = {
    "packets_received": "Packets of participants, decrypted.",
    "packets_sent": "Packets to participants.",
    "packets_dropped": "Packets that could not be sent.",
    "packets_limited": "Packets beyond what one participant may send.",
    "packets_refused": "Packets that were forged, replayed, malformed or of no announced stream.",
    "lost": "Packets that were lost on the way here, and not repaired.",
    "nacks_sent": "Packets asked for again.",
    "resent": "Packets that were sent again.",
    "key_frames_asked": "Key frames asked for.",
    "layer_switches": "Times that a picture began or changed its layer.",
}


class Figures:
    """Counts of connections that have ended, and of those that ``live`` gives."""

    def __init__(self, live: Callable[[], Iterable[Sending | Receiving]]) -> None:
        self._live = live
        self._ended: Counter[str] = Counter()

    def add_ended(self, connection: Sending | Receiving) -> None:
        self._ended.update(_count(connection))

    def total(self, name: str) -> float:
        """Since the start. ``name``: of ``COUNTED``."""
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
        packets_refused=publisher.unknown,
        lost=sum(max(0, layer.reception.lost) for layer in layers),
        nacks_sent=sum(layer.losses.requested for layer in layers),
        key_frames_asked=sum(layer.key_frames.asked for layer in layers),
    )


def _received(connection: Receiving) -> Counter[str]:
    return Counter(resent=connection.resent, layer_switches=connection.switches)
