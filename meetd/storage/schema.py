"""Brings a database to the newest schema, at start, before anything else uses it.

Alembic and SQLAlchemy run in a process of their own and only when there is something to do: a
server that is up to date never loads them.
"""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Literal

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
        if current:
            await asyncio.to_thread(_copy, database, copies, current)
    except sqlite3.Error as error:
        raise StorageError(
            f"{database} cannot be read: {error}. Restore it from a backup."
        ) from error
    await _run_alembic(name, database)


def _copy(database: Path, copies: Path, version: str) -> None:
    copies.mkdir(mode=0o700, exist_ok=True)
    target = copies / f"{database.stem}-schema-{version}.db"
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(target)) as destination,
    ):
        source.backup(destination)
    target.chmod(0o600)


async def _run_alembic(name: Name, database: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "meetd.storage.run_migrations",
        name,
        str(database),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        said = output.decode(errors="replace").strip() or "nothing; it was interrupted"
        raise StorageError(
            f"{database} could not be migrated; it is as it was before. Start again; if that does"
            f" not help, report what the migration said: {said}"
        )
    await asyncio.to_thread(database.chmod, 0o600)
