"""Which master key opens the keys, and changing it: without a stop where it is in a file, and with
a restart where the environment or systemd brings it.

A new key waits beside the old one until every key is wrapped with it, in one transaction, and then
takes its name. Killed at any point, one of the two opens all of them, and the next start finds out
which.
"""

import os
from pathlib import Path
from typing import Final

from meetd.core.clock import Clock
from meetd.core.files import sync_folder, write_whole
from meetd.core.ids import random_bytes
from meetd.core.private import Private
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.key_files import opens_keys
from meetd.storage.master_key_source import (
    CREDENTIAL,
    ENVIRONMENT,
    credential_path,
    load_master_key,
    parse_master_key,
    read_master_key,
    written_master_key,
)
from meetd.storage.vault import KEY_BYTES, Vault

_BEFORE: Final = "_BEFORE"


async def open_vault(
    keys: Database, directory: DataDirectory, configured: str, clock: Clock
) -> Vault:
    """With the key that fits, and a change of it brought to its end. ``configured``: the file that
    the settings name, or nothing.

    Raises: StorageError.
    """
    master = load_master_key(directory, configured)
    waiting = _waiting(directory, configured)
    if opens_keys(directory.keys_database, master):
        if waiting is not None:
            waiting.unlink(missing_ok=True)  # killed before the keys were wrapped anew
        return Vault(keys, master, clock)
    if waiting is not None and waiting.exists():
        new = read_master_key(waiting)
        if opens_keys(directory.keys_database, new):
            _take_place(waiting)  # killed just after
            return Vault(keys, new, clock)
    return await _from_before(keys, directory, master, clock)


def fitting_master_key(directory: DataDirectory, configured: str) -> Private[bytes]:
    """The one that opens the keys now, for whoever only reads, also while it is being changed.

    Raises: StorageError.
    """
    master = load_master_key(directory, configured)
    waiting = _waiting(directory, configured)
    if waiting is None or opens_keys(directory.keys_database, master) or not waiting.exists():
        return master
    return read_master_key(waiting)


async def rotate_master_key(vault: Vault, directory: DataDirectory, configured: str) -> int:
    """A new master key, while everything goes on. Returns how many keys it wraps.

    Raises: StorageError, StorageFull, StorageFailed; the old key is the right one then.
    """
    waiting = _waiting(directory, configured)
    if waiting is None:
        raise StorageError(
            f"The master key comes from outside. Make a new one, hand it over as {ENVIRONMENT} or"
            f" {CREDENTIAL} with the old one as {ENVIRONMENT}{_BEFORE} or {CREDENTIAL}-before, and"
            " restart the server (docs/backup.md)."
        )
    new = Private(random_bytes(KEY_BYTES))
    try:
        write_whole(waiting, written_master_key(new))
    except OSError as error:
        raise StorageError(
            f"The new master key {waiting} cannot be written: {error.strerror}. Let this user write"
            " there; nothing was changed."
        ) from error
    count = await vault.rotate(new)
    _take_place(waiting)
    return count


async def _from_before(
    keys: Database, directory: DataDirectory, master: Private[bytes], clock: Clock
) -> Vault:
    """From the key that was handed over as the old one to the one that was handed over."""
    before = _key_before()
    if before is None or not opens_keys(directory.keys_database, before):
        raise StorageError(
            "The master key does not fit the keys in keys.db. Start with the master key that"
            " belongs to this data directory (see [storage] master_key_file)."
        )
    vault = Vault(keys, before, clock)
    await vault.rotate(master)
    return vault


def _key_before() -> Private[bytes] | None:
    text = os.environ.get(ENVIRONMENT + _BEFORE)
    if text:
        return parse_master_key(text, f"the environment variable {ENVIRONMENT}{_BEFORE}")
    path = credential_path("-before")
    return read_master_key(path) if path.exists() else None


def _waiting(directory: DataDirectory, configured: str) -> Path | None:
    """Where a new key waits; ``None`` when the key comes from outside."""
    if not configured and (os.environ.get(ENVIRONMENT) or credential_path().exists()):
        return None
    path = Path(configured) if configured else directory.master_key
    return path.with_name(path.name + ".next")


def _take_place(waiting: Path) -> None:
    waiting.replace(waiting.with_name(waiting.name.removesuffix(".next")))
    sync_folder(waiting.parent)
