"""The picture that somebody may send with a knock: checked, never decoded, by the server.

A small file can hold a picture of a billion pixels, so its dimensions are read from the JPEG header
(ITU-T T.81, B.2.2) before any host's browser gets to see it.
"""

from meetd.core.refusals import StillInvalid

MAX_SIDE = 640
_START = b"\xff\xd8"
_MARKER = 0xFF
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Start of frame: baseline, extended sequential, progressive. Browsers show no others."""
_BEFORE_FRAME = frozenset({0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})
"""Tables, restart interval, application data and comment: all that may come before it. What a
browser would skip to look for the next marker could hide another frame, so it is refused."""
_SHORTEST = 2
"""Bytes of a segment with nothing in it: the length counts itself."""


def check_still(data: bytes) -> None:
    """Raises: StillInvalid."""
    try:
        height, width = _dimensions(data)
    except IndexError:
        raise StillInvalid from None
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise StillInvalid


def _dimensions(data: bytes) -> tuple[int, int]:
    """Height and width of the first frame. Raises: StillInvalid, IndexError."""
    if not data.startswith(_START):
        raise StillInvalid
    at = len(_START)
    while data[at] == _MARKER:
        marker = data[at + 1]
        if marker in _FRAMES:
            return _number(data, at + 5), _number(data, at + 7)
        length = _number(data, at + 2)
        if marker not in _BEFORE_FRAME or length < _SHORTEST:
            break
        at += 2 + length
    raise StillInvalid


def _number(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]
