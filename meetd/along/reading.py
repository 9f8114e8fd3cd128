"""Reads the archive of a room as what it is until the end: a stranger's file.

Everything is as the manifest says or the whole archive is refused: what is in it, how long each
part is, and its SHA-256. Nothing of it becomes a path on our disk, nothing is unpacked further than
the manifest said, and no more of it is in memory than a part of the chat or one whiteboard. What a
part says of itself in the ZIP is believed no more than the rest. All that reads waits for the disk:
call it in a thread.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Final, Literal, TypeVar, cast

import msgspec

from meetd.along.format import (
    DOCUMENT,
    FORMAT,
    INDEX,
    MANIFEST,
    MOST_CHAT,
    MOST_MANIFEST,
    PAGE,
    VERSION,
    Manifest,
    Said,
    Version,
    chat_part,
)
from meetd.storage.blobs import BlobDamaged

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MOST_LISTED: Final = 16 << 20
"""Bytes of the list at the end of a ZIP, which is read in one piece: 65,000 names of 200 bytes."""

_PIECE: Final = 64 * 1024
_ENCRYPTED: Final = 0x1

T = TypeVar("T")


Reason = Literal[
    "foreign",
    "newer",
    "damaged",
    "busy",
    "too_large",
    "full",
    "rooms",
    "name",
    "interrupted",
    "failed",
]
"""Why nothing came of an archive: it is none of a room; of a newer meetd; not what its manifest
says; another one is on its way; larger than this server allows; the disk or the server is full; its
owner has too many rooms; the name is taken; the server stopped. The pages have a sentence for each
(``along.trouble_<reason>``)."""


class ArchiveRefused(Exception):
    """It is not taken in."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Archive:
    """One archive, its manifest read and held against what is there."""

    def __init__(self, file: IO[bytes]) -> None:
        """``file``: whole, from which can be read anywhere. Raises: ArchiveRefused, OSError."""
        self._zip = _opened(_Bounded(file))
        self._entries = _entries(self._zip)
        self.manifest = _manifest(self._zip, self._entries)
        self._check_parts()

    @property
    def length(self) -> int:
        """Bytes of everything in it."""
        return sum(part.bytes for part in self.manifest.parts.values())

    def pieces(self, path: str) -> Iterator[bytes]:
        """One part. The last piece comes when the checksum is known to be right.

        Raises: ArchiveRefused, OSError.
        """
        part = self.manifest.parts[path]
        digest, held = hashlib.sha256(), b""
        for piece in _pieces(self._zip, self._entries[path], part.bytes):
            digest.update(piece)
            if held:
                yield held
            held = piece
        if digest.hexdigest() != part.sha256:
            raise ArchiveRefused("damaged")
        if held:
            yield held

    def whole(self, path: str, most: int) -> bytes:
        """One part that is small. Raises: ArchiveRefused, OSError."""
        if self.manifest.parts[path].bytes > most:
            raise ArchiveRefused("damaged")
        return b"".join(self.pieces(path))

    def messages(self, part: int) -> list[Said]:
        """A part of the chat. Raises: ArchiveRefused, OSError."""
        said = _decoded(self.whole(f"chat/{part}.json", MOST_CHAT), list[Said])
        first = (part - 1) * PAGE + 1
        count = min(PAGE, self.manifest.messages - first + 1)
        if [each.number for each in said] != list(range(first, first + count)):
            raise ArchiveRefused("damaged")
        return said

    def _check_parts(self) -> None:
        """Raises: ArchiveRefused unless everything is there, and nothing else."""
        manifest = self.manifest
        wanted = {INDEX, *(file.path for file in manifest.files)}
        for number in range(1, chat_part(manifest.messages) + 1 if manifest.messages else 1):
            wanted |= {f"chat/{number}.{kind}" for kind in ("json", "txt", "html")}
        for board in manifest.whiteboards:
            wanted |= {f"{board.folder}/{name}" for name in (DOCUMENT, "board.json")}
            wanted |= {f"{board.folder}/page-{page}.svg" for page in range(1, board.pages + 1)}
        is_right = manifest.parts.keys() == wanted == self._entries.keys() - {MANIFEST}
        folders = {board.folder for board in manifest.whiteboards}
        is_once = len({file.path for file in manifest.files}) == len(manifest.files)
        if not (is_right and is_once and len(folders) == len(manifest.whiteboards)):
            raise ArchiveRefused("damaged")
        for path, part in manifest.parts.items():
            if self._entries[path].file_size != part.bytes:
                raise ArchiveRefused("damaged")


class _Bounded(io.RawIOBase):
    """What ``zipfile`` reads from: never very much at once, whatever a ZIP says of itself."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._length = file.seek(0, io.SEEK_END)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1) -> bytes:
        """Raises: ArchiveRefused."""
        left = max(0, self._length - self._file.tell())
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > MOST_LISTED:
            raise ArchiveRefused("damaged")
        return self._file.read(wanted)


def _opened(file: _Bounded) -> "ZipFile":
    """Raises: ArchiveRefused."""
    # Imported with the first archive: an idle server does without.
    from zipfile import BadZipFile, ZipFile  # noqa: PLC0415

    try:
        return ZipFile(cast("IO[bytes]", file))
    except (BadZipFile, ValueError, EOFError, NotImplementedError, struct.error) as error:
        raise ArchiveRefused("foreign") from error
    except (BlobDamaged, OverflowError) as error:
        raise ArchiveRefused("damaged") from error


def _entries(archive: "ZipFile") -> "dict[str, ZipInfo]":
    """By name. Raises: ArchiveRefused for one that comes twice, or is packed as we never do."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED  # noqa: PLC0415

    listed = archive.infolist()
    entries = {entry.filename: entry for entry in listed}
    usual = all(
        entry.compress_type in {ZIP_DEFLATED, ZIP_STORED} and not entry.flag_bits & _ENCRYPTED
        for entry in listed
    )
    if len(entries) != len(listed) or not usual:
        raise ArchiveRefused("damaged")
    return entries


def _manifest(archive: "ZipFile", entries: "dict[str, ZipInfo]") -> Manifest:
    """Raises: ArchiveRefused."""
    entry = entries.get(MANIFEST)
    if entry is None:
        raise ArchiveRefused("foreign")
    if entry.file_size > MOST_MANIFEST:
        raise ArchiveRefused("damaged")
    encoded = b"".join(_pieces(archive, entry, entry.file_size))
    try:
        version = msgspec.json.decode(encoded, type=Version)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ArchiveRefused("foreign") from error
    if version.format != FORMAT:
        raise ArchiveRefused("foreign")
    if version.version > VERSION:
        raise ArchiveRefused("newer")
    return _decoded(encoded, Manifest)


def _decoded(encoded: bytes, kind: type[T]) -> T:
    """Raises: ArchiveRefused."""
    try:
        return msgspec.json.decode(encoded, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ArchiveRefused("damaged") from error


def _pieces(archive: "ZipFile", entry: "ZipInfo", length: int) -> Iterator[bytes]:
    """Exactly so many bytes. Raises: ArchiveRefused, OSError."""
    from zipfile import BadZipFile  # noqa: PLC0415

    wrong: tuple[type[Exception], ...] = (
        *(BadZipFile, EOFError, zlib.error, ValueError, RuntimeError, NotImplementedError),
        *(BlobDamaged, OverflowError, struct.error),
    )
    left = length
    try:
        with archive.open(entry) as file:
            while piece := file.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
    except wrong as error:
        raise ArchiveRefused("damaged") from error
    if left:
        raise ArchiveRefused("damaged")
