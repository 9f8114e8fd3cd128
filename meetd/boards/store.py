"""All SQL about whiteboards, and the encryption of what was drawn."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from meetd.boards.board import Board, Kept, Label
from meetd.boards.compacting import Compacted
from meetd.core.amounts import Amount
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import BoardFull, NoSuchBoard, NoSuchRoom, Refusal, TooManyBoards
from meetd.rooms.also import Also
from meetd.rooms.hold_store import check_not_held
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import SealedColumn
from meetd.storage.vault import OVERHEAD, Cipher, Vault


@dataclass(frozen=True)
class Addition:
    """An update that is to be kept."""

    board: Board
    update: bytes = field(repr=False)
    limit: int
    """Bytes of the board, with it."""


@dataclass(frozen=True)
class Tail:
    """What lies on top of the base of a board, in bytes as they are stored."""

    updates: int
    bytes: int
    base_bytes: int


EMPTY_VECTOR = b"\x00"


class BoardStore:
    """The boards of all rooms."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._relabelled: list[Callable[[Board], None]] = []

    def on_relabelled(self, listener: Callable[[Board], None]) -> None:
        """Called with boards whose maker has another name from now on, or none."""
        self._relabelled.append(listener)

    async def add(
        self, room_id: str, label: Label, author: str, limit: int, also: Also | None = None
    ) -> Board:
        """A new board, empty, done with ``also``. Raises: TooManyBoards, NoSuchRoom."""
        cipher = await self._vault.cipher("room", room_id)
        board = Board(new_id(), room_id, label, author, self._clock.now())

        async def work(transaction: Transaction) -> None:
            await _check_room(transaction, room_id, limit)
            await _insert(transaction, board, cipher)
            if also is not None:
                await also(transaction)

        await self._database.write(work)
        return board

    async def add_whole(self, board: Board, compacted: Compacted, limit: int) -> None:
        """One that was drawn elsewhere, with everything on it. Raises: TooManyBoards,
        NoSuchRoom."""
        cipher = await self._vault.cipher("room", board.room_id)
        values = {
            "board": board.id,
            "room": board.room_id,
            "number": 1,
            "state": cipher.seal(compacted.state, _place(board.id, "state")),
            "sealed": cipher.seal(compacted.update, _place(board.id, "base/1")),
            "length": len(compacted.update),
        }

        async def work(transaction: Transaction) -> None:
            await _check_room(transaction, board.room_id, limit)
            await _insert(transaction, board, cipher)
            await transaction.execute(_PUT_BASE, values)
            await transaction.execute(_BEGIN_AT_ONE, values)

        await self._database.write(work)

    async def boards(self, room_id: str) -> list[Board]:
        """All of a room, oldest first."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room ORDER BY added_at, id", {"room": room_id}
        )
        if not rows:
            return []
        cipher = await self._vault.cipher("room", room_id)
        return [_board(row, cipher) for row in rows]

    async def bytes_kept(self) -> int:
        """Of all rooms."""
        rows = await self._database.read("SELECT COALESCE(SUM(bytes), 0) AS bytes FROM boards")
        return int(rows[0]["bytes"])

    async def holds_any(self, room_id: str) -> bool:
        rows = await self._database.read(_COUNT, {"room": room_id})
        return bool(rows[0]["boards"])

    async def used(self, room_id: str) -> Amount:
        """Of that room, with its snapshots."""
        rows = await self._database.read(_USED, {"room": room_id, "overhead": OVERHEAD})
        return Amount(rows[0]["boards"], rows[0]["bytes"] + rows[0]["kept"])

    async def relabel(self, board: Board) -> None:
        """Its name is another one. Raises: NoSuchBoard."""
        cipher = await self._vault.cipher("room", board.room_id)

        async def work(transaction: Transaction) -> None:
            await transaction.execute(_MOVE_MAKER, _maker(board, cipher))
            if not await transaction.execute(_RELABEL, _values(board, cipher)):
                raise NoSuchBoard

        await self._database.write(work)

    async def by_authors(self, authors: tuple[str, ...]) -> list[Board]:
        """What these participants made, oldest first."""
        rows = await self._database.read(
            _BY_AUTHORS, {"ids": msgspec.json.encode(authors).decode()}
        )
        return [_board(row, await self._vault.cipher("room", row["room_id"])) for row in rows]

    async def rename_authors(self, authors: tuple[str, ...], name: str) -> int:
        """Returns of how many boards. Raises: RoomHeld."""
        boards = await self.by_authors(authors)
        for board in boards:
            label = msgspec.structs.replace(board.label, author_name=name)
            await self._change_maker(replace(board, label=label), _RENAME_MAKER)
        return len(boards)

    async def forget_authors(self, authors: tuple[str, ...]) -> int:
        """Made by nobody from now on, whom the id of the board stands for. Returns of how many.

        Raises: RoomHeld.
        """
        boards = await self.by_authors(authors)
        for board in boards:
            label = msgspec.structs.replace(board.label, author_name="")
            await self._change_maker(replace(board, label=label, author=board.id), _FORGET_MAKER)
        return len(boards)

    async def _change_maker(self, board: Board, change: str) -> None:
        """``change``: the statement. A board that was removed meanwhile stays gone, and a maker who
        was forgotten. Raises: RoomHeld."""
        cipher = await self._vault.cipher("room", board.room_id)

        async def work(transaction: Transaction) -> bool:
            await check_not_held(transaction, board.room_id)
            return bool(await transaction.execute(change, _maker(board, cipher)))

        if await self._database.write(work):
            for listener in self._relabelled:
                listener(board)

    async def remove(self, board: Board) -> None:
        """Raises: RoomHeld."""

        async def work(transaction: Transaction) -> None:
            await check_not_held(transaction, board.room_id)
            await transaction.execute("DELETE FROM boards WHERE id = :id", {"id": board.id})

        await self._database.write(work)

    async def keep(self, additions: Sequence[Addition]) -> list[Kept | Refusal]:
        """Many at once, in one transaction, each kept or refused by itself: NoSuchBoard, BoardFull.

        Raises: StorageFull, StorageFailed; none was kept then.
        """
        ciphers = {
            room: await self._vault.cipher("room", room)
            for room in {each.board.room_id for each in additions}
        }

        async def work(transaction: Transaction) -> list[Kept | Refusal]:
            return [
                await _keep(transaction, each, ciphers[each.board.room_id]) for each in additions
            ]

        return await self._database.write(work)

    async def read(self, board: Board, after: int = 0) -> list[Kept]:
        """What was kept after that number, oldest first; the base first if any of it is new."""
        cipher = await self._vault.cipher("room", board.room_id)
        values = {"board": board.id, "after": after}
        # One statement, so one moment: between two, a compaction could take rows away.
        rows = await self._database.read(_READ, values)
        # A whole board takes longer than others can wait for their turn.
        return await asyncio.to_thread(_all_kept, rows, board, cipher)

    async def last_number(self, board: Board) -> int:
        """0 where nothing was kept, or the board is gone."""
        rows = await self._database.read(
            "SELECT last_number FROM boards WHERE id = :board", {"board": board.id}
        )
        return rows[0]["last_number"] if rows else 0

    async def state(self, board: Board) -> tuple[int, bytes]:
        """The number and the state vector of the base."""
        rows = await self._database.read(
            "SELECT number, sealed_state FROM board_bases WHERE board_id = :board",
            {"board": board.id},
        )
        if not rows:
            return 0, EMPTY_VECTOR
        cipher = await self._vault.cipher("room", board.room_id)
        return rows[0]["number"], cipher.open(rows[0]["sealed_state"], _place(board.id, "state"))

    async def tail(self, board: Board) -> Tail:
        row = (await self._database.read(_TAIL, {"board": board.id}))[0]
        return Tail(row["updates"], row["bytes"], row["base_bytes"])

    async def replace(self, board: Board, number: int, compacted: Compacted) -> None:
        """One base instead of everything up to ``number``. A board that is gone stays gone."""
        cipher = await self._vault.cipher("room", board.room_id)
        values = {
            "board": board.id,
            "number": number,
            "state": cipher.seal(compacted.state, _place(board.id, "state")),
            "sealed": cipher.seal(compacted.update, _place(board.id, f"base/{number}")),
            "overhead": OVERHEAD,
        }

        async def work(transaction: Transaction) -> None:
            if not await transaction.execute("SELECT 1 FROM boards WHERE id = :board", values):
                return
            await transaction.execute(_DELETE_UPDATES, values)
            await transaction.execute(_PUT_BASE, values)
            await transaction.execute(_COUNT_BYTES, values)

        await self._database.write(work)


async def _check_room(transaction: Transaction, room_id: str, limit: int) -> None:
    values = {"room": room_id}
    if not await transaction.execute("SELECT 1 FROM rooms WHERE id = :room", values):
        raise NoSuchRoom
    if (await transaction.execute(_COUNT, values))[0]["boards"] >= limit:
        raise TooManyBoards(limit=limit)


async def _keep(transaction: Transaction, addition: Addition, cipher: Cipher) -> Kept | Refusal:
    board, update, limit = addition.board, addition.update, addition.limit
    values = {"board": board.id, "length": len(update), "limit": limit}
    numbered = await transaction.execute(_NEXT_NUMBER, values)
    if not numbered:
        there = await transaction.execute("SELECT 1 FROM boards WHERE id = :board", values)
        return BoardFull(limit=limit) if there else NoSuchBoard()
    number = numbered[0]["last_number"]
    sealed = cipher.seal(update, _place(board.id, str(number)))
    await transaction.execute(_INSERT_UPDATE, values | {"number": number, "sealed": sealed})
    return Kept(number, update)


async def _insert(transaction: Transaction, board: Board, cipher: Cipher) -> None:
    await transaction.execute(_INSERT, _values(board, cipher))
    await transaction.execute(_INSERT_MAKER, _maker(board, cipher))


def _values(board: Board, cipher: Cipher) -> dict[str, object]:
    label = msgspec.structs.replace(board.label, author_name="")
    return {
        "id": board.id,
        "room": board.room_id,
        "sealed": cipher.seal(msgspec.json.encode(label), _label_place(board.id)),
        "now": board.added_at,
    }


def _maker(board: Board, cipher: Cipher) -> dict[str, object]:
    """Apart from the board, which stays when they are forgotten: a row that was deleted comes back
    with no backup."""
    name = board.label.author_name.encode()
    sealed = cipher.seal(name, _place(board.id, "maker"))
    return {"id": board.id, "author": board.author, "sealed": sealed}


def _board(row: Row, cipher: Cipher) -> Board:
    """Of boards that are older than the table of makers, the label has the name."""
    id_ = row["id"]
    label = msgspec.json.decode(cipher.open(row["sealed"], _label_place(id_)), type=Label)
    if row["sealed_maker"] is not None:
        name = cipher.open(row["sealed_maker"], _place(id_, "maker")).decode()
        label = msgspec.structs.replace(label, author_name=name)
    author = row["maker"] or row["author"] or id_
    return Board(id_, row["room_id"], label, author, row["added_at"])


def _all_kept(rows: list[Row], board: Board, cipher: Cipher) -> list[Kept]:
    return [_kept(row, board, cipher) for row in rows]


def _kept(row: Row, board: Board, cipher: Cipher) -> Kept:
    number = row["number"]
    what = f"base/{number}" if row["is_base"] else str(number)
    return Kept(number, cipher.open(row["sealed"], _place(board.id, what)))


def _label_place(board_id: str) -> str:
    return f"boards/{board_id}"


def _place(board_id: str, what: str) -> str:
    return f"boards/{board_id}/{what}"


OF_ROOM = "board_id IN (SELECT id FROM boards WHERE room_id = :room)"
SEALED = (
    SealedColumn(
        "boards", "sealed", ("id",), "room_id = :room", lambda row: _label_place(row["id"])
    ),
    SealedColumn(
        "board_makers",
        "sealed",
        ("board_id",),
        OF_ROOM,
        lambda row: _place(row["board_id"], "maker"),
    ),
    SealedColumn(
        "board_bases",
        "sealed_state",
        ("board_id",),
        OF_ROOM,
        lambda row: _place(row["board_id"], "state"),
    ),
    SealedColumn(
        "board_bases",
        "sealed",
        ("board_id",),
        OF_ROOM,
        lambda row: _place(row["board_id"], f"base/{row['number']}"),
        also=("number",),
        at_once=1,
    ),
    SealedColumn(
        "board_updates",
        "sealed",
        ("board_id", "number"),
        OF_ROOM,
        lambda row: _place(row["board_id"], str(row["number"])),
    ),
)


_COUNT = "SELECT COUNT(*) AS boards FROM boards WHERE room_id = :room"
# What of a large value lies beyond its row is not read for its length.
_USED = (
    "SELECT COUNT(*) AS boards, COALESCE(SUM(bytes), 0) AS bytes,"
    " (SELECT COALESCE(SUM(LENGTH(board_snapshots.sealed) - :overhead), 0) FROM board_snapshots"
    "  JOIN boards AS own ON own.id = board_snapshots.board_id WHERE own.room_id = :room) AS kept"
    " FROM boards WHERE room_id = :room"
)
_SELECT = (
    "SELECT boards.*, board_makers.author AS maker, board_makers.sealed AS sealed_maker"
    " FROM boards LEFT JOIN board_makers ON board_id = boards.id"
)
_INSERT = (
    "INSERT INTO boards (id, room_id, sealed, author, added_at, bytes, last_number)"
    " VALUES (:id, :room, :sealed, '', :now, 0, 0)"
)
_INSERT_MAKER = "INSERT INTO board_makers (board_id, author, sealed) VALUES (:id, :author, :sealed)"
# With the label of an older board its maker is written anew: apart.
_MOVE_MAKER = (
    "INSERT INTO board_makers (board_id, author, sealed)"
    " SELECT id, author, :sealed FROM boards WHERE id = :id AND author != ''"
)
_RENAME_MAKER = "UPDATE board_makers SET sealed = :sealed WHERE board_id = :id RETURNING board_id"
_FORGET_MAKER = "DELETE FROM board_makers WHERE board_id = :id RETURNING board_id"
_BEGIN_AT_ONE = "UPDATE boards SET last_number = 1, bytes = :length WHERE id = :board"
_RELABEL = "UPDATE boards SET sealed = :sealed, author = '' WHERE id = :id RETURNING id"
_BY_AUTHORS = (
    f"{_SELECT} WHERE board_makers.author IN (SELECT value FROM json_each(:ids))"  # noqa: S608
    " ORDER BY added_at, id"
)
_NEXT_NUMBER = (
    "UPDATE boards SET last_number = last_number + 1, bytes = bytes + :length"
    " WHERE id = :board AND bytes + :length <= :limit RETURNING last_number"
)
_INSERT_UPDATE = (
    "INSERT INTO board_updates (board_id, number, sealed) VALUES (:board, :number, :sealed)"
)
_READ = (
    "SELECT number, sealed, 1 AS is_base FROM board_bases"
    " WHERE board_id = :board AND number > :after UNION ALL"
    " SELECT number, sealed, 0 AS is_base FROM board_updates"
    " WHERE board_id = :board AND number > :after ORDER BY number"
)
_TAIL = (
    "SELECT COUNT(*) AS updates, COALESCE(SUM(LENGTH(sealed)), 0) AS bytes,"
    " COALESCE((SELECT LENGTH(sealed) FROM board_bases WHERE board_id = :board), 0) AS base_bytes"
    " FROM board_updates WHERE board_id = :board"
)
_DELETE_UPDATES = "DELETE FROM board_updates WHERE board_id = :board AND number <= :number"
_PUT_BASE = (
    "INSERT INTO board_bases (board_id, number, sealed_state, sealed)"
    " VALUES (:board, :number, :state, :sealed)"
    " ON CONFLICT (board_id) DO UPDATE SET number = excluded.number,"
    " sealed_state = excluded.sealed_state, sealed = excluded.sealed"
)
_COUNT_BYTES = (
    "UPDATE boards SET bytes ="
    " (SELECT COALESCE(SUM(LENGTH(sealed) - :overhead), 0) FROM board_updates"
    "  WHERE board_id = :board)"
    " + (SELECT LENGTH(sealed) - :overhead FROM board_bases WHERE board_id = :board)"
    " WHERE id = :board"
)
