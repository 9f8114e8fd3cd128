"""All SQL about rooms."""

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.rooms.room import Room
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Vault


class RoomStore:
    """Rooms at rest."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def find(self, name: str) -> Room | None:
        """The room with that (normalised) name. Writes nothing."""
        rows = await self._database.read(
            "SELECT id, name FROM rooms WHERE name = :name", {"name": name}
        )
        return Room(id=rows[0]["id"], name=rows[0]["name"]) if rows else None

    async def make(self, name: str) -> Room:
        """A room with that (normalised) name; when two ask at once, both get the same."""
        values = {"id": new_id(), "name": name, "now": self._clock.now()}

        async def work(transaction: Transaction) -> list[Row]:
            return await transaction.execute(
                "INSERT INTO rooms (id, name, created_at, last_used_at)"
                " VALUES (:id, :name, :now, :now)"
                " ON CONFLICT (name) DO UPDATE SET last_used_at = excluded.last_used_at"
                " RETURNING id, name",
                values,
            )

        row = (await self._database.write(work))[0]
        return Room(id=row["id"], name=row["name"])

    async def mark_used(self, room: Room) -> None:
        """The room was in use until now."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE rooms SET last_used_at = :now WHERE id = :id",
                {"now": self._clock.now(), "id": room.id},
            )

        await self._database.write(work)

    async def delete_unused(self, room: Room) -> None:
        """Delete a room in which nothing was ever kept: whoever opens the address again makes it
        again, and visitors cannot fill the disk with rooms."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute("DELETE FROM rooms WHERE id = :id", {"id": room.id})

        await self._database.write(work)
        await self._vault.forget("room", room.id)

    async def purge_before(self, cutoff: int) -> int:
        """Delete rooms last used before ``cutoff`` (ms since the epoch), and their keys."""

        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                "DELETE FROM rooms WHERE last_used_at < :cutoff RETURNING id", {"cutoff": cutoff}
            )
            return [row["id"] for row in rows]

        # The rows first: a room that is used meanwhile must not lose its key.
        gone = await self._database.write(work)
        for room_id in gone:
            await self._vault.forget("room", room_id)
        return len(gone)
