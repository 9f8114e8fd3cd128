"""All SQL about knocks. Only while somebody waits, and for a day after."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import KnockFirst, KnockGone
from meetd.lobby.knock import Door, Knock, Stay, Words
from meetd.protocol.door import KnockState
from meetd.rooms.also import Also
from meetd.rooms.room import Room
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault

ADMISSION_LASTS = 12 * 3_600_000
"""Milliseconds in which an admission can be used: the answer may come while somebody is away."""


def place_hash(place: str) -> bytes:
    """What is kept of a knocker's proof."""
    return hashlib.sha256(place.encode()).digest()


class KnockStore:
    """Knocks at rest."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self.over = Aged(database, "knocks", _OVER)
        """What was answered or lapsed, by its age: whoever comes back reads the answer."""
        self._renamed: list[Callable[[Knock], None]] = []
        self._erased: list[Callable[[Knock], None]] = []

    def on_renamed(self, listener: Callable[[Knock], None]) -> None:
        """Called with each knock of somebody who corrected their name, from outside of the door."""
        self._renamed.append(listener)

    def on_erased(self, listener: Callable[[Knock], None]) -> None:
        """Called with each knock that somebody without an account had erased."""
        self._erased.append(listener)

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "KnockStore":
        return cls(database, await vault.cipher("server", "knocks"), clock)

    async def waiting(self) -> list[Knock]:
        """Everybody who waits, in the order of knocking."""
        rows = await self._database.read(
            f"{_SELECT} WHERE state IN ('waiting', 'asked to wait') ORDER BY knocked_at, id"
        )
        return [self._knock(row) for row in rows]

    async def by_place(self, place: str) -> Knock | None:
        """The knock that place belongs to, however it stands."""
        rows = await self._database.read(_AT_PLACE, {"hash": place_hash(place)})
        return self._knock(rows[0]) if rows else None

    async def add(
        self,
        door: Door,
        words: Words,
        account_id: str | None,
        *,
        place: str,
        told: bool = False,
        also: Also | None = None,
    ) -> Knock:
        """A new knock, done with ``also``. ``place``: the proof of it, which the page keeps."""
        now = self._clock.now()
        knock = Knock(new_id(), door, words, account_id, now, told=told)

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "INSERT INTO knocks (id, door, place_hash, account_id, sealed, state, told,"
                " knocked_at, changed_at) VALUES (:id, :door, :hash, :account, :sealed, :state,"
                " :told, :now, :now)",
                {
                    "id": knock.id,
                    "door": door.key,
                    "hash": place_hash(place),
                    "account": account_id,
                    "sealed": self._seal(knock.id, words),
                    "state": knock.state,
                    "told": told,
                    "now": now,
                },
            )
            if also is not None:
                await also(transaction)

        await self._database.write(work)
        return knock

    async def change_words(self, knock: Knock, words: Words) -> Knock:
        await self._set(knock, "sealed = :sealed", sealed=self._seal(knock.id, words))
        return replace(knock, words=words)

    async def mark_told(self, knock: Knock) -> None:
        await self._set(knock, "told = :yes", yes=True)

    async def ask_to_wait(self, knock: Knock, also: Also) -> bool:
        """Done with ``also``. Returns whether it still waits."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                "UPDATE knocks SET state = 'asked to wait', changed_at = :now"
                " WHERE id = :id AND state IN ('waiting', 'asked to wait') RETURNING id",
                {"id": knock.id, "now": self._clock.now()},
            )
            await also(transaction)
            return bool(rows)

        return await self._database.write(work)

    async def place_hash_of(self, knock: Knock) -> bytes:
        """What the knocker's own proof is known by. Raises: KnockGone."""
        rows = await self._database.read(
            "SELECT place_hash FROM knocks WHERE id = :id", {"id": knock.id}
        )
        if not rows:
            raise KnockGone
        return bytes(rows[0]["place_hash"])

    async def settle(
        self,
        knock: Knock,
        state: KnockState,
        room: Room | None = None,
        stay: Stay | None = None,
        also: Also | None = None,
    ) -> Knock | None:
        """How it stands from now on, done with ``also``. Returns ``None`` when it was settled
        before: only one answer counts, and nothing is written.

        Raises: what ``also`` raises, and then it still waits.
        """

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                _SETTLE_ONE,
                {
                    "id": knock.id,
                    "state": state,
                    "room": room.id if room else None,
                    "stay": stay,
                    "now": self._clock.now(),
                },
            )
            if rows and also is not None:
                await also(transaction)
            return bool(rows)

        return _settled(knock, state, room, stay) if await self._database.write(work) else None

    async def admit_all(
        self,
        knocks: Iterable[Knock],
        room: Room,
        stay: Stay | None = None,
        also: Also | None = None,
    ) -> list[Knock]:
        """Those of them that still waited, admitted at once, done with ``also``. ``stay``: ``None``
        for as long as the room is open."""
        by_id = {knock.id: knock for knock in knocks}
        values = {"state": "admitted", "room": room.id, "stay": stay, "now": self._clock.now()}

        async def work(transaction: Transaction) -> list[Row]:
            if also is not None:
                await also(transaction)
            return await transaction.execute(
                _SETTLE_ALL,
                values | {"ids": msgspec.json.encode(tuple(by_id)).decode()},
            )

        admitted = {row["id"] for row in await self._database.write(work)}
        return [
            _settled(knock, "admitted", room, stay)
            for knock in by_id.values()
            if knock.id in admitted
        ]

    async def keeps(self, knock: Knock) -> bool:
        """Is it still there, answered or not?"""
        return bool(
            await self._database.read("SELECT 1 FROM knocks WHERE id = :id", {"id": knock.id})
        )

    async def admitted(self, place: str, room_id: str) -> Knock | None:
        """The knock of that place, if it opens that room and was not used yet. Writes nothing."""
        rows = await self._database.read(
            f"{_SELECT} WHERE {_ADMITTED}", self._admitting(place, room_id)
        )
        return self._knock(rows[0]) if rows else None

    def entering(self, place: str, room_id: str, participant_id: str, *, needed: bool) -> Also:
        """Use an admission up, as part of entering. It is kept until ``entered``, and is the proof
        of that participant alone.

        What is returned raises: KnockFirst when it is ``needed`` and there is none (any more).
        """

        async def also(transaction: Transaction) -> None:
            rows = await transaction.execute(
                f"{_UPDATE} entered_as = :participant WHERE {_ADMITTED} RETURNING id",
                {**self._admitting(place, room_id), "participant": participant_id},
            )
            if needed and not rows:
                raise KnockFirst

        return also

    async def entered_by(self, place: str, room_id: str) -> Knock | None:
        """The knock by which somebody entered that room, who was not heard of since."""
        knock = await self.by_place(place)
        return knock if knock and knock.entered_as and knock.admitted_to == room_id else None

    def entered(self, participant_id: str) -> Also:
        """Their page knows that they are in: the knock is over."""

        async def also(transaction: Transaction) -> None:
            await transaction.execute(f"{_DELETE} WHERE entered_as = :id", {"id": participant_id})

        return also

    async def erase_for(self, account_id: str) -> int:
        return await self._delete("account_id = :account", account=account_id)

    async def of_account(self, account_id: str) -> list[Knock]:
        rows = await self._database.read(
            f"{_SELECT} WHERE account_id = :account", {"account": account_id}
        )
        return [self._knock(row) for row in rows]

    async def of_places(self, hashes: Iterable[bytes]) -> list[Knock]:
        """Oldest first."""
        found = [
            self._knock(row)
            for hash_ in hashes
            for row in await self._database.read(_AT_PLACE, {"hash": hash_})
        ]
        return sorted(found, key=lambda knock: knock.knocked_at)

    async def rename_at(self, hashes: Iterable[bytes], name: str) -> int:
        """Returns of how many knocks."""
        knocks = await self.of_places(hashes)
        for knock in knocks:
            words = msgspec.structs.replace(knock.words, name=name)
            renamed = await self.change_words(knock, words)
            for listener in self._renamed:
                listener(renamed)
        return len(knocks)

    async def erase_at(self, hashes: Iterable[bytes]) -> int:
        """Returns how many there were."""
        knocks = await self.of_places(hashes)
        for knock in knocks:
            await self._delete("id = :id", id=knock.id)
            for listener in self._erased:
                listener(knock)
        return len(knocks)

    async def forget_room(self, room: Room) -> None:
        """Everything about a room that is no more."""
        await self._delete(_ABOUT, **_of_room(room))

    async def count_settled(self, room: Room) -> int:
        """How many of what was answered at the door of that room, or opens it, are still kept."""
        rows = await self._database.read(f"{_COUNT} WHERE {_SETTLED}", _of_room(room))
        return int(rows[0]["knocks"])

    def forgetting_settled(self, room: Room) -> Also:
        """Of that room: whoever waits still waits, and an admission that was not used is over."""

        async def also(transaction: Transaction) -> None:
            await transaction.execute(f"{_DELETE} WHERE {_SETTLED}", _of_room(room))

        return also

    async def _set(self, knock: Knock, assignments: str, **values: object) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                f"{_UPDATE} {assignments} WHERE id = :id", {"id": knock.id, **values}
            )

        await self._database.write(work)

    async def _delete(self, where: str, **values: object) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(f"{_DELETE} WHERE {where} RETURNING id", values)
            return len(rows)

        return await self._database.write(work)

    def _admitting(self, place: str, room_id: str) -> dict[str, object]:
        oldest = self._clock.now() - ADMISSION_LASTS
        return {"hash": place_hash(place), "room": room_id, "oldest": oldest}

    def _seal(self, knock_id: str, words: Words) -> bytes:
        return self._cipher.seal(msgspec.json.encode(words), _place(knock_id))

    def _knock(self, row: Row) -> Knock:
        plain = self._cipher.open(row["sealed"], _place(row["id"]))
        words = msgspec.json.decode(plain, type=Words)
        kind, _, door_id = row["door"].partition(":")
        return Knock(
            id=row["id"],
            door=Door(door_id, "room" if kind == "room" else "reception", words.door),
            words=words,
            account_id=row["account_id"],
            knocked_at=row["knocked_at"],
            state=row["state"],
            told=bool(row["told"]),
            away=True,
            admitted_to=row["admitted_to"],
            admitted_for=row["admitted_for"],
            entered_as=row["entered_as"],
        )


