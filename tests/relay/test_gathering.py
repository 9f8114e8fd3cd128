"""What arrives together leaves together, one receiver after the other, and nobody can tell."""

from collections.abc import Sequence

import pytest

from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.subscriber import Subscriber
from meetd.relay.forwarding.subscription import Identity, Subscription
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Leave
from meetd.relay.rtp.header import RtpHeader
from tests.relay.network.meeting import Meeting
from tests.relay.network.simulation import Conditions
from tests.relay.test_forwarding import check_sound, heights
from tests.relay.test_parts import receive, video

BATCH = 0.004
"""Seconds: most bursts of the camera are whole."""


class Wire:
    """What was sent, call by call."""

    def __init__(self) -> None:
        self.calls: list[list[bytes]] = []

    def send_rtp(self, packets: Sequence[bytes | bytearray]) -> None:
        self.calls.append([bytes(packet) for packet in packets])

    def send_rtcp(self, packet: bytes) -> None:
        """Nobody listens."""

    def numbers(self, ssrc: int) -> list[list[int]]:
        heads = [[RtpHeader(packet) for packet in call] for call in self.calls]
        return [[head.sequence_number for head in call if head.ssrc == ssrc] for call in heads]


class Batch:
    """Open until it is closed."""

    def __init__(self) -> None:
        self.leaving: list[Leave] = []

    def gather(self, leave: Leave) -> bool:
        self.leaving.append(leave)
        return True

    def close(self, now: float) -> None:
        leaving, self.leaving = self.leaving, []
        for leave in leaving:
            leave(now)


def watched(batch: Batch, wires: Sequence[Wire]) -> tuple[Track, list[Subscription]]:
    track = Track("v", Codec.VP8, 1, repairs=True)
    track.gather = batch.gather
    subscriptions = []
    for place, wire in enumerate(wires):
        subscriber = Subscriber(wire, 7, "relay", start=30_000_000)
        identity = Identity("aa", 10 + 2 * place, 11 + 2 * place)
        subscription = subscriber.subscribe(track, identity, 0.0)
        subscription.choose(track.layers[0], 0.0)
        subscriptions.append(subscription)
    return track, subscriptions


def test_a_burst_goes_to_one_receiver_after_the_other() -> None:
    batch, wires = Batch(), [Wire(), Wire()]
    track, _ = watched(batch, wires)
    for number in range(4):
        receive(track, video(number, number, key=number == 0, timestamp=number * 3_000), 1.0)
    assert [wire.calls for wire in wires] == [[], []]
    batch.close(1.0)
    for ssrc, wire in zip((10, 12), wires, strict=True):
        (numbers,) = wire.numbers(ssrc)
        assert numbers == list(range(numbers[0], numbers[0] + 4))
    batch.close(2.0)
    assert [len(wire.calls) for wire in wires] == [1, 1], "sent twice"


def test_who_comes_or_goes_within_a_burst_gets_no_more_and_no_less() -> None:
    batch, wires = Batch(), [Wire(), Wire()]
    track, (first, second) = watched(batch, wires)
    receive(track, video(0, 0, key=True, timestamp=0), 1.0)
    second.choose(None, 1.0)
    receive(track, video(1, 1, key=False, timestamp=3_000), 1.0)
    second.choose(track.layers[0], 1.0)
    receive(track, video(2, 2, key=True, timestamp=6_000), 1.0)
    receive(track, video(3, 3, key=False, timestamp=9_000), 1.0)
    first.close(1.0)
    receive(track, video(4, 4, key=False, timestamp=12_000), 1.0)
    batch.close(1.0)
    pictures = [
        [picture for call in wire.calls for picture in (packet[31] for packet in call)]
        for wire in wires
    ]
    assert pictures[0] == [0, 1, 2, 3]
    assert len(pictures[1]) == 4, "the key frame before, and what came from the next one on"
    for ssrc, wire in zip((10, 12), wires, strict=True):
        numbers = [number for call in wire.numbers(ssrc) for number in call]
        assert numbers == list(range(numbers[0], numbers[0] + 4)), "a gap, or a number twice"


def test_what_was_cut_off_within_a_burst_leaves_no_gap_and_no_number_twice() -> None:
    batch, wire = Batch(), Wire()
    track, (subscription,) = watched(batch, [wire])
    (layer,) = track.layers
    receive(track, video(0, 0, key=True, timestamp=0), 1.0)
    batch.close(1.0)
    receive(track, video(1, 1, key=False, timestamp=3_000), 1.1)
    (lane,) = layer.lanes
    (waiting,) = layer.gathered
    subscription.cut(lane, waiting, 1.1)
    receive(track, video(2, 2, key=False, timestamp=6_000), 1.1)
    receive(track, video(3, 3, key=True, timestamp=9_000), 1.1)
    batch.close(1.1)
    first, second = (number for call in wire.numbers(10) for number in call)
    assert second == first + 1
    assert [packet[31] for call in wire.calls for packet in call] == [0, 1], "pictures go on, too"


@pytest.mark.parametrize("loss", [0.0, 0.05])
def test_layers_are_switched_as_without_a_batch(loss: float) -> None:
    meeting = Meeting(21, batch=BATCH)
    up, down = Conditions(loss=loss, jitter=0.01), Conditions(loss=loss)
    guest, watcher, other = meeting.publish(up), meeting.watch(down), meeting.watch()
    for height in (720, 180, 720, 0, 360, 720):
        watcher.show(guest.video, height)
        meeting.run(4)
    check_sound(watcher, guest)
    check_sound(other, guest)
    assert len(set(heights(watcher.stream(guest.video)))) == 3
    assert watcher.viewer.gaps(watcher.stream(guest.video), older_than=1.0) == []
    assert len(other.stream(guest.video).frames) > 24 * 25
