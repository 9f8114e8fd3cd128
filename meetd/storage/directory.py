"""The data directory: made on first start, for this user only, used by one process at a time."""

import contextlib
import fcntl
import os
import shutil
from pathlib import Path
from typing import IO, Final

_LEAST: Final = 1 << 18
"""Bytes that have to be free: with fewer no database opens, and what it says is that it fails."""


class StorageError(Exception):
    """The stored data cannot be used. The message says what to do."""


class DataDirectory:
    """Paths below the data directory, and the lock that keeps a second process out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "meetd.db"
        self.keys_database = path / "keys.db"
        self.master_key = path / "keys" / "master.key"
        self.blobs = path / "blobs"
        self.exports = path / "exports"
        self.arrivals = path / "arrivals"
        self.tls = path / "tls"
        self.before_migration = path / "before-migration"
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Make the directory (mode 0700) if need be, and take its lock. One that is there keeps
        its mode: others may have their place in it.

        Raises: StorageError when it cannot be made, its disk is full, or another process uses it.
        """
        try:
            self._make()
            # "a+": the file must not be emptied before the lock is ours, it holds the other's pid.
            lock = (self.path / "meetd.lock").open("a+", encoding="ascii")
        except FileExistsError as error:
            raise StorageError(
                f"The data directory {self.path} is a file. Choose a folder with --data."
            ) from error
        except OSError as error:
            raise StorageError(
                f"The data directory {self.path} cannot be used: {error.strerror}. Choose another"
                " with --data, or make it writable for this user."
            ) from error
        if shutil.disk_usage(self.path).free < _LEAST:
            lock.close()
            raise StorageError(self.out_of_room)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            lock.close()
            raise StorageError(
                f"The data directory {self.path} is in use by another meetd, process {pid}. Stop it"
                " first, or start this one with another --data."
            ) from error
        with contextlib.suppress(OSError):  # a full disk must not stop what makes room on it
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), f"{os.getpid()}\n".encode())
        self._lock = lock

    @property
    def out_of_room(self) -> str:
        """What to do when there is no room left."""
        return f"The disk of {self.path} is full. Make room on it, then start this again."

    def _make(self) -> None:
        if not self.path.is_dir():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)  # whatever the umask took away

    def close(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            with contextlib.suppress(OSError):  # a full disk must not stop the stop
                self._lock.truncate(0)
            self._lock.close()
            self._lock = None
