"""RTCP: hostile compounds give ValueError and nothing else; what we write, we and others read."""

import pytest
from aiortc import rtp as reference
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.rtp import feedback, rtcp, transport_cc
from meetd.relay.rtp.rtcp import ReportBlock, RtcpPacket, SenderInfo
from meetd.relay.rtp.transport_cc import TransportFeedback
from tests.relay.corpus import corpus, packets
from tests.relay.test_rtp import mutated, only_value_errors

U32 = st.integers(0, 0xFFFFFFFF)
U16 = st.integers(0, 0xFFFF)


def read_rtcp(data: bytes) -> None:
    """Everything that a peer's RTCP runs through. Each reader reads each packet: a packet of the
    wrong kind must not crash it either."""
    for packet in rtcp.split(data):
        for read in (
            rtcp.read_sender_report,
            rtcp.read_receiver_report,
            feedback.read_media_ssrc,
            feedback.read_nack,
            feedback.read_fir,
            feedback.read_remb,
            transport_cc.read_transport_feedback,
        ):
            only_value_errors(lambda _, p=packet, r=read: r(p), data)  # type: ignore[misc]


def one(data: bytes) -> RtcpPacket:
    (packet,) = rtcp.split(data)
    return packet


@pytest.mark.parametrize("data", packets("rtcp"))
def test_the_corpus_is_read_or_refused(data: bytes) -> None:
    only_value_errors(read_rtcp, data)


def test_feedback_that_chromium_pads_is_read() -> None:
    """To whole words only: its receivers would never be heard."""
    kept = corpus("rtcp")
    for name, statuses in (("transport-cc-padded-by-3", 3), ("transport-cc-padded-by-2", 4)):
        report = transport_cc.read_transport_feedback(one(kept[name]))
        assert (report.statuses, len(report.received)) == (statuses, statuses), name


@given(st.binary(max_size=80) | mutated("rtcp"))
def test_hostile_rtcp_is_refused_with_a_value_error(data: bytes) -> None:
    only_value_errors(read_rtcp, data)


@given(st.binary(max_size=60).map(lambda body: body + bytes(-len(body) % 4)), st.integers(0, 31))
def test_any_body_of_any_kind_is_read_or_refused(body: bytes, fmt: int) -> None:
    only_value_errors(read_rtcp, rtcp.compose(205, fmt, body) + rtcp.compose(206, fmt, body))


@given(st.lists(st.tuples(U32, st.integers(0, 255), U32, U32, U32, U32), max_size=31))
def test_receiver_reports_come_back(rows: list[tuple[int, int, int, int, int, int]]) -> None:
    blocks = [ReportBlock(row[0], row[1], -5, *row[2:]) for row in rows]
    assert rtcp.read_receiver_report(one(rtcp.receiver_report(7, blocks))) == blocks


@given(U32, st.integers(0, 2**64 - 1), U32, U32, U32)
def test_sender_reports_come_back(ssrc: int, ntp: int, stamp: int, packs: int, octets: int) -> None:
    sender = SenderInfo(ssrc, ntp, stamp, packs, octets)
    assert rtcp.read_sender_report(one(rtcp.sender_report(sender))) == (sender, [])


@given(U32, st.text(max_size=60))
def test_another_implementation_reads_names(ssrc: int, cname: str) -> None:
    (packet,) = reference.RtcpPacket.parse(rtcp.source_description(ssrc, cname))
    assert isinstance(packet, reference.RtcpSdesPacket)
    assert (packet.chunks[0].ssrc, packet.chunks[0].items) == (ssrc, [(1, cname.encode())])


@given(st.lists(U16, unique=True, max_size=60))
def test_nacks_ask_for_exactly_what_is_missing(numbers: list[int]) -> None:
    packet = one(feedback.nack(1, 2, sorted(numbers)))
    assert set(feedback.read_nack(packet)) == set(numbers)
    assert feedback.read_media_ssrc(packet) == 2


def test_neighbours_share_an_item_over_the_wrap() -> None:
    packet = one(feedback.nack(1, 2, [65_534, 65_535, 0, 14]))
    assert len(packet.body) == 12
    assert feedback.read_nack(packet) == [65_534, 65_535, 0, 14]


