"""Publishers, the relay and viewers on one simulated network."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from meetd.relay.forwarding.allocation import Shown
from meetd.relay.forwarding.audio import Loudest
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.publisher import Agreed, Format, Publisher
from meetd.relay.forwarding.subscriber import Subscriber
from meetd.relay.forwarding.subscription import Identity, Subscription
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Leave
from meetd.relay.rtp.header import is_rtcp
from tests.relay.network.sender import IDS, OPUS, RTX, VP8, Camera
from tests.relay.network.simulation import Conditions, Link, Simulation
from tests.relay.network.viewer import Stream, Viewer

AGREED = Agreed(
    formats={VP8: Format(Codec.VP8), RTX: Format(Codec.VP8, is_rtx=True), OPUS: Format(Codec.OPUS)},
    extensions=IDS,
)


class LinkWire:
    """RTP and RTCP on one link, as BUNDLE and rtcp-mux have it."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def send_rtp(self, packets: Sequence[bytes | bytearray]) -> None:
        for packet in packets:
            self._link.send(packet)

    def send_rtcp(self, packet: bytes) -> None:
        self._link.send(packet)


@dataclass
class Guest:
    camera: Camera
    publisher: Publisher
    video: Track
    audio: Track
    up: Link
    down: Link
    refused: list[str] = field(default_factory=list)


@dataclass
class Watcher:
    viewer: Viewer
    subscriber: Subscriber
    down: Link
    up: Link
    subscriptions: dict[Track, Subscription] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def stream(self, track: Track) -> Stream:
        return self.viewer.streams[self.subscriptions[track].identity.ssrc]

    def show(self, track: Track, height: int, *, first: bool = False) -> None:
        self.subscriber.show(self.subscriptions[track], Shown(height, first))


class Meeting:
    """``batch`` in seconds: so long packets gather before they leave, as those do that the server
    reads together."""

    def __init__(self, seed: int = 1, loudest: int = 6, batch: float = 0.0) -> None:
        self.simulation = Simulation(seed)
        self.loudest = Loudest(loudest)
        self.guests: list[Guest] = []
        self.watchers: list[Watcher] = []
        self._ssrc = 0x1000
        self._batch = batch
        self._leaving: list[Leave] = []
        self.simulation.every(0.01, self._tick)

    def _tick(self, now: float) -> None:
        for guest in self.guests:
            guest.publisher.tick(now)
        for watcher in self.watchers:
            watcher.subscriber.tick(now)

    def publish(self, up: Conditions | None = None, *, ssrc: int = 1_000) -> Guest:
        simulation = self.simulation
        camera = Camera(simulation, ssrc=ssrc, seed=len(self.guests))
        down = Link(simulation, Conditions(), camera.on_rtcp)
        publisher = Publisher(LinkWire(down), AGREED, 7, "relay")
        number = len(self.guests)
        audio = Track(f"audio{number}", Codec.OPUS, 1, self.loudest, repairs=False)
        video = Track(f"video{number}", Codec.VP8, 3, repairs=True)
        self.loudest.add(audio)
        for track in (audio, video):
            track.gather = self._gather
        publisher.announce("0", audio)
        publisher.announce("1", video, ("l", "m", "h"))
        refused: list[str] = []

        def receive(data: bytes, now: float) -> None:
            try:
                (publisher.on_rtcp if is_rtcp(data) else publisher.on_rtp)(data, now)
            except ValueError as error:
                refused.append(str(error))

        link = Link(simulation, up or Conditions(), receive)
        guest = Guest(camera, publisher, video, audio, link, down, refused)
        camera.send = guest.up.send
        camera.start()
        self.guests.append(guest)
        return guest

    def _gather(self, leave: Leave) -> bool:
        if self._batch and not self._leaving:
            self.simulation.at(self.simulation.now + self._batch, self._leave)
        if self._batch:
            self._leaving.append(leave)
        return bool(self._batch)

    def _leave(self) -> None:
        leaving, self._leaving = self._leaving, []
        for leave in leaving:
            leave(self.simulation.now)

    def watch(self, down: Conditions | None = None, *, with_feedback: bool = True) -> Watcher:
        simulation = self.simulation
        viewer = Viewer(simulation, with_feedback=with_feedback)
        link = Link(simulation, down or Conditions(), viewer.on_packet)
        subscriber = Subscriber(LinkWire(link), 7, "relay")

        def receive(data: bytes, now: float) -> None:
            try:
                subscriber.on_rtcp(data, now)
            except ValueError as error:
                watcher.refused.append(str(error))

        watcher = Watcher(viewer, subscriber, link, Link(simulation, Conditions(), receive))
        viewer.send = watcher.up.send
        viewer.start()
        self.watchers.append(watcher)
        for guest in self.guests:
            self.subscribe(watcher, guest)
        return watcher

    def subscribe(self, watcher: Watcher, guest: Guest, height: int = 720) -> None:
        now = self.simulation.now
        for track in (guest.audio, guest.video):
            self._ssrc += 2
            rtx = 0 if track.codec.is_audio else self._ssrc + 1
            identity = Identity(f"{len(watcher.subscriptions):02d}", self._ssrc, rtx)
            watcher.viewer.expect(self._ssrc, rtx)
            watcher.subscriptions[track] = watcher.subscriber.subscribe(track, identity, now)
        watcher.show(guest.video, height)

    def run(self, seconds: float) -> None:
        self.simulation.run(seconds)
