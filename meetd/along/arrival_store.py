"""All SQL about archives that are brought here."""

from dataclasses import dataclass, fields
from typing import Final

from meetd.along.reading import Reason
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.periods import DAY
from meetd.core.refusals import NoSuchRoom
from meetd.rooms.also import Also
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

LASTS: Final = 7 * DAY
"""Milliseconds that is told what became of one."""


@dataclass(frozen=True)
class Arrival:
    """One archive; an account brings one at a time. Times in ms since the Unix epoch; ``length`` in
    bytes, ``None`` until it is whole. ``room_id``: once there is a room, whole when ``ended_at`` is
    set and there was no ``trouble``."""

    id: str
    account_id: str
    length: int | None
    room_id: str | None
    asked_at: int
    ended_at: int | None
    trouble: str | None


class ArrivalStore:
    """Archives that are brought here, but for what is in them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.old = Aged(database, "arrivals", "ended_at < :cutoff")

    async def begin(self, account_id: str) -> Arrival | None:
        """A new one, in the place of one that ended; ``None`` while another one is under way."""
        now = self._clock.now()
        arrival = Arrival(new_id(), account_id, None, None, now, None, None)
        values = {"id": arrival.id, "account": account_id, "now": now}

        async def work(transaction: Transaction) -> bool:
            await transaction.execute(
                "DELETE FROM arrivals WHERE account_id = :account AND ended_at IS NOT NULL", values
            )
            rows = await transaction.execute(
                "INSERT INTO arrivals (id, account_id, asked_at) VALUES (:id, :account, :now)"
                " ON CONFLICT (account_id) DO NOTHING RETURNING id",
                values,
            )
            return bool(rows)

        return arrival if await self._database.write(work) else None

    async def note_length(self, arrival: Arrival, length: int) -> bool:
        """It is whole. Returns whether it is still wanted."""
        return await self._note(arrival, "length = :value", length)

    async def note_room(self, arrival: Arrival, room_id: str) -> bool:
        """From now on a room is filled. Returns whether it is still wanted."""
        return await self._note(arrival, "room_id = :value", room_id)

    async def fail(self, arrival: Arrival, trouble: Reason) -> None:
        """It came to nothing, and leaves no room."""
        now = f"room_id = NULL, ended_at = {self._clock.now():d}"
        await self._note(arrival, f"{now}, trouble = :value", trouble)

    def ended(self, arrival: Arrival) -> Also:
        """In the transaction that makes the room somebody's. What is returned raises: NoSuchRoom
        when it is not wanted any more."""
        values = {"id": arrival.id, "now": self._clock.now()}

        async def also(transaction: Transaction) -> None:
            if not await transaction.execute(_END, values):
                raise NoSuchRoom

        return also

    async def of(self, account_id: str) -> Arrival | None:
        """Unless it ended too long ago."""
        rows = await self._database.read(
            "SELECT * FROM arrivals WHERE account_id = :account"
            " AND (ended_at IS NULL OR ended_at > :oldest)",
            {"account": account_id, "oldest": self._clock.now() - LASTS},
        )
        return _arrival(rows[0]) if rows else None

    async def unfinished(self) -> list[Arrival]:
        """Oldest first."""
        rows = await self._database.read(
            "SELECT * FROM arrivals WHERE ended_at IS NULL ORDER BY asked_at, id"
        )
        return [_arrival(row) for row in rows]

    async def ids(self) -> set[str]:
        """Of those whose archive is needed."""
        rows = await self._database.read("SELECT id FROM arrivals WHERE ended_at IS NULL")
        return {row["id"] for row in rows}

    async def forget(self, account_id: str) -> list[Arrival]:
        """Returns what was there."""

        async def work(transaction: Transaction) -> list[Row]:
            return await transaction.execute(
                "DELETE FROM arrivals WHERE account_id = :id RETURNING *", {"id": account_id}
            )

        return [_arrival(row) for row in await self._database.write(work)]

    async def _note(self, arrival: Arrival, change: str, value: object) -> bool:
        async def work(transaction: Transaction) -> bool:
            sql = f"UPDATE arrivals SET {change} WHERE id = :id RETURNING id"  # noqa: S608 - ours
            return bool(await transaction.execute(sql, {"id": arrival.id, "value": value}))

        return await self._database.write(work)


_END = "UPDATE arrivals SET ended_at = :now WHERE id = :id RETURNING id"


def _arrival(row: Row) -> Arrival:
    return Arrival(**{field.name: row[field.name] for field in fields(Arrival)})