@given(st.integers(0, 2**40), st.lists(U32, max_size=5))
def test_remb_comes_back_with_18_significant_bits(bitrate: int, ssrcs: list[int]) -> None:
    read = feedback.read_remb(one(feedback.remb(1, bitrate, ssrcs)))
    assert read is not None
    assert read <= bitrate
    assert bitrate - read <= bitrate >> 17


def test_requests_for_key_frames_come_back() -> None:
    assert feedback.read_media_ssrc(one(feedback.pli(1, 0xABCD))) == 0xABCD
    assert feedback.read_fir(one(feedback.fir(1, 0xABCD, 258))) == [(0xABCD, 2)]


def arrivals() -> st.SearchStrategy[list[tuple[int, int]]]:
    """(index, ticks), rising indices; arrivals reorder a little and pause up to seconds."""
    steps = st.lists(st.tuples(st.integers(1, 20), st.integers(-400, 12_000)), min_size=1)

    def add_up(rows: list[tuple[int, int]]) -> list[tuple[int, int]]:
        index, ticks, made = -1, 500, []
        for more, step in rows:
            index, ticks = index + more, ticks + step
            made.append((index, ticks))
        return made

    return steps.map(add_up)


@given(arrivals(), U16, st.integers(0, 0xFFFFFF))
def test_transport_feedback_comes_back(
    received: list[tuple[int, int]], base: int, reference_time: int
) -> None:
    written = TransportFeedback(base, received[-1][0] + 1, reference_time, 255, received)
    data = transport_cc.transport_feedback(1, 2, written)
    assert transport_cc.read_transport_feedback(one(data)) == written
    assert len(data) % 4 == 0


def test_a_report_ends_where_a_step_does_not_fit() -> None:
    assert transport_cc.fitting([(0, 5), (1, 30_000), (2, 90_000)]) == 2
    assert transport_cc.fitting([(0, 40_000)]) == 0
    assert transport_cc.fitting([]) == 0


def test_another_implementation_reads_our_reports() -> None:
    data = rtcp.receiver_report(7, [ReportBlock(1, 2, -3, 4, 5, 6, 7)])
    data += rtcp.source_description(7, "name")
    data += feedback.nack(7, 9, [1, 2, 40]) + feedback.pli(7, 9)
    report, names, nack, pli = reference.RtcpPacket.parse(data)
    assert isinstance(report, reference.RtcpRrPacket)
    assert (report.reports[0].packets_lost, report.reports[0].dlsr) == (-3, 7)
    assert isinstance(names, reference.RtcpSdesPacket)
    assert names.chunks[0].items == [(1, b"name")]
    assert isinstance(nack, reference.RtcpRtpfbPacket)
    assert nack.lost == [1, 2, 40]
    assert isinstance(pli, reference.RtcpPsfbPacket)


def test_a_run_of_lost_packets_costs_no_memory() -> None:
    """65,535 statuses in a few bytes: nothing is kept for what did not arrive."""
    body = bytes.fromhex("00000001000000020001ffff00000100") + b"\x1f\xff" * 8 + b"\x20\x07"
    body += b"\x01" * 7
    read = transport_cc.read_transport_feedback(RtcpPacket(205, 15, body))
    assert read.statuses == 65_535
    assert [index for index, _ in read.received] == list(range(65_528, 65_535))


def test_a_report_of_which_all_arrived_is_read_whole_or_not_at_all() -> None:
    head, run = bytes(8) + b"\0\1", b"\0\0\1\0"

    def read(statuses: int, rest: bytes) -> list[tuple[int, int]]:
        body = head + statuses.to_bytes(2, "big") + run + rest
        return transport_cc.read_transport_feedback(RtcpPacket(205, 15, body)).received

    assert read(3, b"\x20\3" + b"\1\2\3") == [(0, 1), (1, 3), (2, 6)]
    assert read(3, b"\x20\3" + b"\1\2\3\0\0") == [(0, 1), (1, 3), (2, 6)]
    assert read(3, b"\x20\4" + b"\1\2\3") == [(0, 1), (1, 3), (2, 6)]
    for statuses, rest in ((3, b"\x20\3\1\2"), (4, b"\x20\3\1\2\3\4"), (0x2003, b"\x20\3\1\2\3")):
        with pytest.raises(ValueError, match="transport-cc feedback has"):
            read(statuses, rest)
