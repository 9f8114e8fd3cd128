"""All SQL about rooms themselves."""

from collections.abc import AsyncIterator, Awaitable, Callable

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import NoSuchRoom, RoomNameTaken, RoomNotFree, TooManyRooms
from meetd.rooms.also import Also
from meetd.rooms.deleted_name_store import DeletedNames
from meetd.rooms.hold_store import check_not_held
from meetd.rooms.room import Room, RoomSettings
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import RoomSeals, SealedColumn
from meetd.storage.vault import Vault

MOST_OLD_NAMES = 20
"""Of one room that still lead to it: nobody keeps names for themselves by renaming."""
OLD_NAME_LASTS = 90 * 86_400_000
"""Milliseconds that an old name leads to the room, and is nobody else's."""

KEY_SETTLES = 3_600_000
"""Milliseconds before a key without a room is destroyed."""

MAX_ROOMS = 1_000
"""Of one owner."""

Listener = Callable[[Room], None]


class LockedMeanwhile(Exception):
    """The room is not open to all any more: look again what lets somebody in."""


class RoomStore:
    """Rooms at rest. Whoever shows a room live listens with ``on_changed`` and ``on_gone``."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self.deleted_names = DeletedNames(database, vault, clock)
        self.old_names = Aged(database, "old_room_names", "until < :cutoff")
        self.seals = RoomSeals(database, vault, SEALED)
        self._changed: list[Listener] = []
        self._gone: list[Listener] = []

    def on_changed(self, listener: Listener) -> None:
        """Called with the room as it is from now on: name, owner, lock or settings."""
        self._changed.append(listener)

    def on_gone(self, listener: Listener) -> None:
        """Called with a room that was deleted."""
        self._gone.append(listener)

    async def find(self, name: str) -> Room | None:
        """The room with that (normalised) name, or whose name it was until lately. Writes
        nothing."""
        rows = await self._database.read(_BY_NAME, {"name": name, "now": self._clock.now()})
        return await self._room(rows[0]) if rows else None

    async def by_id(self, room_id: str) -> Room | None:
        rows = await self._database.read(f"{_SELECT} WHERE id = :id", {"id": room_id})
        return await self._room(rows[0]) if rows else None

    async def name_now(self, old_name: str) -> str | None:
        """Where a former name leads to. Names in use and names of nothing are alike here."""
        rows = await self._database.read(_NAME_NOW, {"name": old_name, "now": self._clock.now()})
        return rows[0]["name"] if rows else None

    async def owned(self, room_id: str, account_id: str) -> Room | None:
        """That room, if it is theirs. A room of somebody else's is not even read."""
        rows = await self._database.read(
            f"{_SELECT} WHERE id = :id AND owner_id = :owner",
            {"id": room_id, "owner": account_id},
        )
        return await self._room(rows[0]) if rows else None

    async def all(self) -> AsyncIterator[Room]:
        """Every room, by name; but for those that are being filled."""
        for row in await self._database.read(f"{_SELECT} WHERE {_WHOLE} ORDER BY name"):
            yield await self._room(row)

    async def owned_by(self, account_id: str) -> list[Room]:
        """Somebody's rooms, last used first."""
        rows = await self._database.read(
            f"{_SELECT} WHERE owner_id = :owner ORDER BY last_used_at DESC, name",
            {"owner": account_id},
        )
        return [await self._room(row) for row in rows]

    async def make(self, name: str, room_id: str | None = None) -> Room:
        """A room of nobody's with that (normalised) name; when two ask at once, both get the
        same. Raises: NoSuchRoom when one of that name was deleted lately."""
        values = {"id": room_id or new_id(), "name": name, "now": self._clock.now()}
        fingerprint = (await self.deleted_names.fingerprints()).of(name)

        async def work(transaction: Transaction) -> Row:
            found = await transaction.execute(_BY_NAME, values)
            if found:
                return found[0]
            if not await self.deleted_names.free(transaction, fingerprint, None):
                raise NoSuchRoom
            return (await transaction.execute(_INSERT, values))[0]

        return await self._room(await self._database.write(work))

    async def make_owned(self, name: str, owner_id: str, *, locked: bool) -> Room:
        """A room of somebody's. Raises: RoomNameTaken, TooManyRooms."""
        room_id = new_id()
        values = {"id": room_id, "name": name, "now": self._clock.now()}
        fingerprint = (await self.deleted_names.fingerprints()).of(name)

        async def work(transaction: Transaction) -> Row:
            if await transaction.execute(_BY_NAME, values):
                raise RoomNameTaken
            if not await self.deleted_names.free(transaction, fingerprint, owner_id):
                raise RoomNameTaken
            await transaction.execute(_INSERT, values)
            return await _own(transaction, room_id, owner_id, locked=locked)

        return await self._room(await self._database.write(work))

    async def claim(self, room: Room, owner_id: str, *, locked: bool) -> Room:
        """Make nobody's room somebody's.

        Raises: RoomNotFree when it has an owner by now, TooManyRooms.
        """

        async def work(transaction: Transaction) -> Row:
            rows = await transaction.execute(f"{_SELECT} WHERE id = :id", {"id": room.id})
            if not rows or rows[0]["owner_id"] is not None:
                raise RoomNotFree
            return await _own(transaction, room.id, owner_id, locked=locked)

        return await self._change(work)

    async def settle(
        self, room: Room, name: str, owner_id: str, *, locked: bool, also: Also
    ) -> Room:
        """A room that was filled out of sight is somebody's from now on, under that name alone,
        with ``also`` in the same transaction. Raises: RoomNameTaken, TooManyRooms, NoSuchRoom."""
        values = {"name": name, "now": self._clock.now()}
        fingerprint = (await self.deleted_names.fingerprints()).of(name)

        async def work(transaction: Transaction) -> Row:
            if await transaction.execute(_BY_NAME, values):
                raise RoomNameTaken
            if not await self.deleted_names.free(transaction, fingerprint, owner_id):
                raise RoomNameTaken
            await also(transaction)
            await _update(transaction, room.id, "name = :name, last_used_at = :now", **values)
            return await _own(transaction, room.id, owner_id, locked=locked)

        return await self._change(work)

    async def rename(self, room: Room, name: str) -> Room:
        """The old name leads to the room for a while. Raises: RoomNameTaken."""
        now = self._clock.now()
        fingerprint = (await self.deleted_names.fingerprints()).of(name)

        async def work(transaction: Transaction) -> Row:
            found = await transaction.execute(_BY_NAME, {"name": name, "now": now})
            if found and found[0]["id"] != room.id:
                raise RoomNameTaken
            if not await self.deleted_names.free(transaction, fingerprint, room.owner_id):
                raise RoomNameTaken
            values = {"id": room.id, "name": name, "now": now, "until": now + OLD_NAME_LASTS}
            await transaction.execute(
                "DELETE FROM old_room_names WHERE name = :name OR until <= :now", values
            )
            await transaction.execute(
                "INSERT INTO old_room_names (name, room_id, until)"
                " SELECT name, id, :until FROM rooms WHERE id = :id AND name <> :name"
                " ON CONFLICT (name) DO UPDATE SET until = excluded.until",
                values,
            )
            for old in (await transaction.execute(_OLD_NAMES, values))[MOST_OLD_NAMES:]:
                await transaction.execute(
                    "DELETE FROM old_room_names WHERE name = :name", {"name": old["name"]}
                )
            return await _update(transaction, room.id, "name = :name", name=name)

        return await self._change(work)

    async def transfer(self, room: Room, owner_id: str, also: Also) -> Room:
        """To another account, with ``also`` in the same transaction.

        Raises: NoSuchRoom when it is not the same owner's any more, TooManyRooms, RoomHeld.
        """

        async def work(transaction: Transaction) -> Row:
            await check_not_held(transaction, room.id)
            rows = await transaction.execute(
                f"{_SELECT} WHERE id = :id AND owner_id = :owner",
                {"id": room.id, "owner": room.owner_id},
            )
            if not rows:
                raise NoSuchRoom
            await also(transaction)
            return await _own(transaction, room.id, owner_id, locked=rows[0]["locked"])

        return await self._change(work)

    async def set_locked(self, room: Room, *, locked: bool) -> Room:
        return await self._set(room, "locked = :locked", locked=locked)

    async def set_presenter_mode(self, room: Room, *, on: bool) -> Room:
        return await self._set(room, "presenter_mode = :on", on=on)

    async def change_settings(self, room: Room, settings: RoomSettings) -> Room:
        cipher = await self._vault.cipher("room", room.id)
        greeting = settings.greeting.encode()
        return await self._set(
            room,
            "participant_limit = :most, share = :share, chat = :chat, draw = :draw,"
            " sealed_greeting = :greeting",
            most=settings.participant_limit,
            share=settings.share,
            chat=settings.chat,
            draw=settings.draw,
            greeting=cipher.seal(greeting, _greeting_place(room.id)) if greeting else None,
        )

    def being(self, room: Room, *, open_to_all: bool) -> Also:
        """Part of entering. What is returned raises: NoSuchRoom, LockedMeanwhile when it has
        to be ``open_to_all`` and was locked in this very moment."""

        async def also(transaction: Transaction) -> None:
            rows = await transaction.execute(f"{_SELECT} WHERE id = :id", {"id": room.id})
            if not rows:
                raise NoSuchRoom
            if open_to_all and rows[0]["locked"] and rows[0]["owner_id"] is not None:
                raise LockedMeanwhile

        return also

    async def mark_used(self, room: Room) -> bool:
        """The room was in use until now. Returns whether it is still there."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                "UPDATE rooms SET last_used_at = :now WHERE id = :id RETURNING id",
                {"now": self._clock.now(), "id": room.id},
            )
            return bool(rows)

        return await self._database.write(work)

    async def delete_unused(self, room: Room) -> None:
        """Delete a room in which nothing was ever kept, unless it has an owner: whoever opens the
        address again makes it again, and visitors cannot fill the disk with rooms."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(_DELETE_NOBODYS, {"id": room.id})
            return bool(rows)

        if await self._database.write(work):
            await self._vault.forget("room", room.id)

    async def delete(self, room: Room, also: Also | None = None) -> None:
        """With everything in it; its key goes, and with it what backups hold. Its names are nobody
        else's for a while. Done with ``also``, unless it was gone already.

        Raises: RoomHeld."""
        fingerprints = await self.deleted_names.fingerprints()

        async def work(transaction: Transaction) -> None:
            await check_not_held(transaction, room.id)
            names = await transaction.execute(_NAMES, {"id": room.id})
            gone = await transaction.execute(
                "DELETE FROM rooms WHERE id = :id RETURNING owner_id", {"id": room.id}
            )
            if gone and gone[0]["owner_id"] is not None:
                held = [fingerprints.of(row["name"]) for row in names]
                await self.deleted_names.hold(transaction, gone[0]["owner_id"], held)
            if gone and also is not None:
                await also(transaction)

        await self._database.write(work)
        await self._vault.forget("room", room.id)
        for listener in self._gone:
            listener(room)

    async def purge_before(self, cutoff: int) -> int:
        """Delete rooms of nobody's last used before ``cutoff`` (ms since the epoch), and their
        keys. Returns how many."""

        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(_DELETE_UNUSED, {"cutoff": cutoff})
            return [row["id"] for row in rows]

        # The rows first: a room that is used meanwhile must not lose its key.
        gone = await self._database.write(work)
        for room_id in gone:
            await self._vault.forget("room", room_id)
        return len(gone)

    async def sweep_keys(self) -> int:
        """Destroy keys without a room: of a deletion that a kill cut short, or that somebody who
        was still there made anew. Returns how many."""
        # The keys first: whatever has one then, has had its row before.
        owners = await self._vault.owners("room", self._clock.now() - KEY_SETTLES)
        rows = await self._database.read("SELECT id FROM rooms")
        gone = owners - {row["id"] for row in rows}
        for room_id in gone:
            await self._vault.forget("room", room_id)
        return len(gone)

    async def count(self) -> int:
        """How many there are."""
        return int((await self._database.read("SELECT count(*) AS rooms FROM rooms"))[0]["rooms"])

    async def count_unused(self, cutoff: int) -> int:
        """How many ``purge_before`` would delete."""
        rows = await self._database.read(_COUNT_UNUSED, {"cutoff": cutoff})
        return int(rows[0]["rooms"])

    async def locks_new_rooms(self, account_id: str) -> bool:
        """Are somebody's new rooms locked? Yes, until they say otherwise."""
        rows = await self._database.read(
            "SELECT lock_new_rooms FROM room_owners WHERE account_id = :id", {"id": account_id}
        )
        return bool(rows[0]["lock_new_rooms"]) if rows else True

    async def set_locks_new_rooms(self, account_id: str, *, locked: bool) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "INSERT INTO room_owners (account_id, lock_new_rooms) VALUES (:id, :locked)"
                " ON CONFLICT (account_id) DO UPDATE SET lock_new_rooms = excluded.lock_new_rooms",
                {"id": account_id, "locked": locked},
            )

        await self._database.write(work)

    async def forget_owner(self, account_id: str) -> int:
        """What somebody wants of new rooms."""

        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM room_owners WHERE account_id = :id RETURNING account_id",
                {"id": account_id},
            )
            return len(rows)

        return await self._database.write(work)

    async def _set(self, room: Room, assignments: str, **values: object) -> Room:
        async def work(transaction: Transaction) -> Row:
            return await _update(transaction, room.id, assignments, **values)

        return await self._change(work)

    async def _change(self, work: Callable[[Transaction], Awaitable[Row]]) -> Room:
        room = await self._room(await self._database.write(work))
        for listener in self._changed:
            listener(room)
        return room

    async def _room(self, row: Row) -> Room:
        return Room(
            id=row["id"],
            name=row["name"],
            owner_id=row["owner_id"],
            locked=bool(row["locked"]),
            presenter_mode=bool(row["presenter_mode"]),
            last_used_at=row["last_used_at"],
            settings=RoomSettings(
                participant_limit=row["participant_limit"],
                share=row["share"],
                chat=row["chat"],
                draw=row["draw"],
                greeting=await self._greeting(row),
            ),
        )

    async def _greeting(self, row: Row) -> str:
        if row["sealed_greeting"] is None:
            return ""
        cipher = await self._vault.cipher("room", row["id"])
        return cipher.open(row["sealed_greeting"], _greeting_place(row["id"])).decode()


