"""An archive that is sent while it is made, and kept nowhere: as fast as it is taken."""

import asyncio
import io
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from typing import IO, Any, Final

from meetd.core.holdings import Attachment
from meetd.privacy.archive import Source, write_sources
from meetd.privacy.spool import Row

_MOST: Final = 4 << 20
"""Bytes that wait for whoever takes them, before the next piece is made."""


class _Pipe(io.RawIOBase):
    """Written to from any thread, read from in the loop."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._lock = threading.Lock()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._ended = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        plain = bytes(data)
        with self._lock:
            self._waiting += plain
        self._loop.call_soon_threadsafe(self._filled.set)
        return len(plain)

    def end(self) -> None:
        """Nothing more is written."""
        self._ended = True
        self._filled.set()

    async def room(self) -> None:
        """Until there is some."""
        while len(self._waiting) > _MOST:
            self._emptied.clear()
            await self._emptied.wait()

    async def take(self) -> bytes:
        """What there is, once there is something; nothing at the end."""
        taken = b""
        while not taken:
            await self._filled.wait()
            self._filled.clear()
            with self._lock:
                taken, self._waiting = bytes(self._waiting), bytearray()
            self._emptied.set()
            if self._ended:
                self._filled.set()  # for whoever asks again
                break
        return taken


async def stream_archive(
    scratch: IO[bytes], sources: Sequence[Source], name: str
) -> AsyncGenerator[bytes, None]:
    """As ``write_sources``, piece by piece. Raises: OSError, whatever reading the rows raises."""
    pipe = _Pipe()
    paced = [_paced(source, pipe) for source in sources]
    writing = asyncio.ensure_future(write_sources(pipe, scratch, paced, name, _unsaid, pipe.room))
    writing.add_done_callback(lambda _: pipe.end())
    try:
        while piece := await pipe.take():
            yield piece
        await writing
    finally:
        writing.cancel()
        await asyncio.wait({writing})


def _unsaid(_done: int, _total: int) -> None:
    """Nobody asks how far it is: it is being sent."""


def _paced(source: Source, pipe: _Pipe) -> Source:
    """The same rows, whose files wait for room."""

    def waiting(attachment: Attachment) -> Attachment:
        async def read() -> AsyncIterator[bytes]:
            async for piece in attachment.read():
                await pipe.room()
                yield piece

        return replace(attachment, read=read)

    async def rows() -> AsyncIterator[Row]:
        async for row in source():
            yield {
                key: waiting(value) if isinstance(value, Attachment) else value
                for key, value in row.items()
            }

    return rows
