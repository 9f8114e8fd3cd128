"""Migrations run at start, keep a copy, and refuse what they do not know."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

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
    # Alembic does not know 0000: the migration fails, and both files are as they were.
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
