"""All SQL about copies of whole databases: taking one, counting in it, and what was deleted since.

Synchronous, for a process of its own. The server's file is only read, by a connection that never
checkpoints (see ``storage.database``).
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

_KEY_COLUMNS: Final = ("first", "second", "third")
_NOT_COUNTED: Final = frozenset({"alembic_version"})


class Tombstone(msgspec.Struct, frozen=True, array_like=True):
    """A row that was deleted; ``key`` as SQL writes its values."""

    number: int
    of: str
    key: tuple[str | None, str | None, str | None]


def copy_database(database: Path, target: Path) -> None:
    """As it is at one moment, while others write: ``VACUUM INTO`` reads in one transaction. The
    backup API in steps begins anew with every write of another process, and never ends
    (docs/performance.md). Raises: sqlite3.Error, OSError."""
    target.unlink(missing_ok=True)
    with _open(database, "ro") as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("VACUUM INTO ?", [str(target)])
    with target.open("rb") as file:
        os.fsync(file.fileno())
    target.chmod(0o600)


def rows_in(database: Path) -> dict[str, int]:
    """Per table. Raises: sqlite3.Error."""
    with _open(database, "ro") as connection:
        return {
            table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in _tables(connection)
            if table not in _NOT_COUNTED
        }


def last_tombstone(database: Path) -> int:
    """The number of the last one that was ever written there. Raises: sqlite3.Error."""
    with _open(database, "ro") as connection:
        row = connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'tombstones'"
        ).fetchone()
        return row[0] if row else 0


def trusted_clock(database: Path) -> int | None:
    """The last time that the server believed (ms since the Unix epoch). Raises: sqlite3.Error."""
    with _open(database, "ro") as connection:
        row = connection.execute("SELECT trusted_at FROM clock").fetchone()
        return row[0] if row else None


def tombstones_in(database: Path) -> list[Tombstone]:
    """Raises: sqlite3.Error."""
    with _open(database, "ro") as connection:
        rows = connection.execute("SELECT number, of, first, second, third FROM tombstones")
        return [Tombstone(number, of, tuple(key)) for number, of, *key in rows]


def is_sound(database: Path) -> bool:
    """Is every page as SQLite wrote it? Raises: sqlite3.Error."""
    with _open(database, "ro") as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def replay(database: Path, tombstones: Sequence[Tombstone], last: int) -> int:
    """Delete what those say, in a copy that nobody uses yet. ``last``: the number of the last
    tombstone that was ever written; what is deleted from now on gets higher ones. Returns how many
    rows went, without those that went along. Raises: sqlite3.Error."""
    with _open(database, "rw") as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT OR IGNORE INTO tombstones (number, of, first, second, third)"
            " VALUES (?, ?, ?, ?, ?)",
            [(each.number, each.of, *each.key) for each in tombstones],
        )
        _count_on_from(connection, last)
        connection.execute("CREATE TEMP TABLE gone (of, first, second, third)")
        connection.executemany(
            "INSERT INTO gone VALUES (?, ?, ?, ?)", [(each.of, *each.key) for each in tombstones]
        )
        connection.execute("CREATE INDEX temp.gone_by_key ON gone (of, first)")
        _let_go(connection)
        connection.execute("PRAGMA defer_foreign_keys=ON")
        tables = sorted({each.of for each in tombstones} & set(_tables(connection)))
        removed = sum(
            connection.execute(_delete(connection, table), {"of": table}).rowcount
            for table in tables
        )
        connection.execute("COMMIT")
        return removed


def _count_on_from(connection: sqlite3.Connection, last: int) -> None:
    there = connection.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'tombstones'").fetchone()
    if not there:
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('tombstones', 0)")
    connection.execute(
        "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'tombstones'", [last]
    )


def _let_go(connection: sqlite3.Connection) -> None:
    """What belonged to somebody who is gone, and was handed on after the backup, belongs to
    nobody: it is not theirs, and to whom it went is not known any more."""
    for table in _tables(connection):
        for _, _, parent, column, to, _, on_delete, _ in connection.execute(
            f'PRAGMA foreign_key_list("{table}")'
        ).fetchall():
            if on_delete == "NO ACTION":
                connection.execute(
                    f'UPDATE "{table}" SET "{column}" = NULL WHERE "{column}" IN'  # noqa: S608
                    f' (SELECT "{to}" FROM "{parent}" WHERE quote("{to}") IN'
                    f" (SELECT first FROM gone WHERE of = '{parent}'))"
                )


def _delete(connection: sqlite3.Connection, table: str) -> str:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    key = [name for _, name, *_, place in sorted(columns, key=lambda row: row[5]) if place]
    same = " AND ".join(
        f'gone.{part} = quote("{table}"."{column}")'
        for part, column in zip(_KEY_COLUMNS, key, strict=False)
    )
    return f'DELETE FROM "{table}" WHERE EXISTS (SELECT 1 FROM gone WHERE of = :of AND {same})'  # noqa: S608


def _tables(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return iter(row[0] for row in rows)


@contextmanager
def _open(database: Path, mode: str) -> Iterator[sqlite3.Connection]:
    uri = f"{database.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        yield connection
