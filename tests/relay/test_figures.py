"""What /metrics tells of who receives, and the lines of the log."""

import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from meetd.protocol.relay import RelayOffered
from meetd.relay.forwarding.audio import Loudest
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.sound import TRACK_BYTES_PER_SECOND, RoomSound
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Gather, Leave, nothing_more
from meetd.relay.rtp import feedback
from meetd.relay.session.figures import Figures
from meetd.relay.session.receiving import Receiving
from meetd.relay.session.room import RelayRoom
from meetd.relay.session.sections import Stream
from meetd.relay.session.sending import Listening, Sending, read_publish
from meetd.relay.transport.transport import TransportCounters
from tests.relay.test_parts import Recorder, receive, video

OFFER = (Path(__file__).parent / "corpora" / "sdp" / "chromium-publish.sdp").read_text()


class FakeTransport(Recorder):
    """No more of a transport than is looked at here."""

    def __init__(self, room: int | None = None) -> None:
        super().__init__()
        self.counters = TransportCounters()
        self.ice = SimpleNamespace(selected=SimpleNamespace(room=room))
        self.on_rtp: Any = None
        self.on_rtcp: Any = None
        self.on_state: Any = None
        self.gather: Gather = nothing_more


def receiving(transport: FakeTransport | None = None) -> Receiving:
    def told(_: RelayOffered) -> None:
        """Nobody answers."""

    return Receiving(transport or FakeTransport(), told, lambda _: None)  # type: ignore[arg-type]


def watch(one: Receiving, track: Track, ssrc: int) -> None:
    identity = Identity("aa", ssrc, ssrc + 1)
    subscription = one.subscriber.subscribe(track, identity, 0.0)
    one._subscriptions[Stream(f"p{ssrc}", "camera", track, identity)] = subscription
    if not track.codec.is_audio:
        subscription.choose(track.layers[1], 0.0)


def test_pictures_are_counted_by_their_layer_and_sound_is_not() -> None:
    one, figures = receiving(), Figures(lambda: [one])
    camera = Track("camera", Codec.VP8, 3, repairs=True)
    watch(one, camera, 5)
    watch(one, Track("other", Codec.VP8, 3, repairs=True), 7)  # nothing of it has come
    watch(one, Track("sound", Codec.OPUS, 1, repairs=False), 9)
    assert [figures.pictures(layer) for layer in range(3)] == [0, 0, 0]
    sequence, stamp, payload = video(1, 1, key=True, timestamp=0)
    camera.layers[1].receive(sequence, stamp, 1, memoryview(payload), -1, 0.1)
    # Of 640 x 360, which is the second from below of the three.
    assert [figures.pictures(layer) for layer in range(3)] == [0, 1, 0]


def test_the_estimates_of_all_who_receive_are_told_by_their_share() -> None:
    everybody = [receiving() for _ in range(11)]
    figures = Figures(lambda: everybody)
    for number, one in enumerate(everybody):
        one.subscriber.estimator.target = 100_000 * (11 - number)
    found = [figures.estimate(percent) for percent in (10, 50, 90)]
    assert found == [200_000, 600_000, 1_000_000]
    assert Figures(list).estimate(50) == 0.0


def test_what_receivers_ask_for_is_counted_also_when_they_are_gone() -> None:
    one = receiving()
    live = [one]
    figures = Figures(lambda: live)
    camera = Track("camera", Codec.VP8, 3, repairs=True)
    watch(one, camera, 5)
    receive(camera, video(1, 1, key=True, timestamp=0), 0.1)
    asked = (feedback.nack(1, 5, [1, 2, 9]), feedback.pli(1, 5), feedback.pli(1, 5), fir(5))
    for packet in asked:
        one.subscriber.on_rtcp(packet, 0.2)
    names = ("nacks_received", "plis_received", "firs_received")
    assert [figures.total(name) for name in names] == [3, 2, 1]
    figures.add_ended(one)
    live.clear()
    assert [figures.total(name) for name in names] == [3, 2, 1]


def test_dropped_sound_is_counted_also_when_its_sender_is_gone() -> None:
    one = sending()
    live = [one]
    figures = Figures(lambda: live)
    for slot, packets in (("microphone", 2), ("screenSound", 1)):
        limit = one.tracks[slot].limit  # type: ignore[index]
        assert limit is not None
        dropped = [not limit.takes(TRACK_BYTES_PER_SECOND + 1, 1, 0.0) for _ in range(packets)]
        assert all(dropped)
    assert figures.total("sound_dropped") == 3
    figures.add_ended(one)
    live.clear()
    assert figures.total("sound_dropped") == 3


