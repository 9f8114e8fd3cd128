"""Files that are there whole or not at all."""

import errno
import os
from pathlib import Path
from typing import IO, Final

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write a file, safe against a power cut and never readable by others for a moment: temporary
    name, fsync, rename, fsync of the folder. The folder is made with mode 0700 if need be.

    Raises: OSError; what was there before is there still.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def is_full(error: BaseException) -> bool:
    """Does it say that there is no room left, on the disk or in one's share of it?"""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def make_folder(folder: Path) -> None:
    """With whatever is missing above it, each with mode 0700 and safe against a power cut.

    Raises: OSError.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def nameless(folder: Path) -> IO[bytes]:
    """A file for a while, for this user only: gone when it is closed, whatever happens.

    Raises: OSError.
    """
    from tempfile import TemporaryFile  # noqa: PLC0415 - an idle server does without

    return TemporaryFile(dir=folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe against a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
