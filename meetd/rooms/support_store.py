"""All SQL about support entries that are not over and done with: unread by the owner, or under way.
What they were, and why, is in the audit log."""

from dataclasses import dataclass

from meetd.rooms.also import Also
from meetd.rooms.room import Room
from meetd.storage.database import Database, Row, Transaction


@dataclass(frozen=True)
class Unread:
    """``number``: of the line in the audit log."""

    number: int
    room: str
    """Name of the room."""


@dataclass(frozen=True)
class UnderWay:
    """Somebody is in a room for support. Times in milliseconds since the epoch."""

    number: int
    account_id: str
    room_id: str
    owner_id: str
    joined_at: int
    seen_at: int


class SupportStore:
    """Entries that somebody still has to hear of or to leave."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, work: Also) -> None:
        """As one transaction."""
        await self._database.write(work)

    async def begin(
        self, transaction: Transaction, number: int, account_id: str, room: Room
    ) -> None:
        await transaction.execute(
            "INSERT INTO support_entries (number, account_id, room_id, owner_id, unread)"
            " VALUES (:number, :account, :room, :owner, :yes)",
            {
                "number": number,
                "account": account_id,
                "room": room.id,
                "owner": room.owner_id,
                "yes": True,
            },
        )

    async def arrive(self, number: int, account_id: str, room: Room, joined_at: int) -> None:
        """In the room from now on, or back in it. An entry that somebody is in by is not another's
        time as well."""
        values = {
            "number": number,
            "account": account_id,
            "room": room.id,
            "owner": room.owner_id,
            "no": False,
            "joined": joined_at,
        }

        async def work(transaction: Transaction) -> None:
            if not await transaction.execute(f"{_SELECT} {_THAT}", values):
                await transaction.execute(_ARRIVE, values)

        await self._database.write(work)

    async def see(self, now: int) -> None:
        """Whoever is in is in until now at least."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE support_entries SET seen_at = :now WHERE joined_at IS NOT NULL",
                {"now": now},
            )

        await self._database.write(work)

    async def leave(
        self, transaction: Transaction, account_id: str, room_id: str, joined_at: int
    ) -> int | None:
        """Out of the room. Returns the number of the entry, while it is known."""
        values = {"account": account_id, "room": room_id, "joined": joined_at}
        found = await transaction.execute(f"{_LEAVE} {_THAT} RETURNING number", values)
        await transaction.execute(_SWEEP, {"no": False})
        return found[0]["number"] if found else None

    async def under_way(self) -> list[UnderWay]:
        rows = await self._database.read(f"{_SELECT} WHERE joined_at IS NOT NULL ORDER BY number")
        return [_under_way(row) for row in rows]

    async def unread(self, owner_id: str) -> list[Unread]:
        """What that owner was not told of yet, as far as they showed; newest first."""
        rows = await self._database.read(
            "SELECT number, name FROM support_entries JOIN rooms ON rooms.id = room_id"
            " WHERE support_entries.owner_id = :owner AND unread ORDER BY number DESC",
            {"owner": owner_id},
        )
        return [Unread(row["number"], row["name"]) for row in rows]

    async def mark_read(self, owner_id: str, up_to: int) -> None:
        """Up to that number; later ones were not on the page."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE support_entries SET unread = :no WHERE owner_id = :owner"
                " AND number <= :number",
                {"no": False, "owner": owner_id, "number": up_to},
            )
            await transaction.execute(_SWEEP, {"no": False})

        await self._database.write(work)

    async def forget_owner(self, account_id: str) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM support_entries WHERE owner_id = :owner RETURNING number",
                {"owner": account_id},
            )
            return len(rows)

        return await self._database.write(work)


def _under_way(row: Row) -> UnderWay:
    return UnderWay(
        number=row["number"],
        account_id=row["account_id"],
        room_id=row["room_id"],
        owner_id=row["owner_id"],
        joined_at=row["joined_at"],
        seen_at=row["seen_at"],
    )


_SELECT = "SELECT * FROM support_entries"
_LEAVE = "UPDATE support_entries SET joined_at = NULL, seen_at = NULL"
_THAT = "WHERE account_id = :account AND room_id = :room AND joined_at = :joined"
_SWEEP = "DELETE FROM support_entries WHERE joined_at IS NULL AND unread = :no"
_ARRIVE = (
    "INSERT INTO support_entries"
    " (number, account_id, room_id, owner_id, unread, joined_at, seen_at)"
    " VALUES (:number, :account, :room, :owner, :no, :joined, :joined)"
    " ON CONFLICT (number) DO UPDATE SET joined_at = excluded.joined_at, seen_at = excluded.seen_at"
    " WHERE joined_at IS NULL"
)
