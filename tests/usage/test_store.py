"""What a restored copy of the database counts as summed up."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from meetd.core.periods import midnight
from meetd.usage.store import close_month_in

NOW = midnight(date(2027, 1, 31))


def copy_with(folder: Path, *statements: str) -> Path:
    path = folder / "meetd.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return path


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def test_the_month_before_is_closed_and_its_sums_stay(tmp_path: Path) -> None:
    path = copy_with(
        tmp_path,
        "CREATE TABLE usage_months (month TEXT, name TEXT, value INT, PRIMARY KEY (month, name))",
        "INSERT INTO usage_months VALUES ('2026-11', 'closed', 0), ('2026-12', 'people', 20)",
    )
    for _ in range(2):
        close_month_in(path, NOW)
        assert rows(path, "SELECT * FROM usage_months ORDER BY month, name") == [
            ("2026-11", "closed", 0),
            ("2026-12", "closed", 0),
            ("2026-12", "people", 20),
        ]


def test_a_copy_from_before_there_were_sums_is_left_as_it_is(tmp_path: Path) -> None:
    path = copy_with(tmp_path, "CREATE TABLE rooms (id TEXT)")
    close_month_in(path, NOW)
    assert rows(path, "SELECT name FROM sqlite_master") == [("rooms",)]
