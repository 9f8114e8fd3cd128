"""``keys.db`` as a file: before it is opened, and in copies that nobody uses."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from cryptography.exceptions import InvalidTag

from meetd.core.private import Private
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.vault import FORMER, Cipher, Scope


def opens_keys(database: Path, master: Private[bytes]) -> bool:
    """Does it open the keys? All are wrapped with the same one, so one is tried; any key opens
    none. Reads only. Raises: StorageError when they cannot be read."""
    uri = f"{database.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            row = connection.execute("SELECT scope, owner, wrapped FROM keys LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise StorageError(_damaged(database, error)) from error
    if row is None:
        return True
    try:
        Cipher(master).open(row[2], f"{row[0]}/{row[1]}")
    except InvalidTag:
        return False
    return True


def check_keys_are_there(directory: DataDirectory) -> None:
    """Data without keys is none that a first start left: new keys would open nothing of it, and
    take the place of the right ones in the backups. Raises: StorageError."""
    keys, data = directory.keys_database, directory.database
    if data.exists() and data.stat().st_size and not (keys.exists() and keys.stat().st_size):
        raise StorageError(_damaged(keys, "it is missing or empty"))


def _damaged(database: Path, why: object) -> str:
    """What to do when there is no reading the keys."""
    return (
        f"The keys in {database} cannot be read: {why}. Nothing that was stored opens without"
        " them. Keep this directory as it is, and restore the last good backup, which has them:"
        " meetd restore DIR --recovery-key FILE --replace (docs/backup.md). The backups that there"
        " are stay as they are."
    )


def check_keys(database: Path, master: Private[bytes]) -> int:
    """Does the master key open every key in a copy that nobody uses? Returns how many there are.

    Raises: StorageError, sqlite3.Error.
    """
    cipher = Cipher(master)
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT scope, owner, wrapped FROM keys").fetchall()
    for scope, owner, wrapped in rows:
        try:
            cipher.open(wrapped, f"{scope}/{owner}")
        except InvalidTag as error:
            raise StorageError("The master key does not fit the keys beside it.") from error
    return len(rows)


def forget_in(database: Path, owners: Iterable[tuple[Scope, str | None]]) -> None:
    """Destroy keys, and those before them, in a copy that nobody uses. Owners are written as SQL
    writes text.

    Raises: sqlite3.Error.
    """
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.executemany(
            "DELETE FROM keys WHERE (scope = :scope AND quote(owner) = :owner) OR (scope = :former"
            " AND quote(substr(owner, 1, instr(owner, '/') - 1)) = :owner)",
            [{"scope": s, "owner": owner, "former": s + FORMER} for s, owner in owners],
        )
