"""RTP headers, extensions, RTX and codec descriptors: hostile bytes give ValueError and nothing
else, well-formed ones come back as they were written."""

import contextlib
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.rtp import canonical, rtx, vp8
from meetd.relay.rtp.extensions import ONE_BYTE, Element, elements, text
from meetd.relay.rtp.header import RtpHeader, is_rtcp
from meetd.relay.rtp.numbers import Unroller, ahead
from meetd.relay.rtp.vp8 import Vp8Descriptor
from tests.relay.corpus import corpus, packets


def rtp(
    payload: bytes = b"x", *, extension: bytes = b"", profile: int = ONE_BYTE, csrcs: int = 0
) -> bytes:
    first = 0x80 | csrcs | (0x10 if extension else 0)
    head = struct.pack("!BBHII", first, 0x80 | 111, 7, 1_000, 0xDEADBEEF) + bytes(4 * csrcs)
    if extension:
        extension += bytes(-len(extension) % 4)
        head += struct.pack("!HH", profile, len(extension) // 4) + extension
    return head + payload


def read_rtp(data: bytes) -> list[Element]:
    """Everything that ingress reads of any packet."""
    header = RtpHeader(data)
    assert 12 <= header.payload_start <= header.payload_end <= len(data)
    found = elements(data, header)
    for _, start, length in found:
        assert header.extension_start <= start <= start + length <= header.extension_end
    rtx.original_sequence_number(data, header)
    return found


def read_vp8(data: bytes) -> None:
    descriptor = Vp8Descriptor(data, 0, len(data))
    assert 1 <= descriptor.payload <= len(data)


def only_value_errors(read: Callable[[bytes], object], data: bytes) -> None:
    with contextlib.suppress(ValueError):
        read(data)


def mutated(parser: str) -> st.SearchStrategy[bytes]:
    """Packets of the corpus with a few bytes changed, cut anywhere, or followed by others."""

    def change(seed: tuple[bytes, list[tuple[int, int]], int, bytes]) -> bytes:
        data, edits, cut, tail = bytearray(seed[0]), *seed[1:]
        for place, value in edits:
            data[place % len(data)] = value
        return bytes(data[: cut % (len(data) + 1)] if cut else data) + tail

    places = st.tuples(st.integers(0, 1_500), st.integers(0, 255))
    return st.tuples(
        st.sampled_from(packets(parser)),
        st.lists(places, max_size=4),
        st.integers(0, 1_500),
        st.binary(max_size=8),
    ).map(change)


@pytest.mark.parametrize("data", packets("rtp"))
def test_the_corpus_of_rtp_is_read_or_refused(data: bytes) -> None:
    only_value_errors(read_rtp, data)


@given(st.binary(max_size=80) | mutated("rtp"))
def test_hostile_rtp_is_refused_with_a_value_error(data: bytes) -> None:
    only_value_errors(read_rtp, data)
    is_rtcp(data)


@pytest.mark.parametrize("data", packets("vp8"))
def test_the_corpus_of_vp8_is_read_or_refused(data: bytes) -> None:
    only_value_errors(read_vp8, data)


@given(st.binary(max_size=24) | mutated("vp8"))
def test_hostile_vp8_is_refused_with_a_value_error(data: bytes) -> None:
    only_value_errors(read_vp8, data)


@pytest.mark.parametrize(
    "name",
    [
        "two-byte-length-behind-end",
        "two-byte-id-is-last-byte",
        "one-byte-length-behind-end",
        "extension-longer-than-packet",
        "extension-header-cut",
        "fifteen-csrc-none-there",
        "fifteen-csrc-with-extension-cut",
        "padding-255-of-3",
        "padding-0",
        "padding-into-extension",
        "version-1",
        "eleven-bytes",
        "rtx-one-byte",
    ],
)
def test_what_is_malformed_is_not_read(name: str) -> None:
    with pytest.raises(ValueError, match=r"RTP|RTX"):
        read_rtp(corpus("rtp")[name])


@given(
    st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=6),
    st.integers(0, 15),
    st.binary(max_size=20),
)
def test_one_byte_extensions_come_back(
    written: dict[int, bytes], csrcs: int, payload: bytes
) -> None:
    extension = b"".join(bytes((i << 4 | len(v) - 1,)) + v for i, v in written.items())
    data = rtp(payload, extension=extension, csrcs=csrcs)
    assert {i: data[start : start + n] for i, start, n in read_rtp(data + b"xy")} == written


@given(st.dictionaries(st.integers(1, 255), st.binary(max_size=255), max_size=4))
def test_two_byte_extensions_come_back(written: dict[int, bytes]) -> None:
    extension = b"".join(bytes((i, len(v))) + v for i, v in written.items())
    data = rtp(b"xy", extension=extension, profile=0x1005)
    assert {i: data[start : start + n] for i, start, n in read_rtp(data)} == written


