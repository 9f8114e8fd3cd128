"""Migrations run at start, keep a copy, and refuse what they do not know."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from meetd.storage import schema
from meetd.storage.directory import StorageError
from meetd.storage.schema import current_version, migrate, newest_version


async def test_a_new_database_gets_the_newest_schema(tmp_path: Path) -> None:
    database = tmp_path / "meetd.db"
    await migrate("main", database, tmp_path / "copies")
    assert current_version(database) == newest_version("main")
    assert not (tmp_path / "copies").exists()


async def test_an_older_database_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    database = tmp_path / "meetd.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0000')")
        connection.commit()
    # Alembic does not know 0000: the migration fails, and the database is as it was.
    with pytest.raises(StorageError, match="as it was before"):
        await migrate("main", database, tmp_path / "copies")
    assert current_version(database) == "0000"
    assert current_version(tmp_path / "copies" / "meetd-schema-0000.db") == "0000"


async def test_a_database_of_a_newer_meetd_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "meetd.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()
    with pytest.raises(StorageError, match="newer meetd"):
        await migrate("main", database, tmp_path / "copies")


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "meetd.db"
    database.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError, match="backup"):
        await migrate("main", database, tmp_path / "copies")
    assert database.read_bytes().startswith(b"not a database")


async def test_a_migration_that_fails_half_way_changes_nothing_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the start is killed: what it had made must not be in the way of the next one."""
    database = tmp_path / "meetd.db"
    half = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, half)
    first = next((half / "main" / "versions").glob("0001*.py"))
    first.write_text(first.read_text() + "\n    raise RuntimeError('half way')\n")
    with monkeypatch.context() as broken:
        broken.setattr(schema, "MIGRATIONS", half)
        with pytest.raises(StorageError, match="half way"):
            await migrate("main", database, tmp_path / "copies")
    assert not database.exists()
    await migrate("main", database, tmp_path / "copies")
    assert current_version(database) == newest_version("main")
    assert not database.with_name("meetd.db.migrating").exists()


async def test_who_was_made_host_before_roles_had_a_giver_is_still_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, older = tmp_path / "meetd.db", tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, older)
    for file in (older / "main" / "versions").glob("[0-9]*.py"):
        if file.name[:4] > "0010":
            file.unlink()
    with monkeypatch.context() as before:
        before.setattr(schema, "MIGRATIONS", older)
        await migrate("main", database, tmp_path / "copies")
    kept = [("made-host", "host", "handed on:knock"), ("owner", "host", "owner")]
    with closing(sqlite3.connect(database)) as connection:
        connection.executemany(
            "INSERT INTO passes (participant_id, room_id, level, basis, number, confirmed)"
            " VALUES (?, 'study', ?, ?, 1, 1)",
            kept,
        )
        connection.commit()
    await migrate("main", database, tmp_path / "copies")
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT participant_id, level, basis FROM passes ORDER BY participant_id"
        ).fetchall()
    assert rows == [("made-host", "join", "knock"), ("owner", "host", "owner")]


async def test_what_was_written_before_a_migration_is_there_after_it(tmp_path: Path) -> None:
    """Also what a killed server left in the write-ahead log."""
    database = tmp_path / "meetd.db"
    writer = sqlite3.connect(database)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE notes (text TEXT)")
    writer.execute("INSERT INTO notes VALUES ('kept')")
    writer.commit()
    copy = tmp_path / "killed.db"
    shutil.copy(database, copy)
    shutil.copy(f"{database}-wal", f"{copy}-wal")
    writer.close()
    await migrate("main", copy, tmp_path / "copies")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [("kept",)]
