"""The small parts of forwarding, one by one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.forwarding import fanout
from meetd.relay.forwarding.arrivals import INTERVAL, Arrivals
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.key_frames import INTERVAL as KEY_FRAME_INTERVAL
from meetd.relay.forwarding.key_frames import KeyFrameRequests
from meetd.relay.forwarding.losses import MAX_MISSING, MAX_TRIES, Losses
from meetd.relay.forwarding.outlet import HISTORY, Lane, Outlet
from meetd.relay.forwarding.packet import Packet
from meetd.relay.forwarding.rate import RateMeter
from meetd.relay.forwarding.reception import Reception
from meetd.relay.forwarding.ring import Ring
from meetd.relay.forwarding.subscriber import Subscriber
from meetd.relay.forwarding.subscription import Identity, State
from meetd.relay.forwarding.track import Track
from meetd.relay.rtp import rtcp
from meetd.relay.rtp.header import RtpHeader
from meetd.relay.rtp.transport_cc import TransportFeedback, read_transport_feedback


class Recorder:
    def __init__(self) -> None:
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []

    def send_rtp(self, packets: Sequence[bytes | bytearray]) -> None:
        self.rtp += [bytes(packet) for packet in packets]

    def send_rtcp(self, packet: bytes) -> None:
        self.rtcp.append(packet)

    def numbers(self) -> list[int]:
        return [RtpHeader(packet).sequence_number for packet in self.rtp]


def packet(sequence: int, size: int = 1_000, timestamp: int = 0) -> Packet:
    return Packet(sequence, timestamp, 0, memoryview(bytes(size)), -1)


def test_a_ring_keeps_the_newest() -> None:
    ring = Ring(4)
    for sequence in range(10):
        ring.put(packet(sequence))
    assert [ring.get(n) is not None for n in range(12)] == [False] * 6 + [True] * 4 + [False] * 2
    with pytest.raises(ValueError, match="power of two"):
        Ring(3)


def test_what_comes_a_moment_late_is_not_asked_for() -> None:
    losses = Losses()
    losses.gap(5, 8, 1.0)
    assert losses.due(1.005, 0.1) == ([], 0)
    assert losses.arrived(6, 1.006)
    assert losses.due(1.02, 0.1) == ([5, 7], 0)
    assert losses.due(1.03, 0.1) == ([], 0)  # not twice within a round trip


def test_a_round_trip_is_told_by_what_was_asked_for_once() -> None:
    losses = Losses()
    losses.gap(5, 8, 1.0)
    losses.arrived(6, 1.005)
    assert losses.answered is None, "it was not asked for"
    losses.due(1.02, 0.1)
    losses.arrived(5, 1.1)
    assert losses.answered == pytest.approx(0.08)
    losses.due(1.2, 0.1)
    losses.arrived(7, 1.22)
    assert losses.answered == pytest.approx(0.2), "our patience ended before the round trip"
    losses.gap(9, 10, 2.0)
    for now in (2.1, 2.3, 2.5):
        losses.due(now, 0.1)
    losses.arrived(9, 2.6)
    assert losses.answered == pytest.approx(0.2), "nobody knows which request was answered"


def test_what_never_comes_is_given_up() -> None:
    losses = Losses()
    losses.gap(5, 6, 0.0)
    asked, given_up, now = 0, 0, 0.0
    while len(losses):
        now += 0.5
        numbers, lost = losses.due(now, 0.1)
        asked, given_up = asked + len(numbers), given_up + lost
    assert (asked, given_up) == (MAX_TRIES, 1)


def test_too_many_missing_are_not_kept() -> None:
    losses = Losses()
    assert losses.gap(0, MAX_MISSING, 0.0)
    assert not losses.gap(MAX_MISSING, MAX_MISSING + 1, 0.0)
    assert len(losses) == 0


@given(st.lists(st.integers(-40, 40), max_size=80), st.integers(0, 0xFFFF))
def test_packets_are_placed_where_they_were_sent(steps: list[int], first: int) -> None:
    reception = Reception(90_000)
    start = reception.place(first)
    assert start is not None
    reception.count(start, 0, 0.0)
    place = start
    for step in steps:
        place = max(start, place + step)
        assert reception.place(place & 0xFFFF) == place
        reception.count(place, 0, 0.0)


def test_reports_count_as_rfc_3550_does() -> None:
    reception = Reception(90_000)
    for number in [10, 11, 13, 14, 12, 19]:  # 15 to 18 are lost
        place = reception.place(number)
        assert place is not None
        reception.count(place, number * 3_000, number / 30)
    block = reception.report(7, 1, 2)
    assert (block.lost, block.fraction_lost, block.highest & 0xFFFF) == (4, 4 * 256 // 10, 19)
    assert block.jitter == 0
    assert reception.report(7, 1, 2).fraction_lost == 0


def test_arrivals_are_reported_once_and_late_ones_later() -> None:
    arrivals = Arrivals()
    for number in (65_534, 65_535, 1):
        arrivals.add(number, 50.0 + number / 1e9)
    (first,) = reports(arrivals, 50.1)
    assert (first.base, [index for index, _ in first.received]) == (65_534, [0, 1, 3])
    arrivals.add(0, 50.12)
    arrivals.add(2, 50.11)
    assert reports(arrivals, 50.1 + INTERVAL / 2) == []
    (second,) = reports(arrivals, 50.2)
    assert [(second.base + index) & 0xFFFF for index, _ in second.received] == [0, 2]
    assert reports(arrivals, 50.3) == []


def reports(arrivals: Arrivals, now: float) -> list[TransportFeedback]:
    written = arrivals.due(1, 2, now)
    return [read_transport_feedback(rtcp.split(data)[0]) for data in written]


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.floats(0, 20)), max_size=300))
def test_whatever_numbers_come_the_reports_stay_small(packets: list[tuple[int, float]]) -> None:
    arrivals, now = Arrivals(), 0.0
    for number, later in packets:
        now += later / 10
        arrivals.add(number, now)
    written = arrivals.due(1, 2, now + 1)
    assert all(len(data) < 1_300 for data in written)
    assert len(written) <= len(packets)


def test_requests_for_key_frames_are_merged_until_one_comes() -> None:
    requests = KeyFrameRequests()
    requests.want(1.0)
    assert requests.due(1.0)
    requests.want(1.1)
    assert not requests.due(1.0 + KEY_FRAME_INTERVAL / 2)
    assert requests.due(1.0 + KEY_FRAME_INTERVAL)  # it did not come: asked again
    requests.came(1.6)
    assert not requests.due(9.0)
    requests.want(1.65, round_trip=0.1)  # asked before that one could be seen
    assert not requests.due(9.0)
    assert (requests.asked, requests.merged) == (2, 2)


def test_a_rate_is_that_of_the_last_second() -> None:
    meter = RateMeter()
    for step in range(200):
        meter.add(1_250, 10 + step / 100)
    assert meter.bitrate(12.0) == pytest.approx(1_000_000, rel=0.12)
    assert meter.bitrate(14.0) == 0


def outlet_with_lane(bitrate: int) -> tuple[Recorder, Outlet, Lane]:
    wire = Recorder()
    outlet = Outlet(wire, bitrate)
    return wire, outlet, Lane(outlet, Ring(64), 0)


def test_a_burst_leaves_at_the_pace_of_the_path_and_in_order() -> None:
    wire, outlet, lane = outlet_with_lane(400_000)
    for sequence in range(20):
        fanout.send((packet(sequence),), (lane,), 0.0)
    assert 0 < len(wire.rtp) < 5
    times = []
    for step in range(1, 200):
        before = len(wire.rtp)
        fanout.release(outlet, step / 100)
        times += [step / 100] * (len(wire.rtp) - before)
    assert wire.numbers() == list(range(20))
    assert 0.1 < times[-1] < 0.25  # 20 packets of 1 kB at 1 Mbit/s


def test_sound_does_not_wait_behind_pictures() -> None:
    wire, outlet, lane = outlet_with_lane(100_000)
    for sequence in range(20):
        fanout.send((packet(sequence),), (lane,), 0.0)
    voice = Lane(outlet, Ring(64), 0)
    voice.paced, voice.ssrc = False, 9
    fanout.send((packet(5, 100),), (voice,), 0.0)
    assert RtpHeader(wire.rtp[-1]).ssrc == 9
    assert len(outlet.held) > 10


def test_numbers_never_used_or_acknowledged_twice_are_nobodys() -> None:
    _, outlet, lane = outlet_with_lane(10_000_000)
    for sequence in range(5):
        fanout.send((packet(sequence),), (lane,), sequence / 100)
    assert outlet.acknowledge(3, [(0, 7)], 5) == [(3, 0.03, 0.003, 1_028)]
    assert outlet.acknowledge(3, [(0, 7)], 5) == []
    assert outlet.acknowledge(2, [(3, 7), (4, 8), (65_000, 9)], 5) == []
    assert outlet.acknowledge(40_000, [(0, 7)], 5) == []
    outlet.report(0, 60_000)
    assert outlet.settle(5, 0.035) == (3, 4)
    assert outlet.settle(5, 0.035) == (0, 0)
    outlet.number += HISTORY
    assert outlet.acknowledge(4, [(0, 7)], 5) == []


def test_a_report_on_which_nothing_is_missing_tells_the_same_as_one_by_one() -> None:
    """Also where what is remembered begins anew at its start, and not twice."""
    together, apart = outlet_with_lane(10_000_000), outlet_with_lane(10_000_000)
    for sequence in range(HISTORY + 30):
        for _, _, lane in (together, apart):
            fanout.send((packet(sequence, 500 + sequence % 7),), (lane,), sequence / 100)
    for first in (HISTORY - 10, HISTORY + 10):
        received = [(index, index * 3) for index in range(20)]
        whole = together[1].acknowledge(first & 0xFFFF, received, 7)
        ones = [
            arrival
            for index, ticks in received
            for arrival in apart[1].acknowledge(first + index & 0xFFFF, [(0, ticks)], 7)
        ]
        assert len(whole) == 20
        assert whole == ones
        assert together[1].acknowledge(first & 0xFFFF, received, 7) == []
    assert together[1].sizes == apart[1].sizes
    ahead = [(index, 0) for index in range(20)]
    assert len(together[1].acknowledge(HISTORY + 20, ahead, 7)) == 0, "ten are never sent"


def test_what_no_report_tells_of_is_neither_lost_nor_arrived() -> None:
    _, outlet, lane = outlet_with_lane(10_000_000)
    for sequence in range(HISTORY + 20):
        fanout.send((packet(sequence),), (lane,), sequence / 100)
    first = outlet.number - 20
    outlet.report(first & 0xFFFF, 5)  # the report about the next ten is lost
    outlet.report((first + 15) & 0xFFFF, 5)
    outlet.acknowledge(first & 0xFFFF, [(1, 7), (19, 8)], 5)
    assert outlet.settle(outlet.number, 1e6) == (8, 10)
    outlet.report(first & 0xFFFF, 5)
    assert outlet.settle(outlet.number, 1e6) == (0, 0), "counted twice"


@given(st.data())
def test_every_number_that_reports_tell_of_is_counted_once(data: st.DataObject) -> None:
    """Whatever is lost: packets, reports, or nothing for a while; some come twice or late."""
    _, outlet, lane = outlet_with_lane(10_000_000)
    told: set[int] = set()
    came: set[int] = set()
    counted = [0, 0]
    for turn in range(data.draw(st.integers(1, 12))):
        first, count = outlet.number, data.draw(st.integers(1, 20))
        for sequence in range(first, first + count):
            fanout.send((packet(sequence),), (lane,), float(turn))
        lost = data.draw(st.one_of(st.just(set()), st.sets(st.integers(0, count - 1))))
        for _ in range(data.draw(st.sampled_from((1, 1, 1, 0, 2)))):
            received = [(index, 4) for index in range(count) if index not in lost]
            arrivals = outlet.acknowledge(first & 0xFFFF, received, turn)
            if arrivals:
                told |= set(range(first, first + count))
                came |= {place for place, *_ in arrivals}
                outlet.report(first & 0xFFFF, count)
                settled = outlet.settle(arrivals[-1][0], float(turn - 2))
                counted = [a + b for a, b in zip(counted, settled, strict=True)]
    rest = outlet.settle(outlet.number, float("inf"))
    assert [a + b for a, b in zip(counted, rest, strict=True)] == [len(told - came), len(told)]


def video(sequence: int, picture: int, *, key: bool, timestamp: int) -> tuple[int, int, bytes]:
    head = b"\x90\xe0" + (0x8000 | picture).to_bytes(2, "big") + bytes((picture & 0xFF, 0))
    clear = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01" if key else b"\x11\x02\x00"
    return sequence, timestamp, head + clear + bytes(900)


def receive(track: Track, frame: tuple[int, int, bytes], now: float) -> None:
    number, timestamp, payload = frame
    track.layers[0].receive(number, timestamp, 1, memoryview(payload), -1, now)


def test_a_path_that_takes_nothing_loses_the_picture_up_to_a_key_frame_without_a_gap() -> None:
    wire, track = Recorder(), Track("v", Codec.VP8, 1, repairs=True)
    subscriber = Subscriber(wire, 7, "relay", start=60_000)
    subscription = subscriber.subscribe(track, Identity("aa", 5, 6), 0.0)
    subscription.choose(track.layers[0], 0.0)
    subscriber._allocate_at = float("inf")  # what is shown is not the matter here
    for number in range(60):
        receive(track, video(number, number, key=number == 0, timestamp=number * 3_000), 0.001)
    subscriber.tick(0.002)
    assert subscriber.stalls == 1
    assert subscription.state is State.WAITING
    sent = len(wire.rtp)
    receive(track, video(60, 60, key=False, timestamp=180_000), 2.0)
    assert len(wire.rtp) == sent
    receive(track, video(61, 61, key=True, timestamp=183_000), 2.1)
    numbers = [
        n for n, data in zip(wire.numbers(), wire.rtp, strict=True) if RtpHeader(data).ssrc == 5
    ]
    assert numbers == list(range(numbers[0], numbers[0] + sent + 1))


def test_a_retransmission_has_the_content_of_the_first_sending() -> None:
    wire, track = Recorder(), Track("v", Codec.VP8, 1, repairs=True)
    subscriber = Subscriber(wire, 7, "relay", start=20_000_000)
    subscription = subscriber.subscribe(track, Identity("aa", 5, 6), 0.0)
    subscription.choose(track.layers[0], 0.0)
    receive(track, video(7, 9, key=True, timestamp=0), 0.1)
    subscription.choose(None, 0.2)
    subscription.choose(track.layers[0], 0.3)
    receive(track, video(9, 40, key=True, timestamp=9_000), 0.4)
    first, second = wire.rtp
    for number in wire.numbers():
        subscription.resend([number], 0.5, 0.1)
    for original, again in zip((first, second), wire.rtp[2:], strict=True):
        header = RtpHeader(again)
        assert (header.ssrc, header.payload_type) == (6, 97)
        assert again[28:30] == original[2:4]
        assert again[30:] == original[28:]
        assert header.timestamp == RtpHeader(original).timestamp
    subscription.resend(wire.numbers()[:1], 0.51, 0.1)  # asked twice within a round trip
    assert len(wire.rtp) == 4


def test_without_rtx_nothing_is_sent_twice() -> None:
    wire, track = Recorder(), Track("a", Codec.OPUS, 1, repairs=False)
    subscriber = Subscriber(wire, 7, "relay")
    subscription = subscriber.subscribe(track, Identity("aa", 5), 0.0)
    track.layers[0].receive(1, 0, 0, memoryview(b"sound"), 30, 0.1)
    subscription.resend(wire.numbers(), 0.2, 0.1)
    assert len(wire.rtp) == 1
    assert subscription.refused == 1
