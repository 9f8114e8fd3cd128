"""All SQL about archives that people asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Final, Literal

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.periods import DAY
from meetd.core.refusals import NoSuchRoom
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

Problem = Literal["space", "fault"]

CheckRoom = Callable[[Transaction, str], Awaitable[None]]

LASTS: Final = 7 * DAY
"""Milliseconds that an archive can be fetched."""


@dataclass(frozen=True)
class Export:
    """One archive; an account has one at most of itself, and one of each room. Times in ms since
    the Unix epoch; ``length`` in bytes, ``None`` until it is whole. ``left_out``: how many files
    could not be read. ``problem``: why it could not be made."""

    id: str
    account_id: str
    room_id: str | None
    """``None``: everything kept about the account."""
    language: str
    """BCP 47, of what the archive says to people; nothing where it says nothing."""
    asked_at: int
    ready_at: int | None
    length: int | None
    left_out: int = 0
    problem: Problem | None = None


class ExportStore:
    """Archives at rest, but for what is in them."""

    def __init__(self, database: Database, clock: Clock, check_room: CheckRoom) -> None:
        """``check_room``: whether something may be taken out of the room of that id."""
        self._database = database
        self._clock = clock
        self._check_room = check_room
        self.old = Aged(database, "exports", "asked_at < :cutoff")

    async def ask(
        self, account_id: str, room_id: str | None = None, language: str = ""
    ) -> tuple[Export, str | None]:
        """A new one, in the place of the one before, whose id is returned too.

        Raises: NoSuchRoom.
        """
        export = Export(new_id(), account_id, room_id, language, self._clock.now(), None, None)
        values = {**_which(account_id, room_id), "id": export.id, "language": language}

        async def work(transaction: Transaction) -> str | None:
            if room_id and not await transaction.execute(_ROOM, {"room": room_id}):
                raise NoSuchRoom
            former = await transaction.execute(_DELETE, values)
            await transaction.execute(
                "INSERT INTO exports (id, account_id, room_id, language, asked_at)"
                " VALUES (:id, :account, NULLIF(:room, ''), :language, :now)",
                values | {"now": export.asked_at},
            )
            return former[0]["id"] if former else None

        return export, await self._database.write(work)

    async def note_ready(self, export: Export, length: int, left_out: int) -> bool:
        """It is whole. Returns whether it is still wanted."""
        values = {"id": export.id, "now": self._clock.now(), "length": length, "left": left_out}

        async def work(transaction: Transaction) -> bool:
            return bool(
                await transaction.execute(
                    "UPDATE exports SET ready_at = :now, length = :length, left_out = :left,"
                    " problem = NULL WHERE id = :id RETURNING id",
                    values,
                )
            )

        return await self._database.write(work)

    async def note_problem(self, export: Export, problem: Problem) -> None:
        """It could not be made, for the time being."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE exports SET problem = :problem WHERE id = :id",
                {"id": export.id, "problem": problem},
            )

        await self._database.write(work)

    async def of(self, account_id: str, room_id: str | None = None) -> Export | None:
        """Unless it is too old."""
        rows = await self._database.read(
            _FIND,
            {**_which(account_id, room_id), "oldest": self._clock.now() - LASTS},
        )
        return _export(rows[0]) if rows else None

    async def all_of(self, account_id: str) -> list[tuple[Export, str | None]]:
        """Each with the name of its room."""
        rows = await self._database.read(
            "SELECT exports.*, rooms.name AS room FROM exports"
            " LEFT JOIN rooms ON rooms.id = exports.room_id"
            " WHERE account_id = :account ORDER BY asked_at, exports.id",
            {"account": account_id},
        )
        return [(_export(row), row["room"]) for row in rows]

    async def unfinished(self) -> list[Export]:
        """Oldest first."""
        rows = await self._database.read(
            "SELECT * FROM exports WHERE ready_at IS NULL ORDER BY asked_at, id"
        )
        return [_export(row) for row in rows]

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._database.read("SELECT id FROM exports")}

    async def forget(self, export: Export) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute("DELETE FROM exports WHERE id = :id", {"id": export.id})

        await self._database.write(work)

    async def forget_room(self, room_id: str) -> list[str]:
        """Returns the ids of what was kept. Raises: what ``check_room`` raises."""

        async def work(transaction: Transaction) -> list[str]:
            await self._check_room(transaction, room_id)
            rows = await transaction.execute(
                "DELETE FROM exports WHERE room_id = :id RETURNING id", {"id": room_id}
            )
            return [row["id"] for row in rows]

        return await self._database.write(work)

    async def count_of_room(self, room_id: str) -> int:
        rows = await self._database.read(
            "SELECT count(*) AS exports FROM exports WHERE room_id = :room", {"room": room_id}
        )
        return int(rows[0]["exports"])

    async def forget_before(self, room_id: str, moment: int) -> tuple[list[str], int]:
        """Archives of that room that were asked for until then (ms since the Unix epoch). Returns
        the ids of those that are whole, and how many there were in all."""

        async def work(transaction: Transaction) -> tuple[list[str], int]:
            rows = await transaction.execute(
                "DELETE FROM exports WHERE room_id = :room AND asked_at <= :moment"
                " RETURNING id, ready_at",
                {"room": room_id, "moment": moment},
            )
            return [row["id"] for row in rows if row["ready_at"] is not None], len(rows)

        return await self._database.write(work)

    async def erase(self, account_id: str) -> list[str]:
        """Returns the ids of what was kept."""

        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                "DELETE FROM exports WHERE account_id = :id RETURNING id", {"id": account_id}
            )
            return [row["id"] for row in rows]

        return await self._database.write(work)


_FIND = (
    "SELECT * FROM exports WHERE account_id = :account AND COALESCE(room_id, '') = :room"
    " AND asked_at > :oldest"
)
_DELETE = (
    "DELETE FROM exports WHERE account_id = :account AND COALESCE(room_id, '') = :room RETURNING id"
)
_ROOM = "SELECT 1 FROM rooms WHERE id = :room"


def _which(account_id: str, room_id: str | None) -> dict[str, object]:
    return {"account": account_id, "room": room_id or ""}


def _export(row: Row) -> Export:
    return Export(**{field.name: row[field.name] for field in fields(Export)})
