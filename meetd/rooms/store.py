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

    async def open(self, name: str) -> Room:
        """The room with that (normalised) name, made on first use, marked as used now."""
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

    async def purge_before(self, cutoff: int) -> int:
        """Delete rooms last used before ``cutoff`` (ms since the epoch), their keys first."""
        rows = await self._database.read(
            "SELECT id FROM rooms WHERE last_used_at < :cutoff", {"cutoff": cutoff}
        )
        for row in rows:
            await self._delete(row["id"])
        return len(rows)

    async def _delete(self, room_id: str) -> None:
        await self._vault.forget("room", room_id)

        async def work(transaction: Transaction) -> None:
            await transaction.execute("DELETE FROM rooms WHERE id = :id", {"id": room_id})

        await self._database.write(work)
