"""Media from hostile peers: that peer alone is refused or limited, memory stays bounded."""

import struct
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetd.relay.forwarding.arrivals import Arrivals
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.publisher import MAX_BITRATE, MAX_LAYERS, Publisher
from meetd.relay.forwarding.subscriber import MAX_SUBSCRIPTIONS, Subscriber
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.forwarding.track import Track
from meetd.relay.rtp import feedback, rtcp
from tests.relay.network.meeting import AGREED, Meeting
from tests.relay.network.sender import IDS, VP8
from tests.relay.network.viewer import Stream
from tests.relay.test_forwarding import check_sound
from tests.relay.test_rtp import mutated


class Nowhere:
    def __init__(self) -> None:
        self.packets = 0
        self.bytes = 0

    def send_rtp(self, packets: Sequence[bytes | bytearray]) -> None:
        self.packets += len(packets)
        self.bytes += sum(map(len, packets))

    def send_rtcp(self, packet: bytes) -> None:
        self.packets += 1
        self.bytes += len(packet)


def announced() -> tuple[Publisher, Track]:
    publisher = Publisher(Nowhere(), AGREED, 7, "relay")
    track = Track("video", Codec.VP8, 3, repairs=True)
    publisher.announce("1", track, ("l", "m", "h"))
    return publisher, track


def packet(
    ssrc: int, number: int, *, rid: str = "l", mid: str = "1", size: int = 500, stamp: int = 0
) -> bytes:
    elements = bytes((IDS.mid << 4 | len(mid) - 1,)) + mid.encode()
    elements += bytes((IDS.rid << 4 | len(rid) - 1,)) + rid.encode()
    elements += bytes((IDS.transport_cc << 4 | 1,)) + struct.pack("!H", number & 0xFFFF)
    elements += bytes(-len(elements) % 4)
    head = struct.pack(
        "!BBHIIHH", 0x90, VP8, number & 0xFFFF, stamp, ssrc, 0xBEDE, len(elements) // 4
    )
    return head + elements + b"\x90\xe0\x80\x01\x01\x00\x11\x02\x00" + bytes(size)


def quality(meeting: Meeting, stream: Stream, seconds: float) -> int:
    before = len(stream.frames)
    meeting.run(seconds)
    return len(stream.frames) - before


def kept_by_the_relay() -> int:
    """Bytes that the relay's own code allocated since tracing began, and still holds."""
    snapshot = tracemalloc.take_snapshot()
    tracemalloc.stop()
    ours = snapshot.filter_traces(
        [tracemalloc.Filter(inclusive=True, filename_pattern="*/meetd/relay/*")]
    )
    return sum(statistic.size for statistic in ours.statistics("filename"))


def test_ten_thousand_streams_are_not_announced() -> None:
    publisher = Publisher(Nowhere(), AGREED, 7, "relay")
    track = Track("t", Codec.OPUS, 1, repairs=False)
    for number in range(MAX_LAYERS):
        publisher.announce(str(number), track)
    for number in range(10_000):
        with pytest.raises(ValueError, match="more than"):
            publisher.announce(f"more{number}", track)


