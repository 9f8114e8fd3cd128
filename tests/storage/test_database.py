"""One writer, whole transactions, and clear refusals."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.core.refusals import StorageFailed, StorageFull
from meetd.storage.database import Database, Transaction


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "test.db")
    await database.open()

    async def make(transaction: Transaction) -> None:
        await transaction.execute("CREATE TABLE notes (text TEXT)")

    await database.write(make)
    yield database
    await database.close()


async def texts(database: Database) -> list[str]:
    return [row["text"] for row in await database.read("SELECT text FROM notes")]


async def add(transaction: Transaction, text: str) -> None:
    await transaction.execute("INSERT INTO notes VALUES (:text)", {"text": text})


async def test_what_was_written_is_read(database: Database) -> None:
    await database.write(lambda transaction: add(transaction, "one"))
    assert await texts(database) == ["one"]


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        await add(transaction, "half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(work)
    assert await texts(database) == []


async def test_who_is_cancelled_does_not_tear_a_transaction(database: Database) -> None:
    started = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        await add(transaction, "one")
        started.set()
        await add(transaction, "two")

    writing = asyncio.create_task(database.write(work))
    await started.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await database.write(lambda transaction: add(transaction, "three"))
    assert await texts(database) == ["one", "two", "three"]


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StorageFailed):
        await database.read("INSERT INTO notes VALUES ('x') RETURNING text")
    assert await texts(database) == []


async def all_but(threads: int) -> None:
    """Until no more than so many are left: a connection that is closed has its thread end."""
    async with asyncio.timeout(10):
        while threading.active_count() > threads:
            await asyncio.sleep(0)


async def test_a_second_reader_is_opened_when_the_first_is_busy(tmp_path: Path) -> None:
    before, database = threading.active_count(), Database(tmp_path / "test.db")
    await database.open()
    for _ in range(3):
        await database.read("SELECT 1")
    assert threading.active_count() - before == 2, "the writer and one reader"
    for _ in range(2):
        await asyncio.gather(*(database.read("SELECT 1") for _ in range(10)))
        assert threading.active_count() - before == 3
    await database.close()
    await all_but(before)


async def test_who_is_cancelled_leaves_no_reader_behind(tmp_path: Path) -> None:
    before, database = threading.active_count(), Database(tmp_path / "test.db")
    await database.open()
    for turns in range(200):  # somewhere on the way to a second reader
        reading = [asyncio.create_task(database.read("SELECT 1")) for _ in range(2)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in reading:
            task.cancel()
        await asyncio.wait(reading)
    assert threading.active_count() - before <= 3, "the writer and two readers"
    await database.close()
    with pytest.raises(StorageFailed):
        await asyncio.gather(*(database.read("SELECT 1") for _ in range(3)))
    await all_but(before)


async def test_a_full_disk_is_told_as_such_and_writing_goes_on_after(database: Database) -> None:
    async def limit(transaction: Transaction) -> None:
        pages = (await transaction.execute("PRAGMA page_count"))[0][0]
        await transaction.execute(f"PRAGMA max_page_count = {pages}")

    async def unlimited(transaction: Transaction) -> None:
        await transaction.execute("PRAGMA max_page_count = 100000")

    await database.write(limit)
    with pytest.raises(StorageFull):
        await database.write(lambda transaction: add(transaction, "x" * 50_000))
    await database.write(unlimited)
    await database.write(lambda transaction: add(transaction, "after"))
    assert await texts(database) == ["after"]


async def test_writing_is_durable_and_deleting_overwrites(database: Database) -> None:
    async def settings(transaction: Transaction) -> tuple[int, int, str]:
        synchronous = (await transaction.execute("PRAGMA synchronous"))[0][0]
        secure_delete = (await transaction.execute("PRAGMA secure_delete"))[0][0]
        journal = (await transaction.execute("PRAGMA journal_mode"))[0][0]
        return synchronous, secure_delete, journal

    assert await database.write(settings) == (2, 1, "wal")


async def test_closing_leaves_one_whole_file(tmp_path: Path) -> None:
    database = Database(tmp_path / "closed.db")
    await database.open()
    await database.close()
    with pytest.raises(StorageFailed):
        await database.write(lambda transaction: add(transaction, "late"))
    assert [file.name for file in tmp_path.iterdir()] == ["closed.db"]
    with sqlite3.connect(tmp_path / "closed.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_read_only_reads_beside_the_writer_and_never_writes(
    database: Database, tmp_path: Path
) -> None:
    looking = Database(tmp_path / "test.db", readers=1, read_only=True)
    await looking.open()
    await database.write(lambda transaction: add(transaction, "new"))
    assert await texts(looking) == ["new"]
    with pytest.raises(StorageFailed):
        await looking.write(lambda transaction: add(transaction, "x"))
    with pytest.raises(StorageFailed):
        await looking.read("INSERT INTO notes VALUES ('x') RETURNING text")
    await looking.close()
    assert await texts(database) == ["new"]


async def test_read_only_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await Database(tmp_path / "missing.db", readers=1, read_only=True).open()
    assert list(tmp_path.iterdir()) == []
