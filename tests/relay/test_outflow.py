"""What the relay sends at the most: shares of pictures, an end to sound, and to what is asked for
again."""

from dataclasses import dataclass

import pytest

from meetd.config.settings import Media
from meetd.core.limits import Bucket
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.sound import SoundLimit
from meetd.relay.forwarding.subscriber import Subscriber
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.forwarding.track import Track
from meetd.relay.session.outflow import Outflow
from tests.relay.network.meeting import Meeting, Watcher
from tests.relay.test_parts import Recorder, receive, video

CEILING = 400_000


@dataclass
class Room:
    receivers: int
    limited: int = 0

    def limit(self, bitrate: int) -> None:
        self.limited = bitrate


def bits_after(watcher: Watcher, meeting: Meeting, seconds: float) -> float:
    """Per second, of everything that leaves for them."""
    sizes: list[int] = []
    sent = watcher.subscriber.outlet.send
    watcher.subscriber.outlet.send = lambda packet: (sizes.append(len(packet)), sent(packet))[1]  # type: ignore[func-returns-value]
    meeting.run(seconds)
    return sum(sizes) * 8 / seconds


def test_everybody_has_an_equal_share_of_the_room_and_of_all_rooms() -> None:
    rooms = [Room(2), Room(8), Room(0)]
    settings = Media(
        forwarded_kilobits_per_second_per_room=4_000, forwarded_kilobits_per_second=10_000
    )
    outflow = Outflow(settings, lambda: rooms, 0.0)
    outflow.share()
    assert [room.limited for room in rooms] == [1_000_000, 500_000, 0]
    rooms[1].receivers = 1
    outflow.share()
    assert [room.limited for room in rooms] == [2_000_000, 3_333_000, 0]


def test_a_path_that_takes_everything_gets_no_more_than_its_share() -> None:
    meeting = Meeting(3)
    guest, watcher, other = meeting.publish(), meeting.watch(), meeting.watch()
    meeting.run(10)
    assert bits_after(watcher, meeting, 5) > 3 * CEILING
    watcher.subscriber.limit(CEILING)
    meeting.run(5)
    frames = len(watcher.stream(guest.video).frames)
    assert bits_after(watcher, meeting, 10) <= CEILING
    assert len(watcher.stream(guest.video).frames) - frames > 100, "the picture stands still"
    assert bits_after(other, meeting, 5) > 3 * CEILING, "the other one's share was taken"


def test_a_limit_that_is_lifted_is_tried_for_again() -> None:
    meeting = Meeting(4)
    meeting.publish()
    watcher = meeting.watch()
    watcher.subscriber.limit(CEILING)
    meeting.run(10)
    watcher.subscriber.limit(30_000_000)
    meeting.run(20)
    assert bits_after(watcher, meeting, 5) > 3 * CEILING


@pytest.mark.parametrize("lying", [False, True])
def test_a_flood_of_sound_ends_at_the_limit(lying: bool) -> None:  # noqa: FBT001
    """Sound of screens is heard by nobody who chooses the loudest, and a page may say anything."""
    limit = SoundLimit(Bucket(100_000, 100_000, 0.0), Bucket(1e9, 1e9, 0.0))
    wire = Recorder()
    tracks = [Track(f"screen {number}", Codec.OPUS, 1, repairs=False) for number in range(8)]
    subscribers = [Subscriber(wire, number, "relay") for number in range(5)]
    for number, track in enumerate(tracks):
        track.limit = limit
        for subscriber in subscribers:
            subscriber.subscribe(track, Identity("aa", 100 + number), 0.0)
    for sequence in range(500):
        for track in tracks:
            sound = memoryview(bytes(1_200 if lying else 10))
            track.layers[0].receive(sequence, sequence * 960, 0, sound, 30, sequence / 50)
    left = sum(map(len, wire.rtp))
    assert (limit.dropped > 0) is lying
    assert left <= 100_000 * 11
    assert lying or len(wire.rtp) == 500 * 8 * 5


def test_the_sound_of_one_room_ends_where_that_of_all_together_does() -> None:
    overall = Bucket(1_000, 1_000, 0.0)
    loud, quiet = (SoundLimit(Bucket(1e6, 1e6, 0.0), overall) for _ in range(2))
    assert [loud.takes(600, 0.0), loud.takes(600, 0.0)] == [True, False]
    assert quiet.takes(300, 0.0)
    assert not quiet.takes(300, 0.0)
    assert quiet.takes(300, 1.0)


def test_asking_again_for_everything_gets_no_more_than_half_a_second_of_the_pace() -> None:
    wire, track = Recorder(), Track("v", Codec.VP8, 1, repairs=True)
    subscriber = Subscriber(wire, 7, "relay", start=20_000_000)
    subscription = subscriber.subscribe(track, Identity("aa", 5, 6), 0.0)
    subscription.choose(track.layers[0], 0.0)
    for number in range(150):
        receive(track, video(number, number, key=number == 0, timestamp=number * 3_000), 0.1)
    subscriber.limit(300_000)
    numbers, before = wire.numbers(), len(wire.rtp)
    subscription.resend(numbers, 2.0, 0.1)
    again = sum(map(len, wire.rtp[before:]))
    assert 0 < again <= 300_000 / 8 * 0.5 + 1_000
    assert subscription.refused == len(numbers) - (len(wire.rtp) - before)
