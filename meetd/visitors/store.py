"""All SQL about browsers of people without an account.

A browser keeps a token of 256 random bits; as with sessions, only its SHA-256 is here. A row is
made with what somebody leaves that is kept, and not before.
"""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final

import msgspec

from meetd.core.clock import Clock
from meetd.core.holdings import Traces
from meetd.core.ids import new_id
from meetd.core.private import Private
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

HOUR: Final = 3_600_000
"""Milliseconds. The last use is dated anew when it is longer ago than that."""
_TOKEN_LENGTH: Final = 43


@dataclass(frozen=True)
class Browser:
    """What is kept of one beside its traces. Times in ms since the Unix epoch."""

    made_at: int
    used_at: int
    rooms: tuple[str, ...]
    """Names of those in which it left something."""


class VisitorStore:
    """Browsers at rest."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.unused = Aged(database, "visitors", "used_at < :cutoff")

    async def note_participant(self, token: str, room_id: str, participant_id: str) -> str:
        """What that participant leaves in that room is found by the token, and by no other.
        Returns the id of the browser."""

        async def work(transaction: Transaction) -> str:
            return await self._note_participant(transaction, token, room_id, participant_id)

        return await self._database.write(work)

    def noting_participant(
        self, token: Private[str] | None, room_id: str, participant_id: str
    ) -> Callable[[Transaction], Awaitable[None]]:
        """The same as part of keeping what they leave. Nothing for whom no browser keeps a
        token."""

        async def also(transaction: Transaction) -> None:
            if token is not None:
                mine = token.reveal()
                await self._note_participant(transaction, mine, room_id, participant_id)

        return also

    def noting_knock(
        self, token: Private[str] | None, place_hash: bytes
    ) -> Callable[[Transaction], Awaitable[None]]:
        """The same for a knock, by the SHA-256 of its proof: as part of making it. It goes with the
        knock, and with access that was given for it."""

        async def also(transaction: Transaction) -> None:
            if token is not None:
                visitor = await self._made(transaction, token.reveal())
                await transaction.execute(_NOTE_KNOCK, {"visitor": visitor, "hash": place_hash})

        return also

    async def use(self, token: str) -> Traces | None:
        """What that token leads to. It is kept for longer from now on."""
        if len(token) != _TOKEN_LENGTH:
            return None
        hashed, now = _hash(token), self._clock.now()
        rows = await self._database.read(_FIND, {"hash": hashed})
        if not rows:
            return None
        if rows[0]["used_at"] < now - HOUR:
            await self._touch({"hash": hashed, "now": now})
        return await self._traces(rows[0]["id"])

    async def look(self, visitor_id: str) -> Browser | None:
        rows = await self._database.read(
            "SELECT made_at, used_at FROM visitors WHERE id = :id", {"id": visitor_id}
        )
        rooms = await self._database.read(_ROOMS, {"id": visitor_id})
        names = tuple(row["name"] for row in rooms)
        return Browser(rows[0]["made_at"], rows[0]["used_at"], names) if rows else None

    async def forget(self, visitor_id: str, spared: Collection[str] = ()) -> int:
        """The token leads nowhere from now on, but to what is in the rooms that are ``spared``:
        from another row, so that no backup brings anything else back. Returns how many went."""
        values = {"id": visitor_id, "rooms": msgspec.json.encode(tuple(spared)).decode()}

        async def work(transaction: Transaction) -> int:
            left = await transaction.execute(_SPARED, values)
            gone = await transaction.execute(_FORGET, values)
            if gone and left:
                await _lead_on(transaction, gone[0], left)
            return len(gone)

        return await self._database.write(work)

    async def _note_participant(
        self, transaction: Transaction, token: str, room_id: str, participant_id: str
    ) -> str:
        visitor = await self._made(transaction, token)
        values = {"room": room_id, "participant": participant_id, "visitor": visitor}
        await transaction.execute(_NOTE_PARTICIPANT, values)
        return visitor

    async def _made(self, transaction: Transaction, token: str) -> str:
        """Id of the row of that token, which is made when there is none."""
        values = {"id": new_id(), "hash": _hash(token), "now": self._clock.now()}
        return str((await transaction.execute(_MAKE, values))[0]["id"])

    async def _touch(self, values: dict[str, object]) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE visitors SET used_at = :now WHERE token_hash = :hash", values
            )

        await self._database.write(work)

    async def _traces(self, visitor_id: str) -> Traces:
        found = await self._database.read(
            "SELECT room_id, participant_id FROM visitor_participants WHERE visitor_id = :id",
            {"id": visitor_id},
        )
        knocks = await self._database.read(
            "SELECT place_hash FROM visitor_knocks WHERE visitor_id = :id", {"id": visitor_id}
        )
        rooms: defaultdict[str, list[str]] = defaultdict(list)
        for row in found:
            rooms[row["room_id"]].append(row["participant_id"])
        return Traces(
            visitor_id,
            {room: tuple(those) for room, those in rooms.items()},
            places=tuple(bytes(row["place_hash"]) for row in knocks),
        )


async def _lead_on(transaction: Transaction, former: Row, participants: list[Row]) -> None:
    visitor = {"visitor": new_id()}
    await transaction.execute(_LEAD_ON, {**dict(former), **visitor})
    for each in participants:
        await transaction.execute(_NOTE_PARTICIPANT, {**dict(each), **visitor})


def _hash(token: str) -> bytes:
    """256 random bits need no slow hash."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


_FIND = "SELECT id, used_at FROM visitors WHERE token_hash = :hash"
_MAKE = (
    "INSERT INTO visitors (id, token_hash, made_at, used_at) VALUES (:id, :hash, :now, :now)"
    " ON CONFLICT (token_hash) DO UPDATE SET used_at = excluded.used_at RETURNING id"
)
_NOTE_PARTICIPANT = (
    "INSERT INTO visitor_participants (participant_id, room_id, visitor_id)"
    " SELECT :participant, id, :visitor FROM rooms WHERE id = :room"  # gone since they came?
    " ON CONFLICT (participant_id) DO UPDATE SET visitor_id = excluded.visitor_id"
)
_NOTE_KNOCK = (
    "INSERT INTO visitor_knocks (place_hash, visitor_id) VALUES (:hash, :visitor)"
    " ON CONFLICT (place_hash) DO UPDATE SET visitor_id = excluded.visitor_id"
)
_FORGET = "DELETE FROM visitors WHERE id = :id RETURNING token_hash AS hash, made_at, used_at"
_SPARED = (
    "SELECT participant_id AS participant, room_id AS room FROM visitor_participants"
    " WHERE visitor_id = :id AND room_id IN (SELECT value FROM json_each(:rooms))"
)
_LEAD_ON = (
    "INSERT INTO visitors (id, token_hash, made_at, used_at)"
    " VALUES (:visitor, :hash, :made_at, :used_at)"
)
_ROOMS = (
    "SELECT DISTINCT rooms.name FROM visitor_participants JOIN rooms ON rooms.id = room_id"
    " WHERE visitor_id = :id ORDER BY rooms.name"
)
