"""Makes a screenshot small: with 256 colours the noise of encoded video is gone (PNG, W3C 2003)."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOURS: Final = 256
_CLOSE: Final = 48
"""Square of the distance at which two colours look alike."""
_PAETH: Final = 4
Colour = tuple[int, int, int]


def reduced(png: bytes) -> bytes:
    """The same picture with a palette. Takes what browsers write: 8 bits, colour, one pass."""
    chunks = list(_chunks(png))
    width, height, _depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    channels = {2: 3, 6: 4}[kind]
    packed = b"".join(content for name, content in chunks if name == b"IDAT")
    lines = _lines(zlib.decompress(packed), width, channels)
    rows = [_colours(line, channels) for line in lines]
    palette = _palette(rows)

    @cache
    def nearest(colour: Colour) -> int:
        return min(range(len(palette)), key=lambda index: _distance(palette[index], colour))

    mapped = b"".join(b"\0" + bytes(nearest(colour) for colour in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", bytes(value for colour in palette for value in colour)),
        (b"IDAT", zlib.compress(mapped, 9)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in parts)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        yield name, png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def _lines(raw: bytes, width: int, channels: int) -> Iterator[bytearray]:
    """Without their filters (PNG 9.2)."""
    length = width * channels
    above = bytearray(length)
    for at in range(0, len(raw), length + 1):
        row = bytearray(raw[at + 1 : at + 1 + length])
        _unfilter(raw[at], row, above, channels)
        yield row
        above = row


def _unfilter(method: int, row: bytearray, above: bytearray, step: int) -> None:
    for index in range(len(row)) if method else ():
        left = row[index - step] if index >= step else 0
        corner = above[index - step] if index >= step else 0
        row[index] = (row[index] + _guess(method, left, above[index], corner)) & 255


def _guess(method: int, left: int, above: int, corner: int) -> int:
    if method < _PAETH:
        return (0, left, above, (left + above) // 2)[method]
    base = left + above - corner
    return min((left, above, corner), key=lambda value: abs(base - value))


def _colours(line: bytearray, channels: int) -> list[Colour]:
    return list(zip(line[::channels], line[1::channels], line[2::channels], strict=True))


def _palette(rows: list[list[Colour]]) -> list[Colour]:
    """The most frequent colours that are not too close to each other."""
    counted = Counter(colour for row in rows for colour in row)
    chosen: list[Colour] = []
    for colour, _ in counted.most_common(20_000):
        if all(_distance(colour, other) > _CLOSE for other in chosen):
            chosen.append(colour)
        if len(chosen) == _COLOURS:
            break
    return chosen


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