def test_each_packet_counts_until_it_has_left() -> None:
    transport, times = FakeTransport(), [1.0]
    leaving: list[Leave] = []

    def gather(leave: Leave) -> bool:
        leaving.append(leave)
        return True

    transport.gather = gather
    one = sending(transport, lambda: times[-1])
    one.publisher.on_rtp = lambda data, now: None  # type: ignore[method-assign]  # noqa: ARG005
    times.append(1.25)
    transport.on_rtp(b"of what nobody watches", 1.0)
    assert one.handling == 250_000
    one.tracks["camera"].gather(lambda _now: None)  # as a layer does that somebody watches
    for _ in range(2):
        transport.on_rtp(b"", 1.0)
    assert one.handling == 250_000, "they have not left"
    times.append(1.5)
    leaving.pop()(1.0)
    assert one.handling == 250_000 + 2 * 500_000
    transport.on_rtp(b"of what nobody watches", 1.0)
    assert one.handling == 250_000 + 3 * 500_000


def sending(
    transport: FakeTransport | None = None, clock: Callable[[], float] = lambda: 0.0
) -> Sending:
    listening = Listening(Loudest(), RoomSound(1e9, 0.0))
    offer, ended = read_publish(OFFER), lambda _: None
    return Sending(
        "c",
        transport or FakeTransport(),  # type: ignore[arg-type]
        offer,
        listening,
        1_000_000,
        ended,
        clock,
    )


def fir(ssrc: int) -> bytes:
    """RFC 5104, 4.3.1.1, with one entry."""
    body = bytes(8) + ssrc.to_bytes(4, "big") + bytes(4)
    return bytes((0x84, 206)) + (len(body) // 4).to_bytes(2, "big") + body


@pytest.mark.parametrize(("room", "over"), [(None, "UDP"), (1_000, "TCP")])
def test_the_log_says_when_a_way_is_open_and_over_what(
    room: int | None, over: str, caplog: pytest.LogCaptureFixture
) -> None:
    transport = FakeTransport(room)
    receiving(transport)
    with caplog.at_level(logging.INFO):
        transport.on_state("connecting")
        transport.on_state("connected")
    (line,) = caplog.records
    assert line.getMessage() == "a participant's way from the relay is open"
    assert line.fields == {"over": over}  # type: ignore[attr-defined]


def test_bytes_of_whom_they_went_to_are_counted_when_they_watch_no_more() -> None:
    one, camera = receiving(), Track("camera", Codec.VP8, 3, repairs=True)
    watch(one, camera, 5)
    assert one.octets == 0
    for number in (1, 2, 3):
        sequence, stamp, payload = video(number, number, key=number == 1, timestamp=number * 3_000)
        camera.layers[1].receive(sequence, stamp, 1, memoryview(payload), -1, 0.1 * number)
    counted = one.octets
    assert 0 < counted <= camera.layers[1].octets
    one._unsubscribe_others(1.0)
    assert one.octets == counted


def test_bytes_are_counted_by_participant_until_they_leave() -> None:
    house = SimpleNamespace(
        outflow=SimpleNamespace(sound_of_a_room=lambda: RoomSound(1e9, 0.0), share=lambda: None),
        figures=SimpleNamespace(add_ended=lambda _: None),
        places=SimpleNamespace(forget=lambda *_: None),
        now=lambda: 0.0,
    )
    room = RelayRoom(house, lambda *_: None)
    ada: Any = SimpleNamespace(octets=5, close=lambda *_: None)
    bob: Any = SimpleNamespace(octets=7, close=lambda *_: None)
    room._sending["ada"], room._receiving["bob"] = ada, bob
    assert (room.octets_of("ada"), room.octets_of("bob")) == ((5, 0), (0, 7))
    room.stop_sending("ada")
    room._sending["ada"] = ada
    assert room.octets_of("ada") == (10, 0), "another connection of the same person"
    room.leave("ada")
    room.leave("bob")
    assert (room.octets_of("ada"), room.octets_of("bob")) == ((0, 0), (0, 0))
