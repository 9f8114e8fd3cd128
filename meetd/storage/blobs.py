"""Large files at rest on the local disk, encrypted in segments, so that any part can be read alone.

Each segment is bound to its file, its number and whether it is the last one: none can be swapped,
left out, repeated or cut off unseen. Its nonce is random and not its number, because a segment that
was interrupted is written again, maybe with something else in it.

A file grows under a name of its own, is made safe, and gets its final name in one step: under a
final name there is always a whole file. Names are ids of ours, never what a person wrote. All that
reads or writes waits for the disk: call it in a thread.
"""

import os
import shutil
from collections.abc import Collection, Generator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from cryptography.exceptions import InvalidTag

from meetd.core.files import PRIVATE, make_folder, nameless, sync_folder
from meetd.storage.vault import OVERHEAD, Cipher

SEGMENT: Final = 64 * 1024
"""Bytes of a segment in clear; the last one of a file may have fewer."""

_SEALED: Final = SEGMENT + OVERHEAD
_AT_ONCE: Final = 16
"""Segments that are read by one call: calls into threads cost more than the disk."""
_PART: Final = ".part"


def segments(length: int) -> int:
    """Of a file of ``length`` bytes; an empty file has one, which says that it is whole."""
    return max(1, -(-length // SEGMENT))


def seal(
    cipher: Cipher, blob_id: str, number: int, plain: bytes | memoryview, *, last: bool
) -> bytes:
    """Segment ``number``, counted from 0, as it stands on the disk."""
    return cipher.seal(plain, _place(blob_id, number, last=last))


def _place(blob_id: str, number: int, *, last: bool) -> str:
    return f"blobs/{blob_id}/{number}{'/last' if last else ''}"


def _begins_newest(path: Path, blob_id: str, cipher: Cipher, length: int) -> bool:
    """Raises: FileNotFoundError, InvalidTag."""
    with path.open("rb") as file:
        sealed = file.read(min(length + OVERHEAD, _SEALED))
    return cipher.is_newest(sealed, _place(blob_id, 0, last=segments(length) == 1))


class BlobDamaged(Exception):
    """What is on the disk is not what was written: missing, too short, or changed."""


class GrowingBlob:
    """A file that is being written, from whole segment to whole segment. Closed when its ``with``
    ends."""

    def __init__(self, path: Path, number: int) -> None:
        """``number``: of the next segment; what an interrupted write left from there on goes.

        Raises: OSError; BlobDamaged when segments before that one are missing.
        """
        is_new = not path.exists()
        if is_new:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE)
        try:
            self._cut(number * _SEALED)
            if is_new:
                sync_folder(path.parent)
                sync_folder(path.parent.parent)
        except BaseException:
            os.close(self._descriptor)
            raise

    def write(self, sealed: bytes) -> None:
        """Add whole sealed segments; only the last of a file may be short. Raises: OSError."""
        view = memoryview(sealed)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def sync(self) -> None:
        """What was written is safe against a power cut. Raises: OSError."""
        os.fsync(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def _cut(self, position: int) -> None:
        if os.fstat(self._descriptor).st_size < position:
            raise BlobDamaged("segments that were acknowledged are missing")
        os.ftruncate(self._descriptor, position)
        os.lseek(self._descriptor, position, os.SEEK_SET)


class BlobFolder:
    """The files of one data directory, by id; spread over folders by two letters of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def grow(self, blob_id: str, number: int) -> GrowingBlob:
        """Write on from segment ``number``, even where an interruption fell between ``finish`` and
        what was to be written down about it. Raises: as ``GrowingBlob``."""
        part, path = self._part(blob_id), self._path(blob_id)
        if path.exists() and not part.exists():
            path.replace(part)
        return GrowingBlob(part, number)

    def finish(self, blob_id: str, length: int) -> None:
        """Give a file that is whole and safe its final name.

        ``length``: bytes in clear. Raises: OSError; BlobDamaged when it is not that long.
        """
        part, path = self._part(blob_id), self._path(blob_id)
        if not part.exists() or part.stat().st_size != length + OVERHEAD * segments(length):
            raise BlobDamaged(f"{blob_id} is not {length} bytes long")
        part.replace(path)
        sync_folder(path.parent)

    def read(
        self, blob_id: str, cipher: Cipher, length: int, start: int, stop: int
    ) -> Generator[bytes, None, None]:
        """The bytes from ``start`` to before ``stop``, a few segments at a time.

        Raises: BlobDamaged in the place of anything false: a flipped bit, a swapped or a missing
        segment.
        """
        numbers = range(start // SEGMENT, -(-stop // SEGMENT))
        last = segments(length) - 1
        try:
            with self._path(blob_id).open("rb") as file:
                file.seek(numbers.start * _SEALED)
                for first in numbers[::_AT_ONCE]:
                    few = range(first, min(first + _AT_ONCE, numbers.stop))
                    sealed = memoryview(file.read(len(few) * _SEALED))
                    plain = b"".join(
                        cipher.open(
                            sealed[(number - first) * _SEALED : (number - first + 1) * _SEALED],
                            _place(blob_id, number, last=number == last),
                        )
                        for number in few
                    )
                    at = first * SEGMENT
                    yield plain[max(0, start - at) : stop - at]
        except (FileNotFoundError, InvalidTag) as error:
            raise BlobDamaged(blob_id) from error

    def is_newest(self, blob_id: str, cipher: Cipher, length: int) -> bool:
        """Is all of it sealed with the newest key? The first segment tells: the oldest key comes
        first. Raises: BlobDamaged."""
        try:
            return _begins_newest(self._path(blob_id), blob_id, cipher, length)
        except (FileNotFoundError, InvalidTag) as error:
            raise BlobDamaged(blob_id) from error

    def grows_newest(self, blob_id: str, cipher: Cipher, length: int) -> bool:
        """The same of a file that is being written; ``length``: what it will have. Raises:
        OSError."""
        part = self._part(blob_id)
        if not part.exists() or not part.stat().st_size:
            return True
        try:
            return _begins_newest(part, blob_id, cipher, length)
        except (FileNotFoundError, InvalidTag):  # just written, or whole by now: look again later
            return False

    def free(self) -> int:
        """Bytes that are free on its disk. Raises: OSError."""
        make_folder(self._folder)
        return shutil.disk_usage(self._folder).free

    def scratch(self) -> IO[bytes]:
        """A file on the same disk, gone when it is closed. Raises: OSError."""
        make_folder(self._folder)
        return nameless(self._folder)

    def touch(self, blob_id: str, now: float) -> None:
        """As if it were written at that time (seconds since the epoch), so that no sweep takes it
        yet. Raises: OSError; BlobDamaged when it is gone."""
        try:
            os.utime(self._path(blob_id), (now, now))
        except FileNotFoundError as error:
            raise BlobDamaged(blob_id) from error

    def remove(self, blob_id: str) -> None:
        """Whole or growing; what is gone already is gone. Raises: OSError."""
        self._path(blob_id).unlink(missing_ok=True)
        self._part(blob_id).unlink(missing_ok=True)

    def sweep(self, known: Collection[str], before: float) -> int:
        """Remove what belongs to nothing any more: not ``known``, and last written before that time
        (seconds since the epoch). Returns how many. Raises: OSError."""
        orphans = [
            path
            for path in self._folder.glob("??/*")
            if path.name.removesuffix(_PART) not in known and path.stat().st_mtime < before
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _path(self, blob_id: str) -> Path:
        return self._folder / blob_id[:2] / blob_id

    def _part(self, blob_id: str) -> Path:
        path = self._path(blob_id)
        return path.with_name(path.name + _PART)
