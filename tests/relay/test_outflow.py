"""What the relay sends at the most: shares of pictures, an end to sound, and to what is asked for
again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from meetd.config.network import Media
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.sound import (
    TRACK_BYTES_PER_SECOND,
    RoomSound,
    SoundLimit,
    SoundShare,
)
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
    sound: RoomSound = field(default_factory=lambda: RoomSound(1e9, 0.0))
    senders: int = 1

    def limit(self, bitrate: int) -> None:
        self.limited = bitrate


def limit_of(room: RoomSound) -> SoundLimit:
    """Of the one track of somebody."""
    return SoundLimit(SoundShare(room, 0.0), 0.0)


def bits_after(watcher: Watcher, meeting: Meeting, seconds: float) -> float:
    """Per second, of everything that leaves for them."""
    sizes: list[int] = []
    send = watcher.subscriber.outlet.send

    def sent(packets: Sequence[bytes | bytearray]) -> None:
        sizes.extend(map(len, packets))
        send(packets)

    watcher.subscriber.outlet.send = sent
    meeting.run(seconds)
    return sum(sizes) * 8 / seconds


def test_everybody_has_an_equal_share_of_the_room_and_of_all_rooms() -> None:
    rooms = [Room(2), Room(8), Room(0)]
    settings = Media(
        forwarded_kilobits_per_second_per_room=4_000, forwarded_kilobits_per_second=10_000
    )
    outflow = Outflow(settings, lambda: rooms, lambda: 0.0)
    outflow.share()
    assert [room.limited for room in rooms] == [1_000_000, 500_000, 0]
    rooms[1].receivers = 1
    outflow.share()
    assert [room.limited for room in rooms] == [2_000_000, 3_333_000, 0]


def test_a_share_that_is_too_small_for_a_kilobit_is_one_all_the_same() -> None:
    rooms = [Room(1_000)]
    outflow = Outflow(Media(forwarded_kilobits_per_second=600), lambda: rooms, lambda: 0.0)
    outflow.share()
    assert rooms[0].limited == 1_000
    Subscriber(Recorder(), 1, "relay").limit(rooms[0].limited)


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
    of_room = RoomSound(100_000, 0.0)
    wire = Recorder()
    tracks = [Track(f"screen {number}", Codec.OPUS, 1, repairs=False) for number in range(8)]
    subscribers = [Subscriber(wire, number, "relay") for number in range(5)]
    for number, track in enumerate(tracks):
        track.limit = limit_of(of_room)
        for subscriber in subscribers:
            subscriber.subscribe(track, Identity("aa", 100 + number), 0.0)
    for sequence in range(500):
        for track in tracks:
            sound = memoryview(bytes(1_200 if lying else 10))
            track.layers[0].receive(sequence, sequence * 960, 0, sound, 30, sequence / 50)
    left = sum(map(len, wire.rtp))
    assert any(track.limit.dropped for track in tracks if track.limit) is lying
    assert left <= 100_000 * 11
    assert lying or len(wire.rtp) == 500 * 8 * 5


def test_a_track_that_sends_more_than_sound_silences_itself_and_nobody_else() -> None:
    """To nine takers, 12 Mbit/s of it are more than a room may send."""
    of_room = RoomSound(12_500_000, 0.0)
    loud, honest = (limit_of(of_room) for _ in range(2))
    passed = 0
    for number in range(12_000):
        now = number / 1_200
        passed += loud.takes(1_250, 9, now)
        if number % 24 == 0:
            assert honest.takes(200, 9, now)
    assert passed * 1_250 <= TRACK_BYTES_PER_SECOND * 11
    assert (loud.dropped, honest.dropped) == (12_000 - passed, 0)


def test_the_most_that_opus_can_be_passes() -> None:
    """1,275 bytes each 20 ms, with a head and what encryption adds; half a second comes late."""
    limit = limit_of(RoomSound(1e9, 0.0))
    assert all(limit.takes(1_275 + 80, 1, max(0.5, number / 50)) for number in range(1_000))


def test_a_loud_room_does_not_silence_a_quiet_one() -> None:
    settings = Media(
        forwarded_kilobits_per_second_per_room=8_000, forwarded_kilobits_per_second=8_000
    )
    rooms = [Room(3), Room(1)]
    outflow = Outflow(settings, lambda: rooms, lambda: 0.0)
    for room in rooms:
        room.sound = outflow.sound_of_a_room()
    outflow.share()
    loud, quiet = rooms
    crowd = [limit_of(loud.sound) for _ in range(100)]
    assert sum(one.takes(1_000, 3, 0.0) for one in crowd for _ in range(10)) == 750_000 // 3_000
    assert all(limit_of(quiet.sound).takes(1_000, 1, 0.0) for _ in range(250))
    assert not limit_of(quiet.sound).takes(1_000, 1, 0.0)


def test_one_who_is_loud_on_every_track_silences_nobody_in_a_room_that_may_send_little() -> None:
    """300 kbit/s for each of six: the loud one alone has more than four times that."""
    rooms = [Room(6, senders=6)]
    settings = Media(forwarded_kilobits_per_second=1_800)
    outflow = Outflow(settings, lambda: rooms, lambda: 0.0)
    rooms[0].sound = outflow.sound_of_a_room()
    outflow.share()
    loud = SoundShare(rooms[0].sound, 0.0)
    tracks = [SoundLimit(loud, 0.0) for _ in range(2)]
    honest = [limit_of(rooms[0].sound) for _ in range(4)]
    passed = 0
    for number in range(10_000):
        now = number / 1_000
        passed += sum(track.takes(80, 5, now) for track in tracks)
        if number % 20 == 0:  # 40 kbit/s
            assert all(one.takes(100, 5, now) for one in honest)
    within = 1_800_000 / 8 / 6
    assert within * 9 < passed * 80 * 5, "it has less than its share"


def test_who_is_alone_with_their_sound_has_what_nobody_else_needs() -> None:
    room = RoomSound(100_000, 0.0)
    room.change(100_000, 6, 0.0)
    speaker = SoundShare(room, 0.0)
    assert all(speaker.takes(1_000, number / 80) for number in range(800))


def test_a_share_follows_how_many_send() -> None:
    room = RoomSound(60_000, 0.0)
    one, other = SoundShare(room, 0.0), SoundShare(room, 0.0)
    for sharers, share in ((1, 60_000), (2, 30_000), (6, 10_000)):
        room.change(60_000, sharers, 0.0)
        assert room.share == share
    room.takes(60_000, 0.0, within=True)
    for speaker in (one, other):  # 30,000 came since, which are reserved
        assert sum(speaker.takes(1_000, 0.5) for _ in range(40)) == 10


def test_nobody_gets_more_sound_by_coming_and_going() -> None:
    rooms = [Room(1)]
    settings = Media(forwarded_kilobits_per_second_per_room=800, forwarded_kilobits_per_second=800)
    outflow = Outflow(settings, lambda: rooms, lambda: 0.0)
    rooms[0].sound = outflow.sound_of_a_room()
    assert rooms[0].sound.takes(100_000, 0.0, within=True)
    for receivers in (2, 1) * 10:
        rooms[0].receivers = receivers
        outflow.share()
    assert not rooms[0].sound.takes(1_000, 0.0, within=True)


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
