"""All SQL about rooms that were offered to another owner. Nothing changes until they accept."""

from dataclasses import dataclass
from typing import Final

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import NoSuchRoom, OfferGone, TooManyOffers
from meetd.rooms.also import Also
from meetd.rooms.hold_store import check_not_held
from meetd.rooms.room import Room
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

LASTS: Final = 30 * 86_400_000
"""Milliseconds that somebody has to answer."""
MOST_OFFERED: Final = 50
"""That one account sees at a time."""
MAX_OPEN: Final = 20
"""That wait for an answer, of one owner: nobody fills a page of somebody else's."""


@dataclass(frozen=True)
class Handover:
    """One offer; a room has one at most. ``stays``: the owner stays a host. ``made_at`` in
    milliseconds since the epoch."""

    id: str
    room_id: str
    account_id: str
    offered_by: str
    stays: bool
    made_at: int


class HandoverStore:
    """Offers at rest."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.old = Aged(database, "room_handovers", "made_at < :cutoff")

    async def offer(self, room: Room, account_id: str, *, stays: bool, also: Also) -> None:
        """To that account, instead of whom it was offered to before, with ``also``.

        Raises: NoSuchRoom when it is not the same owner's any more, TooManyOffers, RoomHeld.
        """
        values = {
            "id": new_id(),
            "room": room.id,
            "account": account_id,
            "by": room.owner_id,
            "stays": stays,
            "now": self._clock.now(),
            "oldest": self._clock.now() - LASTS,
        }

        async def work(transaction: Transaction) -> None:
            await check_not_held(transaction, room.id)
            await transaction.execute("DELETE FROM room_handovers WHERE room_id = :room", values)
            if (await transaction.execute(_OPEN, values))[0]["waiting"] >= MAX_OPEN:
                raise TooManyOffers(limit=MAX_OPEN)
            if not await transaction.execute(_OFFER, values):
                raise NoSuchRoom
            await also(transaction)

        await self._database.write(work)

    async def of_room(self, room: Room) -> Handover | None:
        """The offer that its owner made and that may still be accepted."""
        rows = await self._read(
            "room_id = :room AND offered_by = :by", room=room.id, by=room.owner_id
        )
        return rows[0] if rows else None

    async def offered_to(self, account_id: str) -> list[Handover]:
        """What waits for somebody's answer, newest first."""
        return await self._read("account_id = :account", account=account_id)

    async def offer_to(self, account_id: str, offer_id: str) -> Handover | None:
        """One of what waits for somebody's answer, however much that is."""
        rows = await self._read(
            "account_id = :account AND id = :id", account=account_id, id=offer_id
        )
        return rows[0] if rows else None

    async def count_to(self, account_id: str) -> int:
        """How many wait for somebody's answer."""
        rows = await self._database.read(
            _COUNT, {"account": account_id, "oldest": self._clock.now() - LASTS}
        )
        return min(int(rows[0]["waiting"]), MOST_OFFERED)

    async def withdraw(self, room: Room) -> None:
        """Taken back; nothing happens when it was answered already."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "DELETE FROM room_handovers WHERE room_id = :room", {"room": room.id}
            )

        await self._database.write(work)

    async def decline(self, account_id: str, offer_id: str) -> None:
        """Raises: OfferGone."""
        await self._database.write(self.taking(account_id, offer_id))

    def taking(self, account_id: str, offer_id: str) -> Also:
        """Use the offer up, as part of what is done with it. What is returned raises: OfferGone
        when it is not theirs, was taken back, has run out or was answered."""
        values = {"id": offer_id, "account": account_id, "oldest": self._clock.now() - LASTS}

        async def also(transaction: Transaction) -> None:
            if not await transaction.execute(_TAKE, values):
                raise OfferGone

        return also

    async def made_by(self, account_id: str) -> list[Handover]:
        return await self._read("offered_by = :account", account=account_id)

    async def forget_account(self, account_id: str) -> int:
        """Offers to and of somebody."""
        return await self._delete(
            "account_id = :account OR offered_by = :account", account=account_id
        )

    async def _read(self, condition: str, **values: object) -> list[Handover]:
        rows = await self._database.read(
            f"{_SELECT} WHERE {condition} AND {_STANDS} ORDER BY made_at DESC, id LIMIT :most",
            {"oldest": self._clock.now() - LASTS, "most": MOST_OFFERED, **values},
        )
        return [_handover(row) for row in rows]

    async def _delete(self, condition: str, **values: object) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(f"{_DELETE} WHERE {condition} RETURNING id", values)
            return len(rows)

        return await self._database.write(work)


def _handover(row: Row) -> Handover:
    return Handover(
        id=row["id"],
        room_id=row["room_id"],
        account_id=row["account_id"],
        offered_by=row["offered_by"],
        stays=bool(row["stays"]),
        made_at=row["made_at"],
    )


_SELECT = "SELECT * FROM room_handovers"
_DELETE = "DELETE FROM room_handovers"
_STANDS = "made_at > :oldest"
_HOW_MANY = "SELECT count(*) AS waiting FROM room_handovers"
_OPEN = f"{_HOW_MANY} WHERE offered_by = :by AND {_STANDS}"
# What a former owner offered, or a blocked one, is void.
_BY_THE_OWNER = (
    "EXISTS (SELECT 1 FROM rooms JOIN accounts ON accounts.id = rooms.owner_id"
    " WHERE rooms.id = room_handovers.room_id AND accounts.id = room_handovers.offered_by"
    " AND accounts.id <> :account AND accounts.blocked_at IS NULL)"
)
_COUNT = f"{_HOW_MANY} WHERE account_id = :account AND {_STANDS} AND {_BY_THE_OWNER}"
_OFFER = (
    "INSERT INTO room_handovers (id, room_id, account_id, offered_by, stays, made_at)"
    " SELECT :id, id, :account, :by, :stays, :now FROM rooms WHERE id = :room AND owner_id = :by"
    " RETURNING id"
)
_TAKE = f"{_DELETE} WHERE id = :id AND account_id = :account AND {_STANDS} RETURNING id"
