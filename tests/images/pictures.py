"""Real image files, made for a test."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The file of an image; ``kind`` as Pillow names formats."""
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (64, 48), colour: Any = RED) -> Image.Image:
    return Image.new(mode, size, colour)


def decoded(webp: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(webp), formats=("WEBP",))
    image.load()
    return image


def near(one: Any, other: Any, most: int = 12) -> bool:
    """The same colour, but for what a lossy encoder changes."""
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def png_chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG of 8 bits RGB that claims that size, whatever its data are."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", pixels)
        + png_chunk(b"IEND", b"")
    )


def bomb(side: int) -> bytes:
    """A whole and valid PNG: ``side`` squared black pixels in about a thousandth of the bytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + side * 3)
    packed = b"".join(packer.compress(row) for _ in range(side))
    return png(side, side, packed + packer.flush())


def corners(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red, green in the upper corners, blue below: told apart however it is turned."""
    width, height = size
    image = plain(size=size, colour=BLUE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    return image
