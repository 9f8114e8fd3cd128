"""The picture that comes with a knock: only its header is read, and read as browsers read it."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.refusals import StillInvalid
from meetd.lobby.still import MAX_SIDE, check_still

START, END = b"\xff\xd8", b"\xff\xd9"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame(width: int, height: int, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0))


def jpeg(width: int, height: int, marker: int = 0xC0) -> bytes:
    """As far as the server reads."""
    return (
        START + segment(0xE0, b"JFIF\0") + segment(0xDB, b"\0" * 65) + frame(width, height, marker)
    )


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2])
def test_a_picture_of_a_camera_is_taken(marker: int) -> None:
    check_still(jpeg(640, 480, marker))
    check_still(jpeg(1, MAX_SIDE, marker))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        START,
        START + END,
        jpeg(65_535, 65_535),
        jpeg(641, 1),
        jpeg(0, 480),
        jpeg(640, 480)[:-13],
        jpeg(640, 480, 0xC3),
        jpeg(640, 480, 0xC9),
        b"\0" + jpeg(640, 480),
        jpeg(640, 480).replace(START, START + b"garbage", 1),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(StillInvalid):
        check_still(data)


@pytest.mark.parametrize(
    "hiding",
    [
        b"\xff\x00" + struct.pack(">H", 15),
        b"\xff\x01" + struct.pack(">H", 15),
        b"\xff\x02" + struct.pack(">H", 15),
        b"\xff\xff\x00\x0f",
        b"\xff\xe0\x00\x00",
        b"\xff\xd0" + struct.pack(">H", 15),
    ],
)
def test_no_frame_hides_where_browsers_look_and_the_server_does_not(hiding: bytes) -> None:
    """Decoders look for the next marker in what they do not know; a segment that the server skips
    and they do not would show them another picture."""
    data = START + hiding + frame(65_535, 65_535) + frame(640, 480)
    with pytest.raises(StillInvalid):
        check_still(data)


@given(st.binary(max_size=200).map(lambda rest: START + rest) | st.binary(max_size=200))
def test_nothing_but_a_refusal_comes_out(data: bytes) -> None:
    with suppress(StillInvalid):
        check_still(data)


@given(st.integers(0, 65_535), st.integers(0, 65_535), st.integers(0, 100))
def test_only_small_pictures_pass_however_they_are_cut(width: int, height: int, cut: int) -> None:
    data = jpeg(width, height)
    data = data[: len(data) - cut]
    try:
        check_still(data)
    except StillInvalid:
        return
    assert 0 < width <= MAX_SIDE
    assert 0 < height <= MAX_SIDE
