"""One SQLite file: one connection that writes, some that only read.

SQLite before 3.51.3 can corrupt a write-ahead log when two connections checkpoint it, so the writer
alone does. A write transaction is one call: it runs to its end, in the order of the calls, even
when whoever asked for it is gone.
"""

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from meetd.core.refusals import StorageFailed, StorageFull

_log = logging.getLogger(__name__)

T = TypeVar("T")
Parameters = Mapping[str, Any] | Sequence[Any]
Row = sqlite3.Row

READERS = 2
_FULL_BELOW = 1 << 20
"""Bytes of free space below which an I/O error is taken for a full disk."""

_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # what was acknowledged survives a power cut
    "PRAGMA secure_delete=ON",  # what was deleted is overwritten
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)
_READER_PRAGMAS = (
    "PRAGMA query_only=ON",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA busy_timeout=5000",
)


class Transaction:
    """What a write may do. Values are always passed apart from the SQL."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and fetch all of its rows."""
        return list(await self._connection.execute_fetchall(sql, parameters))


class Database:
    """One file. ``open`` before use; ``close`` ends all of its threads.

    ``read_only`` for commands that look at the data of a running server: no writer, and nothing of
    the file is ever touched, so that the one that writes stays the only one.
    """

    def __init__(self, path: Path, readers: int = READERS, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._unopened = readers
        self._stack = AsyncExitStack()
        self._writer: aiosqlite.Connection | None = None
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        self._order = asyncio.Lock()
        self._opening = asyncio.Lock()
        self.failures = 0
        """Reads and writes that could not be done, since the start."""

    async def open(self) -> None:
        # The writer is opened first and so closed last: it does the final checkpoint.
        if not self._read_only:
            self._writer = await self._connect(_WRITER_PRAGMAS)
        await self._open_reader()

    async def close(self) -> None:
        async with self._order, self._opening:  # let the write that is under way finish
            self._writer = None
            self._unopened = 0
            await self._stack.aclose()

    async def read(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of one query.

        Raises: StorageFailed.
        """
        connection = await self._reader()
        try:
            return list(await connection.execute_fetchall(sql, parameters))
        except (sqlite3.Error, ValueError) as error:  # ValueError: closed already
            raise self._refusal(error) from error
        finally:
            self._readers.put_nowait(connection)

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run ``work`` as one transaction: committed when it returns, undone when it raises.

        Raises: StorageFull, StorageFailed; nothing was kept then.
        """
        return await asyncio.shield(asyncio.ensure_future(self._transact(work)))

    async def checkpoint(self) -> None:
        """Empty the log into the file, so that what was deleted or replaced is gone from both. As
        far as readers let it: what is left comes with the next one.

        Raises: StorageFailed.
        """
        async with self._order:
            if self._writer is None:
                raise StorageFailed
            try:
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise self._refusal(error) from error

    async def _reader(self) -> aiosqlite.Connection:
        """One that is free. Others than the first are opened when they are wanted: one that nobody
        needs holds 0.3 MiB."""
        if self._unopened and self._readers.empty():
            try:
                await asyncio.shield(asyncio.ensure_future(self._open_reader()))
            except sqlite3.Error as error:
                raise self._refusal(error) from error
        return await self._readers.get()

    async def _open_reader(self) -> None:
        """To its end, for those who wait as well: nothing of it is left behind, nor opened while
        all is closed."""
        async with self._opening:
            if self._unopened and self._readers.empty():
                self._readers.put_nowait(await self._connect(_READER_PRAGMAS))
                self._unopened -= 1

    async def _transact(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self._order:
            connection = self._writer
            if connection is None:
                raise StorageFailed
            try:
                await connection.execute_fetchall("BEGIN IMMEDIATE")
                try:
                    result = await work(Transaction(connection))
                    await connection.execute_fetchall("COMMIT")
                except BaseException:
                    if connection.in_transaction:  # some errors have rolled back already
                        await connection.execute_fetchall("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise self._refusal(error) from error
            return result

    def _refusal(self, error: sqlite3.Error | ValueError) -> StorageFull | StorageFailed:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        full = code == sqlite3.SQLITE_FULL or (
            code == sqlite3.SQLITE_IOERR and shutil.disk_usage(self._path.parent).free < _FULL_BELOW
        )
        refusal = StorageFull() if full else StorageFailed()
        # The operator learns of it here and nowhere else: people are only told that it failed.
        fields = {"database": self._path.name, "sqlite": getattr(error, "sqlite_errorname", "")}
        _log.error("storage failed: %s", refusal.code, extra={"fields": fields})
        self.failures += 1
        return refusal

    async def _connect(self, pragmas: Sequence[str]) -> aiosqlite.Connection:
        if self._read_only and not self._path.exists():
            # Found out before a thread begins: nobody could wait for the end of that one.
            raise sqlite3.OperationalError(f"{self._path} is not there")
        mode = "ro" if self._read_only else "rwc"
        connection = await self._stack.enter_async_context(
            aiosqlite.connect(
                f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
            )
        )
        connection.row_factory = sqlite3.Row
        for pragma in pragmas:
            await connection.execute_fetchall(pragma)
        return connection
