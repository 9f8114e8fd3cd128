"""A bucket in S3-compatible storage. Imports obstore, 15 MB of native code: only where a bucket is
configured, and only in the process of a backup."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from meetd.config.keeping import Backup
from meetd.lifecycle.archive import PIECE
from meetd.lifecycle.places import s3_place
from meetd.lifecycle.problem import BackupProblem

_RETRIES: Final = 3
_RETRY_FOR: Final = timedelta(seconds=60)
_LINES: Final = 2


class S3Depot:
    """``data``: the data directory, where an archive waits until it is whole and is sent."""

    def __init__(self, settings: Backup, data: Path) -> None:
        """Raises: BackupProblem."""
        self.where = s3_place(settings)
        self._data = data
        key_id, secret = _credentials(Path(settings.s3_credentials_file))
        plain = settings.s3_endpoint.startswith("http://")
        self._store = S3Store(
            settings.s3_bucket,
            prefix=settings.s3_prefix,
            endpoint=settings.s3_endpoint or None,
            region=settings.s3_region,
            access_key_id=key_id,
            secret_access_key=secret,
            client_options={"allow_http": plain},
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_FOR},
        )

    def names(self) -> dict[str, int]:
        with _errors():
            return {
                each["path"]: each["size"] for some in obstore.list(self._store) for each in some
            }

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """Storage has no name for what is half sent: a broken upload leaves nothing."""
        # Without a name on the disk: a killed run leaves nothing there either.
        with tempfile.TemporaryFile(dir=self._data) as file:
            yield file
            file.seek(0)
            with _errors():
                obstore.put(self._store, name, file)

    @contextmanager
    def open(self, name: str) -> Iterator["_Stream"]:
        with _errors(may_be_missing=True):
            stream = obstore.get(self._store, name).stream(PIECE)
        yield _Stream(stream)

    def remove(self, name: str) -> None:
        with _errors():
            obstore.delete(self._store, name)

    def free(self) -> int | None:
        """Nobody knows."""
        return None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One data directory makes one backup at a time; no other server writes below its
        prefix."""
        yield


class _Stream:
    """Pieces as they come, read in any size."""

    def __init__(self, pieces: "obstore.BytesStream") -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            with _errors():
                self._rest = bytes(next(self._pieces, b""))
        end = len(self._rest) if size < 0 else size
        part, self._rest = self._rest[:end], self._rest[end:]
        return part


@contextmanager
def _errors(*, may_be_missing: bool = False) -> Iterator[None]:
    """What the storage says, in one line and as an OSError."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        if may_be_missing and isinstance(error, FileNotFoundError):
            raise
        raise OSError(errno.EIO, str(error).partition("\n")[0]) from error


def _credentials(file: Path) -> tuple[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        raise BackupProblem(f"[backup] s3_credentials_file {file} cannot be read.") from error
    if len(lines) != _LINES:
        raise BackupProblem(
            f"[backup] s3_credentials_file {file} has to have two lines: the access key id, and the"
            " secret access key."
        )
    return lines[0], lines[1]
