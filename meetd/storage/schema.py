"""Brings a database to the newest schema, at start, before anything else uses it.

Alembic and SQLAlchemy run in a process of their own and only when there is something to do: a
server that is up to date never loads them.
"""

import asyncio
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Literal

from meetd.core.files import PRIVATE, sync_folder
from meetd.storage.directory import StorageError

Name = Literal["main", "keys"]

MIGRATIONS = Path(__file__).parent / "migrations"


def newest_version(name: Name) -> str:
    """Migrations are numbered files: ``0001_what_it_does.py``."""
    return max(file.name[:4] for file in (MIGRATIONS / name / "versions").glob("[0-9]*.py"))


def current_version(database: Path) -> str:
    """The schema version of a database file; ``""`` when it has none yet."""
    if not database.exists():
        return ""
    with closing(sqlite3.connect(database)) as connection:
        if not connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchone():
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else ""


async def migrate(name: Name, database: Path, copies: Path) -> None:
    """Migrate ``database`` to the newest schema, with a copy kept in the folder ``copies`` before.

    Raises: StorageError when it was written by a newer meetd, is damaged, or cannot be migrated.
    """
    newest = newest_version(name)
    try:
        current = await asyncio.to_thread(current_version, database)
        if current > newest:
            raise StorageError(
                f"{database} was written by a newer meetd (schema {current}, this one knows"
                f" {newest}). Install that version again, or restore a backup made before it."
            )
        if current == newest:
            return
        temporary = database.with_name(database.name + ".migrating")
        await asyncio.to_thread(_prepare, database, temporary, copies, current)
    except sqlite3.Error as error:
        raise StorageError(
            f"{database} cannot be read: {error}. Keep this directory as it is, and restore the"
            " last good backup: meetd restore DIR --recovery-key FILE --replace (docs/backup.md)."
        ) from error
    # On a copy, which takes the place of the database when it is whole: SQLite's own driver does
    # not keep changes of the schema in a transaction, and a start may be killed at any moment.
    await _run_alembic(name, temporary)
    await asyncio.to_thread(_take_place, temporary, database)


def _prepare(database: Path, temporary: Path, copies: Path, version: str) -> None:
    """A copy to migrate, and one to keep; an unfinished earlier one is thrown away."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)
    if not database.exists():
        return
    copies.mkdir(mode=0o700, exist_ok=True)
    kept = copies / f"{database.stem}-schema-{version or 'none'}.db"
    with closing(sqlite3.connect(database)) as source:
        # What the log still holds goes into the file, which is replaced without its log.
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for target in (kept, temporary):
            with closing(sqlite3.connect(target)) as destination:
                source.backup(destination)
    kept.chmod(PRIVATE)


def _take_place(temporary: Path, database: Path) -> None:
    """Whole and safely on disk before it has the name."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.chmod(PRIVATE)
    temporary.replace(database)
    sync_folder(database.parent)


async def _run_alembic(name: Name, database: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "meetd.storage.run_migrations",
        str(MIGRATIONS),
        name,
        str(database),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        said = output.decode(errors="replace").strip() or "nothing; it was interrupted"
        raise StorageError(
            f"{database.stem} could not be migrated to a new schema; it is as it was before. Start"
            f" again; if that does not help, report what the migration said: {said}"
        )