async def _update(
    transaction: Transaction, room_id: str, assignments: str, **values: object
) -> Row:
    """Raises: NoSuchRoom when the room was deleted meanwhile."""
    rows = await transaction.execute(
        f"{_UPDATE} {assignments} WHERE id = :id RETURNING *", {"id": room_id, **values}
    )
    if not rows:
        raise NoSuchRoom
    return rows[0]


async def _own(transaction: Transaction, room_id: str, owner_id: str, *, locked: bool) -> Row:
    """Raises: TooManyRooms, NoSuchRoom."""
    count = await transaction.execute(
        "SELECT count(*) AS number FROM rooms WHERE owner_id = :owner", {"owner": owner_id}
    )
    if count[0]["number"] >= MAX_ROOMS:
        raise TooManyRooms(limit=MAX_ROOMS)
    return await _update(
        transaction, room_id, "owner_id = :owner, locked = :locked", owner=owner_id, locked=locked
    )


def _greeting_place(room_id: str) -> str:
    return f"rooms/greeting/{room_id}"


_WHOLE = (
    "NOT EXISTS (SELECT 1 FROM arrivals WHERE arrivals.room_id = rooms.id"
    " AND arrivals.ended_at IS NULL)"
)

SEALED = (
    SealedColumn(
        "rooms", "sealed_greeting", ("id",), "id = :room", lambda row: _greeting_place(row["id"])
    ),
)