def _settled(knock: Knock, state: KnockState, room: Room | None, stay: Stay | None) -> Knock:
    return replace(
        knock,
        state=state,
        admitted_to=room.id if room else None,
        room_name=room.name if room else "",
        admitted_for=stay,
    )


def _place(knock_id: str) -> str:
    return f"knocks/{knock_id}"


def _of_room(room: Room) -> dict[str, object]:
    return {"door": f"room:{room.id}", "room": room.id}


_ABOUT = "(door = :door OR admitted_to = :room)"
_SETTLED = f"{_ABOUT} AND state NOT IN ('waiting', 'asked to wait')"
_OVER = "state NOT IN ('waiting', 'asked to wait') AND changed_at < :cutoff"
_SELECT = "SELECT * FROM knocks"
_AT_PLACE = f"{_SELECT} WHERE place_hash = :hash"
_COUNT = "SELECT count(*) AS knocks FROM knocks"
_UPDATE = "UPDATE knocks SET"
_DELETE = "DELETE FROM knocks"
_SETTLE = (
    f"{_UPDATE} state = :state, admitted_to = :room, admitted_for = :stay, changed_at = :now WHERE"
)
_IF_WAITING = "AND state IN ('waiting', 'asked to wait') RETURNING id"
_SETTLE_ONE = f"{_SETTLE} id = :id {_IF_WAITING}"
_AMONG = "id IN (SELECT value FROM json_each(:ids))"
_SETTLE_ALL = f"{_SETTLE} {_AMONG} {_IF_WAITING}"
_ADMITTED = (
    "place_hash = :hash AND state = 'admitted' AND admitted_to = :room AND changed_at > :oldest"
    # An open door admits for as long as it is open; who is always admitted has a grant.
    " AND admitted_for IN ('once', 'meeting') AND entered_as IS NULL"
)
