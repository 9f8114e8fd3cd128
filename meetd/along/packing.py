"""A ZIP that is written from the beginning to the end, and knows what is in it."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast

from meetd.along.format import Part

if TYPE_CHECKING:
    from zipfile import ZipInfo

_COMPRESSED: Final = frozenset({"yjs", "json", "html", "svg", "txt", "csv", "md", "log"})
"""Endings of what is worth compressing; most else is compressed already."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP knows: the same room makes the same archive."""
_MODE: Final = 0o600 << 16


class Packing:
    """``parts``: everything that was put in so far. Closed when its ``with`` ends."""

    def __init__(self, target: io.RawIOBase) -> None:
        # Imported with the first archive: an idle server does without.
        from zipfile import ZipFile  # noqa: PLC0415

        self.parts: dict[str, Part] = {}
        self._zip: ZipFile = ZipFile(cast("IO[bytes]", _Stream(target)), "w")

    async def put(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        """One file of the archive. Raises: OSError, and what reading it raises."""
        digest, length = hashlib.sha256(), 0
        with self._zip.open(_entry(path), "w", force_zip64=True) as file:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
                digest.update(piece)
                length += len(piece)
        self.parts[path] = Part(length, digest.hexdigest())

    async def put_whole(self, path: str, content: bytes) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield content

        await self.put(path, pieces())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()


class _Stream(io.RawIOBase):
    """Only written to, so that an archive is the same wherever it goes."""

    def __init__(self, target: io.RawIOBase) -> None:
        super().__init__()
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """All of it. Raises: OSError."""
        view = memoryview(data).cast("B")
        length = len(view)
        while view:
            view = view[self._target.write(view) or 0 :]
        return length


def _entry(path: str) -> "ZipInfo":
    from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo  # noqa: PLC0415

    entry = ZipInfo(path, _EPOCH)
    is_worth_it = path.rpartition(".")[2].lower() in _COMPRESSED
    entry.compress_type = ZIP_DEFLATED if is_worth_it else ZIP_STORED
    entry.external_attr = _MODE
    return entry