_HELD = (
    "EXISTS (SELECT 1 FROM legal_holds WHERE legal_holds.room_id = rooms.id"
    " OR legal_holds.account_id = rooms.owner_id)"
)
"""The room itself, or whose it is."""
_UNUSED = f"last_used_at < :cutoff AND owner_id IS NULL AND NOT {_HELD}"
_COUNT_UNUSED = f"SELECT count(*) AS rooms FROM rooms WHERE {_UNUSED}"  # noqa: S608
_DELETE_UNUSED = f"DELETE FROM rooms WHERE {_UNUSED} RETURNING id"  # noqa: S608
_NOBODYS = f"id = :id AND owner_id IS NULL AND NOT {_HELD}"
_DELETE_NOBODYS = f"DELETE FROM rooms WHERE {_NOBODYS} RETURNING id"  # noqa: S608
_SELECT = "SELECT rooms.* FROM rooms"
_UPDATE = "UPDATE rooms SET"
_BY_NAME = (
    f"{_SELECT} WHERE name = :name UNION ALL {_SELECT} JOIN old_room_names AS old"
    " ON old.room_id = rooms.id WHERE old.name = :name AND old.until > :now LIMIT 1"
)
_NAME_NOW = (
    "SELECT rooms.name AS name FROM rooms JOIN old_room_names AS old ON old.room_id = rooms.id"
    " WHERE old.name = :name AND old.until > :now"
)
_INSERT = (
    "INSERT INTO rooms (id, name, created_at, last_used_at)"
    " VALUES (:id, :name, :now, :now) RETURNING *"
)
_NAMES = (
    "SELECT name FROM rooms WHERE id = :id"
    " UNION SELECT name FROM old_room_names WHERE room_id = :id"
)
_OLD_NAMES = "SELECT name FROM old_room_names WHERE room_id = :id ORDER BY until DESC"
