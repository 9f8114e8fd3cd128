"""Where the master key comes from: a file, the environment, systemd, or the first start."""

import base64
import os
from pathlib import Path
from typing import Final

from meetd.core.files import write_whole
from meetd.core.ids import random_bytes
from meetd.core.private import Private
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.vault import KEY_BYTES

CREDENTIAL: Final = "meetd.master-key"
ENVIRONMENT: Final = "MEETD_MASTER_KEY"


def credential_path(suffix: str = "") -> Path:
    """Where systemd puts it (LoadCredential=)."""
    return Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"), CREDENTIAL + suffix)


def load_master_key(directory: DataDirectory, configured: str) -> Private[bytes]:
    """The master key from the configured file, the environment, the systemd credential or the data
    directory, where it is made on the first start.

    Raises: StorageError when it is missing though keys exist, is not a key, or cannot be read or
    made.
    """
    text = os.environ.get(ENVIRONMENT)
    if configured:
        return read_master_key(Path(configured))
    if text:
        return parse_master_key(text, f"the environment variable {ENVIRONMENT}")
    credential = credential_path()
    if _is_there(credential):
        return read_master_key(credential)
    if not _is_there(directory.master_key):
        if directory.keys_database.exists():
            raise StorageError(
                f"{directory.keys_database} holds keys, but their master key"
                f" {directory.master_key} is gone. Put it back from where you keep it; without it"
                " nothing that was stored can be read."
            )
        _make_master_key(directory.master_key)
    return read_master_key(directory.master_key)


def written_master_key(key: Private[bytes]) -> bytes:
    """As it stands in its file."""
    return base64.b64encode(key.reveal()) + b"\n"


def _make_master_key(path: Path) -> None:
    try:
        write_whole(path, written_master_key(Private(random_bytes(KEY_BYTES))))
    except FileExistsError as error:
        raise StorageError(
            f"{path.parent} is a file, but has to be a folder, for the master key. Move it away."
        ) from error
    except OSError as error:
        raise StorageError(
            f"The master key {path} cannot be made: {error.strerror}. Let this user write there."
        ) from error


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StorageError(
            f"The master key {path} cannot be read: {error.strerror}. Let this user enter the"
            " folder and read the file."
        ) from error


def read_master_key(path: Path) -> Private[bytes]:
    """From its file. Raises: StorageError."""
    try:
        return parse_master_key(path.read_text(encoding="ascii"), str(path))
    except (OSError, ValueError) as error:
        raise StorageError(f"The master key {path} cannot be read: {error}.") from error


def parse_master_key(text: str, where: str) -> Private[bytes]:
    """From base64. Raises: StorageError."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StorageError(f"{where} is not a master key: it must be {KEY_BYTES} bytes in base64.")
    return Private(key)