def test_padding_is_not_payload() -> None:
    data = bytearray(rtp(b"abc\x00\x00\x03"))
    data[0] |= 0x20
    header = RtpHeader(data)
    assert data[header.payload_start : header.payload_end] == b"abc"


@pytest.mark.parametrize("value", [b"", b"\x00", b"a\x1b", "é".encode(), b"\xff"])
def test_a_mid_of_other_than_printable_ascii_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match="mid or rid"):
        text(value, 0, len(value))


@given(st.integers(0, 0xFFFF), st.binary(max_size=9))
def test_a_retransmission_comes_back(number: int, payload: bytes) -> None:
    data = rtp(rtx.wrap(payload, number))
    header = RtpHeader(data)
    assert rtx.original_sequence_number(data, header) == number
    assert data[header.payload_start + 2 : header.payload_end] == payload


def test_padding_in_an_rtx_stream_is_no_packet() -> None:
    data = rtp(b"")
    assert rtx.original_sequence_number(data, RtpHeader(data)) is None


def test_a_key_frame_of_vp8_is_seen() -> None:
    data = bytes.fromhex("90e0812a0740" + "1002009d012a80026801ff")
    descriptor = Vp8Descriptor(data, 0, len(data))
    assert descriptor.is_key_frame
    assert (descriptor.width, descriptor.height) == (640, 360)
    assert (descriptor.picture_id, descriptor.tl0_picture_index) == (0x12A, 7)
    assert data[descriptor.payload] == 0x10


@given(st.sampled_from([0x7F, 0x7FFF]), st.integers(0, 0xFFFF), st.integers(0, 0x7FFF))
def test_a_picture_id_is_rewritten_as_wide_as_it_was(mask: int, new: int, old: int) -> None:
    picture = bytes((old & 0x7F,)) if mask == 0x7F else struct.pack("!H", 0x8000 | old)
    data = bytearray(b"\x90\xc0" + picture + b"\x09" + b"\x01\x02\x03")
    before = Vp8Descriptor(data, 0, len(data))
    vp8.write_picture_id(data, before.picture_offset, before.picture_mask, new)
    after = Vp8Descriptor(data, 0, len(data))
    assert (after.picture_id, after.picture_mask) == (new & mask, mask)
    assert (after.tl0_picture_index, after.payload) == (9, before.payload)


@given(
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.one_of(st.just(canonical.NO_LEVEL), st.integers(0, 255)),
    st.floats(0, 1e6),
)
def test_the_canonical_head_is_an_ordinary_one(
    number: int, timestamp: int, level: int, now: float
) -> None:
    data = canonical.packet(b"payload")
    words = (
        canonical.send_time_word(now),
        canonical.transport_word(level) | 0x1234 << 8,
        canonical.level_word(level) | canonical.mid_word("a7"),
    )
    fixed = (canonical.FIRST, 0x80 | 96, number, timestamp, 0xCAFE, canonical.EXTENSION)
    canonical.HEAD.pack_into(data, 0, *fixed, *words)
    header = RtpHeader(data)
    found = {i: bytes(data[start : start + n]) for i, start, n in elements(data, header)}
    assert (header.sequence_number, header.timestamp) == (number, timestamp)
    assert (header.payload_type, header.marker, header.ssrc) == (96, 1, 0xCAFE)
    assert data[header.payload_start :] == b"payload"
    assert found.pop(1, None) == (None if level == canonical.NO_LEVEL else bytes((level,)))
    assert found.pop(2) == (int(now * 2**18) & 0xFFFFFF).to_bytes(3, "big")
    assert found == {3: b"\x12\x34", 4: b"a7"}


def test_padding_carries_nothing() -> None:
    data = canonical.padding(97, 65_537, 2**32 + 5, 9, (0x22 << 24, 0x31 << 24, 0), 255)
    header = RtpHeader(data)
    assert header.payload_start == header.payload_end
    assert (header.sequence_number, header.timestamp, len(data)) == (1, 5, 28 + 255)


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-30_000, 30_000), max_size=30))
def test_numbers_are_unrolled_over_any_wrap(first: int, steps: list[int]) -> None:
    unroller = Unroller()
    truth = newest = unroller.unroll(first)
    for step in steps:
        truth = newest + step
        if truth < 0:
            continue
        assert unroller.unroll(truth & 0xFFFF) == truth
        newest = max(newest, truth)


def test_ahead_goes_the_shorter_way() -> None:
    assert ahead(0, 0xFFFF) == 1
    assert ahead(0xFFFF, 0) == -1
    assert ahead(5, 0xFFFFFFFF, 32) == 6
