"""Archives: a tar of a few files of known names, in the age format, so that ``age`` and ``tar``
open them without meetd. Streamed: no file is in memory, and no tar on the disk.

Imports pyrage, so it is imported only by what runs in a process of its own.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, Protocol, Self

import pyrage

from meetd.core.files import PRIVATE
from meetd.core.private import Private
from meetd.lifecycle.manifest import ELSE, FileFact
from meetd.lifecycle.problem import ArchiveDamaged, BackupProblem, of_disk

BLOCK: Final = tarfile.BLOCKSIZE
PIECE: Final = 1 << 20
MANIFEST: Final = "manifest.json"
NAMES: Final = frozenset(
    {MANIFEST, "meetd.db", "config.toml", "keys.db", "master.key", "tombstones.json"}
)
"""Nothing else is ever taken out of an archive."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def fact_of(content: bytes | Path) -> FileFact:
    """Raises: OSError."""
    if isinstance(content, bytes):
        return FileFact(len(content), hashlib.sha256(content).hexdigest())
    digest, size = hashlib.sha256(), 0
    with content.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return FileFact(size, digest.hexdigest())


def recipient_of(identity: Private[str]) -> str:
    """The public half: what is encrypted to it, only the recovery key opens."""
    return str(_identity(identity).to_public())


def seal(files: Mapping[str, bytes | Path], recipient: str, target: IO[bytes]) -> int:
    """Write an archive. Returns how many bytes it has. Raises: OSError."""
    source, sink = _End(_Packing(files).read), _End(target.write)
    try:
        pyrage.encrypt_io(source, sink, [pyrage.x25519.Recipient.from_str(recipient)])
    except pyrage.EncryptError as error:
        # pyrage says everything as text; what really happened is kept by the two ends.
        raise source.error or sink.error or error from error
    return sink.bytes


def unseal(source: Readable, identity: Private[str], folder: Path, where: str) -> None:
    """Unpack an archive into ``folder``, made if need be. ``where``: its name in messages.

    Raises: ArchiveDamaged; BackupProblem for a key that does not fit or a full disk.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _Unpacking(folder) as unpacking:
        reader, writer = _End(source.read), _End(unpacking.write)
        try:
            pyrage.decrypt_io(reader, writer, [_identity(identity)])
            unpacking.finish()
        except (pyrage.DecryptError, OSError, ValueError) as error:
            raise _problem(reader.error or writer.error or error, where) from error


def _identity(identity: Private[str]) -> "pyrage.x25519.Identity":
    try:
        return pyrage.x25519.Identity.from_str(identity.reveal())
    except pyrage.IdentityError as error:
        raise BackupProblem(
            "The recovery key is mistyped. It is one line that begins with AGE-SECRET-KEY-1; meetd"
            " keys export writes it."
        ) from error


def _problem(error: Exception, where: str) -> BackupProblem:
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        return BackupProblem(
            f"The recovery key does not open {where}: it belongs to another server. Use the"
            " one that meetd keys export wrote on the server that made the backup."
        )
    if isinstance(error, OSError) and error.errno:
        return of_disk(error, f"unpacking {where}")
    return ArchiveDamaged(f"{where} is damaged, cut off or not an archive of meetd. {ELSE}")


class _End:
    """Where pyrage reads from or writes to; keeps what went wrong there."""

    def __init__(self, act: Callable[[Any], Any]) -> None:
        self._act = act
        self.error: OSError | ValueError | None = None
        self.bytes = 0
        """Written."""

    def read(self, size: int) -> bytes:
        return bytes(self._try(size))

    def write(self, data: bytes) -> int:
        self._try(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """The file is flushed by whoever opened it."""

    def _try(self, value: int | bytes) -> Any:
        try:
            return self._act(value)
        except (OSError, ValueError) as error:
            self.error = error
            raise


class _Packing:
    """A tar, made while it is read."""

    def __init__(self, files: Mapping[str, bytes | Path]) -> None:
        self._pieces = _pieces(files)
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


def _pieces(files: Mapping[str, bytes | Path]) -> Iterator[bytes]:
    for name, content in files.items():
        header = tarfile.TarInfo(name)
        header.mode = PRIVATE
        header.size = len(content) if isinstance(content, bytes) else content.stat().st_size
        yield header.tobuf(tarfile.GNU_FORMAT)
        if isinstance(content, bytes):
            yield content
        else:
            with content.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        yield bytes(-header.size % BLOCK)
    yield bytes(2 * BLOCK)


class _Unpacking:
    """Takes a tar piece by piece and writes its files. Raises: ValueError for anything that we
    never pack."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pending = bytearray()
        self._file: IO[bytes] | None = None
        self._left = self._padding = 0
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, data: bytes) -> None:
        self._pending += data
        while self._step():
            pass

    def finish(self) -> None:
        """Raises: ValueError when the end is missing."""
        if not self._is_over:
            raise ValueError("the tar has no end")

    def _step(self) -> bool:
        """Use up some of what is pending; ``False`` when more has to come first."""
        if self._is_over:
            self._pending.clear()
            return False
        if self._file is not None:
            return self._write_on(self._file)
        if len(self._pending) < self._padding + BLOCK:
            return False
        header = bytes(self._pending[self._padding : self._padding + BLOCK])
        del self._pending[: self._padding + BLOCK]
        self._begin(header)
        return True

    def _begin(self, header: bytes) -> None:
        if header == bytes(BLOCK):
            self._is_over = True
            return
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        except tarfile.HeaderError as error:
            raise ValueError("not a tar") from error
        path = self._folder / info.name
        if not info.isreg() or info.name not in NAMES or path.exists():
            raise ValueError("not a file that we pack")
        self._left, self._padding = info.size, -info.size % BLOCK
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb")

    def _write_on(self, file: IO[bytes]) -> bool:
        part = bytes(self._pending[: self._left])
        del self._pending[: self._left]
        file.write(part)
        self._left -= len(part)
        if self._left:
            return False
        file.flush()
        os.fsync(file.fileno())
        file.close()
        self._file = None
        return True
