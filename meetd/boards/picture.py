"""Has a board made into files that people can take along, in a process of its own
(``picture_process.py``)."""

import asyncio
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from meetd.core.apart import apart

SECONDS: Final = 600.0
"""From start to end, however little the process gets to run."""
NAMES: Final = r"^(document\.yjs|board\.json|page-[0-9]{1,3}\.svg)$"

_PROGRAM: Final = Path(__file__).with_name("picture_process.py")
_LENGTH: Final = struct.Struct(">I")
_PIECE: Final = 64 * 1024


class PictureFailed(Exception):
    """There is none: the process took too much, or what is kept is no board."""


class PictureFile(msgspec.Struct, frozen=True):
    """One file of a board."""

    name: Annotated[str, msgspec.Meta(pattern=NAMES)]
    bytes: Annotated[int, msgspec.Meta(ge=0)]


async def pictures(
    updates: Sequence[bytes], title: str, seconds: float = SECONDS
) -> AsyncGenerator[tuple[PictureFile, AsyncIterator[bytes]]]:
    """The files of a board, each with its bytes in pieces, which are to be read before the next
    one. Raises: PictureFailed."""
    async with apart(_PROGRAM) as process:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(seconds):
                await _send(process.stdin, [title.encode(), *updates])
                while line := await process.stdout.readline():
                    file = _parse(line)
                    yield file, _pieces(process.stdout, file.bytes)
                if await process.wait():
                    raise PictureFailed
        except TimeoutError:
            raise PictureFailed from None


async def _send(pipe: asyncio.StreamWriter, parts: Sequence[bytes]) -> None:
    """Raises: PictureFailed."""
    try:
        for part in parts:
            pipe.write(_LENGTH.pack(len(part)))
            pipe.write(part)
            await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
    except ConnectionError:
        raise PictureFailed from None


def _parse(line: bytes) -> PictureFile:
    try:
        return msgspec.json.decode(line, type=PictureFile)
    except msgspec.DecodeError:
        raise PictureFailed from None


async def _pieces(pipe: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    """Raises: PictureFailed when the process ended before."""
    while length:
        piece = await pipe.read(min(length, _PIECE))
        if not piece:
            raise PictureFailed
        length -= len(piece)
        yield piece
