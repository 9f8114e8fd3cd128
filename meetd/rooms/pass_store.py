"""All SQL about passes: who is, or was a moment ago, in a room that has an owner.

A pass lets the same browser back in without knocking. It is good while its participant is in and
for two minutes after, also over a restart of the server; removing somebody destroys it. Whether
somebody is in is known in memory, so that nothing that fails to be written keeps a pass good.
"""

from dataclasses import dataclass

import msgspec

from meetd.core.clock import Clock
from meetd.rooms.access import Right
from meetd.rooms.also import Also
from meetd.rooms.grant import key_hash
from meetd.rooms.inside import Inside
from meetd.rooms.way_back import VALID_MS, WayBack
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

COMING_BACK = 120_000
"""Milliseconds after leaving."""


FIRST = 1
"""Number of the first token of a pass."""


@dataclass(frozen=True)
class NewPass:
    """``meeting``: good for as long as that one lasts. ``account_id``: whose it is; nobody's when
    that account is blocked. ``place``: what somebody came with who entered with a link; until their
    page says something, they are known again by it."""

    room_id: str
    participant_id: str
    right: Right
    meeting: str | None = None
    account_id: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Renewed:
    """``number``: of the next token."""

    number: int
    account_id: str | None


class PassStore:
    """Passes at rest."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._inside = Inside()
        self.left = Aged(database, "passes", "left_at < :cutoff")
        """Of who went, by when."""

    async def open(self) -> None:
        """Whoever was in when the server stopped has left at that moment, and may come back."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE passes SET left_at = :now WHERE left_at IS NULL",
                {"now": self._clock.now()},
            )
            await transaction.execute(
                "DELETE FROM passes WHERE left_at < :long_ago",
                {"long_ago": self._clock.now() - VALID_MS},
            )

        await self._database.write(work)

    async def make(self, new: NewPass, also: Also) -> None:
        """For somebody who enters, whose token is the ``FIRST``. ``also``: uses up what lets them
        in; whoever is refused by it has no pass.

        Raises: what ``also`` raises.
        """

        async def work(transaction: Transaction) -> None:
            await also(transaction)
            await transaction.execute(
                "INSERT INTO passes (participant_id, room_id, level, basis, meeting, number,"
                " confirmed, place_hash, account_id)"
                " VALUES (:id, :room, :level, :basis, :meeting, :first, :no, :place,"
                " (SELECT id FROM accounts WHERE id = :account))",  # gone since they came?
                {
                    "id": new.participant_id,
                    "room": new.room_id,
                    "level": new.right.level,
                    "basis": new.right.basis,
                    "meeting": new.meeting,
                    "account": new.account_id,
                    "first": FIRST,
                    "place": key_hash(new.place) if new.place else None,
                    "no": False,  # the proof of an admission stands for the token before it
                },
            )

        await self._database.write(work)

    async def entered_by(self, place: str, room_id: str) -> str | None:
        """Who entered that room with that place, and was not heard of since."""
        rows = await self._database.read(
            f"{_SELECT} WHERE place_hash = :place AND room_id = :room",
            {"place": key_hash(place), "room": room_id},
        )
        return rows[0]["participant_id"] if rows else None

    async def look(self, back: WayBack, meeting: str | None) -> Right | None:
        """What that token is good for now, without using it."""
        rows = await self._database.read(f"{_SELECT} WHERE {_GOOD}", self._values(back, meeting))
        return _right(rows[0]) if rows else None

    async def redeem(
        self, back: WayBack, meeting: str | None, good_for: Right, right: Right
    ) -> Renewed | None:
        """Use the token up. Returns the next, the only one that is good from now on; ``None`` when
        the token is not good any more, or not for ``good_for``.
        The one before the last is good as long as nobody used the last one:
        the answer that carried it may have been lost with the connection.

        ``right``: by what they are in from now on. Kept, so that nothing that ended while they were
        away is theirs again when they come back the next time.
        """

        async def work(transaction: Transaction) -> list[Row]:
            rows = await transaction.execute(
                f"{_RENEW} WHERE {_GOOD} AND level = :former_level AND basis = :former_basis"
                " RETURNING *",
                self._values(back, meeting)
                | {"former_level": good_for.level, "former_basis": good_for.basis}
                | {"level": right.level, "basis": right.basis},
            )
            if rows:
                self._inside.comes_back(back.participant_id)
            return rows

        rows = await self._database.write(work)
        return Renewed(rows[0]["number"], rows[0]["account_id"]) if rows else None

    async def confirm(self, participant_id: str, also: Also) -> None:
        """The browser has its new token: older ones are over, with ``also``."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                f"{_UPDATE} confirmed = :yes, place_hash = NULL WHERE participant_id = :id",
                {"id": participant_id, "yes": True},
            )
            await also(transaction)

        await self._database.write(work)

    def came_in(self, participant_id: str) -> None:
        """Seated: the pass is good from now on."""
        self._inside.came(participant_id)

    def went(self, participant_id: str) -> None:
        """From now on there are two minutes to come back."""
        now = self._clock.now()
        self._inside.went(participant_id, now)
        self._inside.forget_before(now - COMING_BACK)

    async def change_right(self, participant_id: str, right: Right) -> None:
        await self._change(
            participant_id, "level = :level, basis = :basis", level=right.level, basis=right.basis
        )

    async def keep_left(self, participant_id: str) -> None:
        """Write down when somebody went, unless they are back by then."""

        async def work(transaction: Transaction) -> None:
            at = self._inside.left_at(participant_id)
            if at is not None:
                await transaction.execute(
                    f"{_UPDATE} left_at = :at WHERE participant_id = :id",
                    {"id": participant_id, "at": at},
                )

        await self._database.write(work)

    async def end_handed_on(self, room_id: str, givers: tuple[str, ...]) -> list[tuple[str, Right]]:
        """Take back the host role that these participants of that room handed on, and what was
        handed on from there. Returns who has lost it, with what they are in by instead."""

        async def work(transaction: Transaction) -> list[tuple[str, Right]]:
            rows = await transaction.execute(
                f"{_SELECT} WHERE room_id = :room AND level = 'host'", {"room": room_id}
            )
            ended = _resting_on({row["participant_id"]: _right(row) for row in rows}, givers)
            for participant_id, right in ended:
                await transaction.execute(
                    f"{_UPDATE} level = :level, basis = :basis WHERE participant_id = :id",
                    {"id": participant_id, "level": right.level, "basis": right.basis},
                )
            return ended

        return await self._database.write(work)

    async def of(self, participants: tuple[str, ...]) -> list[tuple[str, int | None]]:
        """The names of the rooms where these have one, and when they left."""
        rows = await self._database.read(
            "SELECT rooms.name, left_at FROM passes JOIN rooms ON rooms.id = room_id"
            " WHERE participant_id IN (SELECT value FROM json_each(:ids)) ORDER BY rooms.name",
            {"ids": msgspec.json.encode(participants).decode()},
        )
        return [(row["name"], row["left_at"]) for row in rows]

    async def destroy(self, room_id: str, participants: tuple[str, ...]) -> int:
        """No way back for these. Returns how many had one."""

        async def work(transaction: Transaction) -> int:
            gone = 0
            for participant_id in participants:
                values = {"id": participant_id, "room": room_id}
                gone += len(await transaction.execute(_DESTROY, values))
            return gone

        return await self._database.write(work)

    async def destroy_others(self, room_id: str, keep: tuple[str, ...]) -> None:
        """No way back for anybody of that room, those who left a moment ago included."""

        async def work(transaction: Transaction) -> None:
            rows = await transaction.execute(_OF_ROOM, {"room": room_id})
            for row in rows:
                if row["participant_id"] not in keep:
                    await transaction.execute(_DELETE, {"id": row["participant_id"]})

        await self._database.write(work)

    def ending_left(self, room_id: str) -> Also:
        """No way back for those of that room who are not in now."""

        async def also(transaction: Transaction) -> None:
            rows = await transaction.execute(_OF_ROOM, {"room": room_id})
            for row in rows:
                if row["participant_id"] not in self._inside:
                    await transaction.execute(_DELETE, {"id": row["participant_id"]})

        return also

    async def _change(self, participant_id: str, assignments: str, **values: object) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                f"{_UPDATE} {assignments} WHERE participant_id = :id",
                {"id": participant_id, **values},
            )

        await self._database.write(work)

    def _values(self, back: WayBack, meeting: str | None) -> dict[str, object]:
        now, inside = self._clock.now(), back.participant_id in self._inside
        return {
            "id": back.participant_id,
            "room": back.room_id,
            "number": back.number,
            "meeting": meeting,
            "oldest": now - COMING_BACK,
            "left": now if inside else self._inside.left_at(back.participant_id),
            "no": False,
        }


def _resting_on(hosts: dict[str, Right], givers: tuple[str, ...]) -> list[tuple[str, Right]]:
    """Who has the role from these, or from somebody who has; with the right beneath."""
    ended: dict[str, Right] = {}
    without = set(givers)
    while without:
        next_: set[str] = set()
        for participant_id, right in hosts.items():
            if right.giver in without and right.beneath and participant_id not in ended:
                ended[participant_id] = right.beneath
                next_.add(participant_id)
        without = next_
    return list(ended.items())


def _right(row: Row) -> Right:
    return Right(row["level"], row["basis"])


_SELECT = "SELECT * FROM passes"
_UPDATE = "UPDATE passes SET"
_DELETE = "DELETE FROM passes WHERE participant_id = :id"
_DESTROY = (
    "DELETE FROM passes WHERE participant_id = :id AND room_id = :room RETURNING participant_id"
)
_OF_ROOM = "SELECT participant_id FROM passes WHERE room_id = :room"
_RENEW = (
    f"{_UPDATE} number = :number + 1, confirmed = :no, left_at = NULL,"
    " level = :level, basis = :basis"
)
_GOOD = (
    "participant_id = :id AND room_id = :room"
    " AND (number = :number OR (number = :number + 1 AND confirmed = :no))"
    " AND (coalesce(:left, left_at) > :oldest OR meeting = :meeting)"
    " AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = passes.account_id"
    " AND (accounts.blocked_at IS NOT NULL OR accounts.closed_at IS NOT NULL))"
)
