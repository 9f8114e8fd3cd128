"""All SQL about snapshots of whiteboards, and the encryption of what is in them."""

import asyncio

from meetd.boards.board import Board, Snapshot
from meetd.boards.store import OF_ROOM
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import NoSuchBoard, NoSuchSnapshot
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import SealedColumn
from meetd.storage.vault import Cipher, Vault


class SnapshotStore:
    """The snapshots of all boards."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def add(
        self, board: Board, number: int, author_name: str, update: bytes, *, most: int, limit: int
    ) -> Snapshot:
        """The ``most`` newest stay, as long as they have ``limit`` bytes together; the new one
        always does. Raises: NoSuchBoard."""
        cipher = await self._vault.cipher("room", board.room_id)
        snapshot = Snapshot(new_id(), number, author_name, self._clock.now())
        values = _values(board, snapshot, update, cipher) | {"most": most, "limit": limit}

        async def work(transaction: Transaction) -> None:
            if not await transaction.execute("SELECT 1 FROM boards WHERE id = :board", values):
                raise NoSuchBoard
            await transaction.execute(_INSERT, values)
            await transaction.execute(_DROP_OLD, values)

        await self._database.write(work)
        return snapshot

    async def of_board(self, board: Board) -> list[Snapshot]:
        """Newest first."""
        rows = await self._database.read(_LIST, {"board": board.id})
        if not rows:
            return []
        cipher = await self._vault.cipher("room", board.room_id)
        return [_snapshot(row, board, cipher) for row in rows]

    async def read(self, board: Board, snapshot_id: str) -> bytes:
        """One update with everything. Raises: NoSuchSnapshot."""
        rows = await self._database.read(_READ, {"board": board.id, "id": snapshot_id})
        if not rows:
            raise NoSuchSnapshot
        cipher = await self._vault.cipher("room", board.room_id)
        place = _place(board.id, snapshot_id, "update")
        return await asyncio.to_thread(cipher.open, rows[0]["sealed"], place)


def _values(board: Board, snapshot: Snapshot, update: bytes, cipher: Cipher) -> dict[str, object]:
    author = snapshot.author_name.encode()
    return {
        "id": snapshot.id,
        "board": board.id,
        "number": snapshot.number,
        "author": cipher.seal(author, _place(board.id, snapshot.id, "author")),
        "sealed": cipher.seal(update, _place(board.id, snapshot.id, "update")),
        "now": snapshot.made_at,
    }


def _snapshot(row: Row, board: Board, cipher: Cipher) -> Snapshot:
    author = cipher.open(row["sealed_author"], _place(board.id, row["id"], "author"))
    return Snapshot(row["id"], row["number"], author.decode(), row["made_at"])


def _place(board_id: str, snapshot_id: str, what: str) -> str:
    return f"boards/{board_id}/snapshots/{snapshot_id}/{what}"


SEALED = (
    SealedColumn(
        "board_snapshots",
        "sealed_author",
        ("id",),
        OF_ROOM,
        lambda row: _place(row["board_id"], row["id"], "author"),
        also=("board_id",),
    ),
    SealedColumn(
        "board_snapshots",
        "sealed",
        ("id",),
        OF_ROOM,
        lambda row: _place(row["board_id"], row["id"], "update"),
        also=("board_id",),
        at_once=1,
    ),
)


_INSERT = (
    "INSERT INTO board_snapshots (id, board_id, number, sealed_author, sealed, made_at)"
    " VALUES (:id, :board, :number, :author, :sealed, :now)"
)
_DROP_OLD = (
    "DELETE FROM board_snapshots WHERE id IN (SELECT id FROM ("
    "  SELECT id, ROW_NUMBER() OVER newest AS place, SUM(LENGTH(sealed)) OVER newest AS bytes"
    "  FROM board_snapshots WHERE board_id = :board"
    "  WINDOW newest AS (ORDER BY number DESC, made_at DESC, id ROWS UNBOUNDED PRECEDING))"
    " WHERE place > :most OR (place > 1 AND bytes > :limit))"
)
_LIST = (
    "SELECT id, number, sealed_author, made_at FROM board_snapshots WHERE board_id = :board"
    " ORDER BY number DESC, made_at DESC, id"
)
_READ = "SELECT sealed FROM board_snapshots WHERE board_id = :board AND id = :id"
