"""Packets in a TCP stream, however it is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.transport.framing import MAX_FRAME, Deframer, frame
from tests.relay.corpus import damaged, samples


@given(st.lists(st.binary(min_size=1, max_size=300)), st.lists(st.integers(1, 40)))
def test_packets_come_out_whole_however_the_stream_is_cut(
    packets: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(frame(packet) for packet in packets)
    deframer, found = Deframer(), list[bytes]()
    for size in cuts:
        found += deframer.feed(stream[:size])
        stream = stream[size:]
    found += deframer.feed(stream)
    assert found == packets


def test_a_frame_that_is_too_long_ends_the_stream() -> None:
    assert Deframer().feed(frame(bytes(MAX_FRAME))) == [bytes(MAX_FRAME)]
    with pytest.raises(ValueError, match="too long"):
        Deframer().feed(frame(bytes(MAX_FRAME + 1))[:2])


def test_an_empty_frame_ends_the_stream() -> None:
    with pytest.raises(ValueError, match="empty"):
        Deframer().feed(frame(b"")[:2])


def test_a_kept_stream_of_a_browser_is_read() -> None:
    assert [len(packet) for packet in Deframer().feed(samples("framing")["checks"])] == [100, 104]


@given(st.lists(st.one_of(st.binary(max_size=4_000), damaged("framing"))))
def test_whatever_arrives_memory_is_bounded(chunks: list[bytes]) -> None:
    deframer = Deframer()
    try:
        for chunk in chunks:
            deframer.feed(chunk)
            assert len(deframer._rest) < MAX_FRAME + 2
    except ValueError:
        pass