def test_ten_thousand_unknown_streams_leave_nothing_behind() -> None:
    publisher, _ = announced()
    tracemalloc.start()
    for ssrc in range(10_000):
        rid = ("l", "x", "zz")[ssrc % 3]
        publisher.on_rtp(packet(ssrc, 1, rid=rid), ssrc / 1_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert publisher.unknown > 9_900
    assert len(publisher._sources) <= 1
    assert grown < 100_000


def test_a_publisher_of_50_mbit_is_limited_and_disturbs_nobody() -> None:
    meeting = Meeting(1)
    honest, hostile = meeting.publish(), meeting.publish(ssrc=90_000)
    watcher = meeting.watch()
    meeting.run(5)
    flood = packet(0xF100D, 0, rid="h", size=1_200)
    numbers = iter(range(10_000_000))

    def pour(_: float) -> None:
        for _ in range(50):  # 5,000 packets of 1.25 kB per second
            hostile.up.send(flood[:2] + struct.pack("!H", next(numbers) & 0xFFFF) + flood[4:])

    meeting.simulation.every(0.01, pour)
    tracemalloc.start()
    shown = quality(meeting, watcher.stream(honest.video), 3)
    grown = kept_by_the_relay()
    assert hostile.publisher.limited > 3 * 5_000 * 0.6
    let_in = sum(layer.octets for layer in hostile.video.layers) * 8
    assert let_in < MAX_BITRATE * 8
    assert shown >= 3 * 30 * 0.9
    assert grown < 6_000_000  # eight rings at most
    check_sound(watcher, honest)


def test_colliding_ssrcs_of_two_publishers_do_not_meet() -> None:
    meeting = Meeting(2)
    one, other = meeting.publish(ssrc=1_000), meeting.publish(ssrc=1_000)
    watcher = meeting.watch()
    meeting.run(6)
    for guest in (one, other):
        check_sound(watcher, guest)
        assert len(watcher.stream(guest.video).frames) > 5 * 30


def test_a_publisher_that_changes_its_ssrc_all_the_time_is_held_back() -> None:
    publisher, track = announced()
    for number in range(1_000):
        publisher.on_rtp(packet(number, number), number / 1_000)
    assert publisher.unknown > 900
    assert track.layers[0].packets < 50


def test_jumps_replays_and_old_packets_are_not_forwarded() -> None:
    publisher, track = announced()
    layer = track.layers[0]
    for number in range(1_000, 1_200):
        publisher.on_rtp(packet(5, number), number / 100)
    before = layer.packets
    for number in range(1_000, 1_200):  # replayed
        publisher.on_rtp(packet(5, number), 13.0)
    for number in (40_000, 20_000, 50_000, 10_000):  # alone each
        publisher.on_rtp(packet(5, number), 13.0)
    assert layer.packets == before
    assert layer.dropped == 204
    for number in (30_000, 30_001, 30_002):  # a sender that began anew
        publisher.on_rtp(packet(5, number), 13.0)
    assert layer.packets == before + 2


def test_a_gap_too_wide_to_repair_asks_for_a_key_frame_instead() -> None:
    publisher, track = announced()
    publisher.on_rtp(packet(5, 1), 1.0)
    publisher.on_rtp(packet(5, 2_900), 1.1)
    assert len(track.layers[0].losses) == 0
    publisher.tick(1.2)
    assert track.layers[0].key_frames.asked == 1


def test_a_payload_too_long_to_protect_is_refused() -> None:
    publisher, _ = announced()
    with pytest.raises(ValueError, match="too long"):
        publisher.on_rtp(packet(5, 1, size=1_400), 1.0)


@given(st.lists(st.binary(max_size=80) | mutated("rtp"), max_size=20))
@settings(max_examples=50)
def test_garbage_does_not_spoil_what_comes_after(garbage: list[bytes]) -> None:
    publisher, track = announced()
    publisher.on_rtp(packet(5, 1), 0.0)
    for data in garbage:
        try:
            publisher.on_rtp(data, 0.1)
        except ValueError:
            continue
    publisher.on_rtp(packet(5, 2), 0.2)
    assert track.layers[0].packets == 2


@given(st.lists(st.binary(max_size=80) | mutated("rtcp"), max_size=20))
@settings(max_examples=50)
def test_garbage_reports_raise_value_errors_only(garbage: list[bytes]) -> None:
    publisher, _ = announced()
    subscriber = Subscriber(Nowhere(), 1, "relay")
    refused = 0
    for peer in (publisher, subscriber):
        for data in garbage:
            try:
                peer.on_rtcp(data, 1.0)
            except ValueError:
                refused += 1
        peer.tick(1.0)
    assert refused <= 2 * len(garbage)


def test_asking_for_everything_again_and_again_is_no_amplifier() -> None:
    meeting = Meeting(3)
    meeting.publish()
    greedy, other = meeting.watch(), meeting.watch()
    guest = meeting.guests[0]
    meeting.run(4)
    stream = greedy.stream(guest.video)
    numbers = [(stream.newest - n) & 0xFFFF for n in range(400)]
    ask = feedback.nack(1, stream.ssrc, sorted(numbers))
    sent = greedy.down.sent
    meeting.simulation.every(0.005, lambda now: greedy.subscriber.on_rtcp(ask, now))
    shown = quality(meeting, other.stream(guest.video), 3)
    media = 3 * (160 + 50)
    assert greedy.down.sent - sent < media + 3 * 400 + 200
    assert greedy.subscriber.estimator.target > 0
    assert shown >= 85
    check_sound(other, guest)


def test_a_flood_of_reports_is_dropped_before_it_is_parsed() -> None:
    subscriber = Subscriber(Nowhere(), 1, "relay")
    for _ in range(10_000):
        subscriber.on_rtcp(feedback.pli(1, 2), 1.0)
    subscriber.on_rtcp(b"garbage that would be refused", 1.0)
    assert subscriber.limited > 9_400


def test_long_reports_count_for_more_than_short_ones() -> None:
    """2 kB of feedback about packets that never were take 1.5 ms to read: 300 of them in a second
    would be half of a core."""
    subscriber = Subscriber(Nowhere(), 1, "relay")
    chunks = 1_000
    head = struct.pack("!IIHHI", 1, 2, 0, 14 * chunks, 0)
    report = rtcp.compose(rtcp.TRANSPORT_FEEDBACK, 15, head + b"\x80\x00" * chunks)
    for _ in range(300):
        subscriber.on_rtcp(report, 1.0)
    assert subscriber.limited > 270


def test_numbers_that_never_were_are_no_order_for_a_flood_of_reports() -> None:
    """One packet in 501, before anything was reported: each of them would need a report of its own,
    and the next one be looked for among all."""
    arrivals = Arrivals()
    for place in range(2_000):
        arrivals.add(501 * place & 0xFFFF, 1.0)
    assert len(arrivals.due(1, 2, 2.0)) < 20


def test_a_subscriber_has_its_limits() -> None:
    subscriber = Subscriber(Nowhere(), 1, "relay")
    track = Track("a", Codec.OPUS, 1, repairs=False)
    for number in range(MAX_SUBSCRIPTIONS):
        subscriber.subscribe(track, Identity("aa", number + 10), 0.0)
    with pytest.raises(ValueError, match="too many"):
        subscriber.subscribe(track, Identity("aa", 5), 0.0)
    other = Subscriber(Nowhere(), 1, "relay")
    other.subscribe(track, Identity("aa", 5, 6), 0.0)
    with pytest.raises(ValueError, match="in use"):
        other.subscribe(track, Identity("ab", 6), 0.0)


def test_a_subscriber_that_never_answers_does_not_fill_the_memory() -> None:
    meeting = Meeting(4)
    guest, watcher = meeting.publish(), meeting.watch(with_feedback=False)
    meeting.run(2)
    watcher.up.conditions.loss = 1.0
    tracemalloc.start()
    meeting.run(2)
    held = len(watcher.subscriber.outlet.held)
    grown = kept_by_the_relay()
    assert held <= 1_000
    assert grown < 4_000_000
    assert guest.refused == []
