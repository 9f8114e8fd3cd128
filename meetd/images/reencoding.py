"""Has images re-encoded, in a process of its own with limits (``reencode_process.py``).

What comes out was written by our encoder from pixels: whatever else a file held (metadata, a second
file behind the first, something aimed at a decoder) is not in it. The server itself never loads
Pillow.
"""

import asyncio
import contextlib
import logging
import struct
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from meetd.core.apart import apart
from meetd.core.refusals import ImagesBusy, ImageTooLarge, ImageUnreadable

MAX_BYTES: Final = 8 << 20
"""Of an image as it is sent, and of what comes out."""
MAX_PIXELS: Final = 40_000_000
PERSONAL: Final = 512
WAITING_ROOM: Final = 1_600
"""Pixels on the long side."""
AT_ONCE: Final = 2
WAITING: Final = 8
"""Who may wait for a place; more are refused, so that nobody fills the memory with images."""
SECONDS: Final = 30.0
"""From start to end, however little the process gets to run."""

TOO_LARGE: Final = 10
UNREADABLE: Final = 11
NO_PILLOW: Final = 12
"""Exit statuses of the process."""

_PROGRAM: Final = Path(__file__).with_name("reencode_process.py")
_SIZE: Final = struct.Struct(">II")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Image:
    """A WebP of ours."""

    webp: bytes = field(repr=False)
    width: int
    height: int


class Reencoder:
    """The way in for every image."""

    def __init__(self, program: Path = _PROGRAM, seconds: float = SECONDS) -> None:
        self._program = program
        self._seconds = seconds
        self._places = asyncio.Semaphore(AT_ONCE)
        self._asked = 0

    async def reencode(self, data: bytes, side: int) -> Image:
        """The image as WebP, upright, at most ``side`` pixels on the long side, without metadata.

        What the sender called it is not asked: only the bytes say what they are.
        Raises: ImageTooLarge, ImageUnreadable, ImagesBusy.
        """
        if len(data) > MAX_BYTES:
            raise too_large()
        if self._asked >= AT_ONCE + WAITING:
            raise ImagesBusy
        self._asked += 1
        try:
            async with self._places:
                return await self._run(data, side)
        finally:
            self._asked -= 1

    async def _run(self, data: bytes, side: int) -> Image:
        async with apart(self._program, str(side), str(MAX_PIXELS)) as process:
            assert process.stdin is not None  # noqa: S101  # both are pipes
            assert process.stdout is not None  # noqa: S101
            try:
                async with asyncio.timeout(self._seconds):
                    output = await _exchange(process.stdin, process.stdout, data)
                    status = await process.wait()
            except TimeoutError:
                _log.warning("an image took too long to re-encode")
                raise ImageUnreadable from None
        return _result(status, output, side)


def _result(status: int, output: bytes, side: int) -> Image:
    if status == TOO_LARGE:
        raise too_large()
    if status == NO_PILLOW:
        _log.error("Pillow cannot be loaded, so no image can be taken: install meetd anew")
    elif status not in {0, UNREADABLE}:
        _log.warning("re-encoding an image ended with status %d", status)
    image = _parse(output, side) if status == 0 else None
    if image is None:
        raise ImageUnreadable
    return image


def _parse(output: bytes, side: int) -> Image | None:
    """What the process says is not believed: a decoder that was taken over would lie."""
    size, webp = output[: _SIZE.size], output[_SIZE.size :]
    if webp[:4] != b"RIFF" or webp[8:12] != b"WEBP" or len(output) > MAX_BYTES:
        return None
    width, height = _SIZE.unpack(size)
    return Image(webp, width, height) if 0 < width <= side and 0 < height <= side else None


async def _exchange(stdin: StreamWriter, stdout: StreamReader, data: bytes) -> bytes:
    """Hand over the image and take what comes back, no more than would be kept."""
    stdin.write(data)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its exit status says why
        await stdin.drain()
    stdin.close()
    try:
        await stdout.readexactly(MAX_BYTES + 1)
    except asyncio.IncompleteReadError as error:
        return error.partial
    _log.warning("re-encoding an image gave more than it may")
    raise ImageUnreadable


def too_large() -> ImageTooLarge:
    return ImageTooLarge(megabytes=MAX_BYTES >> 20, megapixels=MAX_PIXELS // 1_000_000)
