"""What one microphone, camera or screen sends, in one layer or three."""

from typing import Final, Protocol

from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.layer import Layer, Taker
from meetd.relay.forwarding.packet import Packet
from meetd.relay.forwarding.sound import SoundLimit
from meetd.relay.forwarding.wire import Gather, Hurry, never_mind, nothing_more

_LOWEST_HEIGHT: Final = 180
"""Of 720 in three layers, each half as high as the next."""


class Receiver(Taker, Protocol):
    """A subscription, as a track sees it."""

    def catch_up(self, layer: Layer, packet: Packet, now: float) -> None: ...

    def late(self, packet: Packet, layer: Layer, now: float) -> None: ...

    def restart(self, layer: Layer, now: float) -> None: ...

    def choose(self, layer: Layer | None, now: float) -> None: ...


class Ear(Protocol):
    """Listens to the levels of sound tracks."""

    def hear(self, track: "Track", level: int, now: float) -> None: ...


class Track:
    """Hands packets on to whoever takes that layer now. ``layers`` go from the smallest up."""

    def __init__(
        self, track_id: str, codec: Codec, layers: int, ear: Ear | None = None, *, repairs: bool
    ) -> None:
        self.track_id = track_id
        self.codec = codec
        self.layers = [
            Layer(codec, self, repairs=repairs, height=_LOWEST_HEIGHT << index)
            for index in range(layers)
        ]
        self.owner: object = self
        """Who sends it: what several tracks of theirs take counts together."""
        self.subscriptions: list[Receiver] = []
        self._ear = ear
        self.is_audible = ear is None
        self.limit: SoundLimit | None = None
        """Of sound; None: whatever comes is passed on."""
        self.hurry: Hurry = never_mind
        """Called when its publisher has to be asked for something."""
        self.gather: Gather = nothing_more

    def set_audible(self, audible: bool, now: float) -> None:  # noqa: FBT001
        """Of sound: to all who subscribed, from the next packet on, or to nobody."""
        self.is_audible = audible
        for subscription in self.subscriptions:
            subscription.choose(self.layers[0] if audible else None, now)

    def forward(self, layer: Layer, packet: Packet, late: bool, now: float) -> None:  # noqa: FBT001
        if self._ear is not None:
            self._ear.hear(self, packet.level, now)
        if self.limit is not None:
            takers = len(layer.lanes) + len(layer.waiting)
            if not self.limit.takes(packet.size, takers, now):
                return
        if late:
            self._forward_late(layer, packet, now)
            return
        if layer.waiting and packet.is_key_frame:
            for taker in list(layer.waiting):
                taker.begin(layer, packet, now)
        if layer.lanes:
            is_alone = not layer.gathered and not self.gather(layer.leave)
            layer.gathered.append(packet)
            if is_alone:
                layer.leave(now)

    def _forward_late(self, layer: Layer, packet: Packet, now: float) -> None:
        for subscription in self.subscriptions:
            if packet.is_key_frame and subscription in layer.waiting:
                subscription.catch_up(layer, packet, now)
            else:
                subscription.late(packet, layer, now)

    def restarted(self, layer: Layer, now: float) -> None:
        for subscription in self.subscriptions:
            subscription.restart(layer, now)

    def by_height(self) -> list[Layer]:
        """From the smallest up: as announced, until key frames tell otherwise."""
        return sorted(self.layers, key=lambda layer: layer.height)
