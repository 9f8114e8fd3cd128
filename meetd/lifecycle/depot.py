"""Where backups are kept: names and bytes, nothing else. A folder here; a bucket in
``s3_depot``."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol

from meetd.core.files import PRIVATE, make_folder, sync_folder
from meetd.lifecycle.archive import PIECE, Readable
from meetd.lifecycle.problem import BackupProblem

UNFINISHED: Final = ".new"
_LOCK: Final = "lock"


class Depot(Protocol):
    """Everything raises OSError."""

    where: str
    """For messages."""

    def names(self) -> dict[str, int]:
        """Everything that is there whole, with its size in bytes."""
        ...

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """Whole and safe at the end, or not there at all."""
        ...

    @contextmanager
    def open(self, name: str) -> Iterator[Readable]: ...

    def remove(self, name: str) -> None: ...

    def free(self) -> int | None:
        """Bytes; ``None`` when nobody knows."""
        ...

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes meanwhile, as far as this can be had."""
        ...


def private_lock(path: Path) -> IO[str]:
    """To be locked and closed by the caller. Raises: OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE), "w")


def put(depot: Depot, name: str, content: bytes) -> None:
    with depot.create(name) as file:
        file.write(content)


def get(depot: Depot, name: str) -> bytes:
    """For small ones."""
    parts = []
    with depot.open(name) as file:
        while part := file.read(PIECE):
            parts.append(part)
    return b"".join(parts)


class LocalDepot:
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = str(folder)

    def names(self) -> dict[str, int]:
        return {
            path.relative_to(self.folder).as_posix(): path.stat().st_size
            for path in self.folder.rglob("*")
            if path.is_file() and path.suffix != UNFINISHED and path.name != _LOCK
        }

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        path = self.folder / name
        make_folder(path.parent)
        temporary = path.with_name(path.name + UNFINISHED)
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with (self.folder / name).open("rb") as file:
            yield file

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def free(self) -> int | None:
        return shutil.disk_usage(self.folder).free

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Makes the folder if need be; what a killed run left half written goes.

        Raises: OSError, BackupProblem.
        """
        make_folder(self.folder)
        with private_lock(self.folder / _LOCK) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupProblem(
                    f"Another backup is being written to {self.folder}. Wait until it is done."
                ) from error
            for path in self.folder.rglob(f"*{UNFINISHED}"):
                path.unlink()
            yield
