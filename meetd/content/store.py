"""All SQL about content, and the encryption of what people wrote about it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from meetd.content.item import Item, Label, Upload
from meetd.core.amounts import Amount
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import (
    NoSuchRoom,
    NoSuchUpload,
    RoomContentFull,
    ServerContentFull,
    TooManyItems,
)
from meetd.rooms.also import Also
from meetd.rooms.hold_store import check_not_held
from meetd.rooms.name_store import names_of
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import RoomSeals, SealedColumn
from meetd.storage.vault import Cipher, Vault

MAX_ITEMS = 500
"""In a room, with what is on its way: a list that people can still read."""


@dataclass(frozen=True)
class Quota:
    """Bytes that may be kept, with what is on its way; files shared twice count twice."""

    room: int
    server: int


class StoredFile(NamedTuple):
    """On disk. ``length``: bytes in clear."""

    blob_id: str
    length: int


class ContentStore:
    """Items and uploads of all rooms."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self.seals = RoomSeals(database, vault, SEALED)

    async def begin(
        self,
        room_id: str,
        label: Label,
        length: int,
        author: str,
        quota: Quota,
        also: Also | None = None,
    ) -> Upload:
        """A place for ``length`` bytes, kept free until they are there; made with ``also``.

        Raises: RoomContentFull, ServerContentFull, TooManyItems; NoSuchRoom.
        """
        cipher = await self._vault.cipher("room", room_id)
        now = self._clock.now()
        upload = Upload(new_id(), room_id, label, length, author, 0, bytes(32), b"", now)

        async def work(transaction: Transaction) -> None:
            await _check_room(transaction, room_id, length, quota)
            await transaction.execute(_INSERT_UPLOAD, _upload_values(upload, cipher))
            if also is not None:
                await also(transaction)

        await self._database.write(work)
        return upload

    async def upload(self, room_id: str, upload_id: str) -> Upload:
        """Raises: NoSuchUpload; an upload into another room is not even read."""
        rows = await self._database.read(
            "SELECT * FROM content_uploads WHERE id = :id AND room_id = :room",
            {"id": upload_id, "room": room_id},
        )
        if not rows:
            raise NoSuchUpload
        return _upload(rows[0], await self._vault.cipher("room", room_id))

    async def advance(self, upload: Upload, received: int, chain: bytes, tail: bytes) -> Upload:
        """More of it is safe on the disk. Raises: NoSuchUpload when it was given up meanwhile."""
        cipher = await self._vault.cipher("room", upload.room_id)
        further = replace(
            upload, received=received, chain=chain, tail=tail, touched_at=self._clock.now()
        )

        async def work(transaction: Transaction) -> None:
            if not await transaction.execute(_ADVANCE, _upload_values(further, cipher)):
                raise NoSuchUpload

        await self._database.write(work)
        return further

    async def complete(self, upload: Upload, chain: bytes) -> Item:
        """It is whole: from now on it is in the room. The file that was just written is not needed
        when the item names another one, with the same content.

        Raises: NoSuchUpload when it was given up meanwhile.
        """
        cipher = await self._vault.cipher("room", upload.room_id)
        prints = await self._vault.fingerprints("content")
        fingerprint = prints.of(f"{upload.room_id}/{upload.length}/{chain.hex()}")
        values = {
            # The same as on the way: whoever lost the last answer finds out that it arrived.
            "id": upload.id,
            "upload": upload.id,
            "room": upload.room_id,
            "fingerprint": fingerprint,
            "sealed": _seal(cipher, upload.id, upload.label),
            "length": upload.length,
            "author": upload.author,
            "now": self._clock.now(),
        }

        async def work(transaction: Transaction) -> Row:
            if not await transaction.execute(_DELETE_UPLOAD, values):
                raise NoSuchUpload
            same = await transaction.execute(_SAME, values)
            blob = same[0]["blob_id"] if same else upload.id
            return (await transaction.execute(_INSERT_ITEM, values | {"blob": blob}))[0]

        return _item(await self._database.write(work), cipher)

    async def date(self, item: Item, added_at: int) -> None:
        """It was shared elsewhere, then (ms since the epoch)."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE content_items SET added_at = :at WHERE id = :id",
                {"at": added_at, "id": item.id},
            )

        await self._database.write(work)

    async def give_up(self, upload: Upload) -> bool:
        """Returns whether it was still on its way."""

        async def work(transaction: Transaction) -> bool:
            return bool(await transaction.execute(_DELETE_UPLOAD, {"upload": upload.id}))

        return await self._database.write(work)

    async def give_up_untouched(self, since: int) -> list[str]:
        """Uploads that nothing was added to since then (ms since the epoch) are over. Returns their
        ids."""

        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                "DELETE FROM content_uploads WHERE touched_at < :since RETURNING id",
                {"since": since},
            )
            return [row["id"] for row in rows]

        return await self._database.write(work)

    async def count_untouched(self, since: int) -> int:
        """How many ``give_up_untouched`` would end."""
        rows = await self._database.read(
            "SELECT count(*) AS uploads FROM content_uploads WHERE touched_at < :since",
            {"since": since},
        )
        return int(rows[0]["uploads"])

    async def bytes_kept(self) -> int:
        """Of all rooms, with what is on its way."""
        return int((await self._database.read(_USED))[0]["bytes"])

    async def holds_any(self, room_id: str) -> bool:
        """Is there anything in that room, or on its way there?"""
        return (await self.used(room_id)).count > 0

    async def used(self, room_id: str) -> Amount:
        """Of that room, with what is on its way there."""
        rows = await self._database.read(f"{_USED} WHERE room_id = :room", {"room": room_id})
        return Amount(rows[0]["items"], rows[0]["bytes"])

    async def items(self, room_id: str) -> list[Item]:
        """Everything in a room, oldest first."""
        rows = await self._database.read(
            "SELECT * FROM content_items WHERE room_id = :room ORDER BY added_at, id",
            {"room": room_id},
        )
        if not rows:
            return []
        cipher = await self._vault.cipher("room", room_id)
        return [_item(row, cipher) for row in rows]

    async def items_of_owner(self, owner_id: str) -> AsyncIterator[tuple[str, Item]]:
        """Everything in somebody's rooms, with the name of the room."""
        rooms = await self._database.read(
            "SELECT id, name FROM rooms WHERE owner_id = :owner ORDER BY name", {"owner": owner_id}
        )
        for room in rooms:
            for item in await self.items(room["id"]):
                yield room["name"], item

    async def count_of_owner(self, owner_id: str) -> int:
        """How many ``items_of_owner`` yields."""
        rows = await self._database.read(
            "SELECT count(*) AS items FROM content_items"
            " JOIN rooms ON rooms.id = content_items.room_id WHERE rooms.owner_id = :owner",
            {"owner": owner_id},
        )
        return int(rows[0]["items"])

    async def item(self, room_id: str, item_id: str) -> Item | None:
        """One of that room; of another room it is not even read."""
        rows = await self._database.read(
            "SELECT * FROM content_items WHERE id = :id AND room_id = :room",
            {"id": item_id, "room": room_id},
        )
        return _item(rows[0], await self._vault.cipher("room", room_id)) if rows else None

    async def remove(self, item: Item) -> str | None:
        """Returns the file on disk that is needed no more, if any. Raises: RoomHeld."""

        async def work(transaction: Transaction) -> str | None:
            await check_not_held(transaction, item.room_id)
            rows = await transaction.execute(
                "DELETE FROM content_items WHERE id = :id RETURNING blob_id", {"id": item.id}
            )
            # Not as the item has it: it may have got another file since.
            blob = rows[0]["blob_id"] if rows else item.blob_id
            others = await transaction.execute(
                "SELECT 1 FROM content_items WHERE blob_id = :blob LIMIT 1", {"blob": blob}
            )
            return None if others else blob

        return await self._database.write(work)

    async def files_of(self, room_id: str) -> list[StoredFile]:
        """Of everything in a room, each once."""
        rows = await self._database.read(
            "SELECT DISTINCT blob_id, length FROM content_items WHERE room_id = :room"
            " ORDER BY blob_id",
            {"room": room_id},
        )
        return [StoredFile(row["blob_id"], row["length"]) for row in rows]

    async def uploads_to(self, room_id: str) -> list[StoredFile]:
        """Files on their way there, with the length that they will have."""
        rows = await self._database.read(
            "SELECT id, length FROM content_uploads WHERE room_id = :room", {"room": room_id}
        )
        return [StoredFile(row["id"], row["length"]) for row in rows]

    async def change_file(self, room_id: str, blob_id: str, new: str) -> bool:
        """What had one file on disk has another one. Returns whether anything had."""

        async def work(transaction: Transaction) -> bool:
            values = {"room": room_id, "was": blob_id, "new": new}
            return bool(await transaction.execute(_CHANGE_FILE, values))

        return await self._database.write(work)

    async def items_by(self, room_id: str, authors: tuple[str, ...]) -> list[Item]:
        """What these participants shared in that room, oldest first."""
        return [item for item in await self.items(room_id) if item.author in authors]

    async def relabel(self, item: Item, label: Label) -> None:
        """People wrote something else about it. One that is gone stays gone. Raises: RoomHeld."""
        cipher = await self._vault.cipher("room", item.room_id)
        values = {"id": item.id, "sealed": _seal(cipher, item.id, label)}

        async def work(transaction: Transaction) -> None:
            await check_not_held(transaction, item.room_id)
            await transaction.execute(
                "UPDATE content_items SET sealed = :sealed WHERE id = :id", values
            )

        await self._database.write(work)

    async def give_up_of(self, authors: tuple[str, ...]) -> int:
        """Uploads of these participants are over. Returns how many there were."""

        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM content_uploads WHERE author IN (SELECT value FROM json_each(:ids))"
                " RETURNING id",
                {"ids": msgspec.json.encode(authors).decode()},
            )
            return len(rows)

        return await self._database.write(work)

    async def names_of(self, room_ids: tuple[str, ...]) -> dict[str, str]:
        """By id, of those that are there."""
        return await names_of(self._database, room_ids)

    async def blobs_of(self, room_id: str) -> set[str]:
        """Every file on disk that one room needs, and no other."""
        rows = await self._database.read(
            "SELECT blob_id FROM content_items WHERE room_id = :room"
            " UNION SELECT id FROM content_uploads WHERE room_id = :room",
            {"room": room_id},
        )
        return {row["blob_id"] for row in rows}

    async def blob_ids(self) -> set[str]:
        """Every file on disk that is needed."""
        rows = await self._database.read(
            "SELECT blob_id FROM content_items UNION SELECT id FROM content_uploads"
        )
        return {row["blob_id"] for row in rows}


async def _check_room(transaction: Transaction, room_id: str, length: int, quota: Quota) -> None:
    if not await transaction.execute("SELECT 1 FROM rooms WHERE id = :room", {"room": room_id}):
        raise NoSuchRoom
    of_room = (await transaction.execute(f"{_USED} WHERE room_id = :room", {"room": room_id}))[0]
    if of_room["items"] >= MAX_ITEMS:
        raise TooManyItems(limit=MAX_ITEMS)
    if of_room["bytes"] + length > quota.room:
        raise RoomContentFull(limit=quota.room, used=of_room["bytes"])
    of_all = (await transaction.execute(_USED))[0]
    if of_all["bytes"] + length > quota.server:
        raise ServerContentFull(limit=quota.server)


def _upload_values(upload: Upload, cipher: Cipher) -> dict[str, object]:
    return {
        "id": upload.id,
        "room": upload.room_id,
        "sealed": _seal(cipher, upload.id, upload.label),
        "length": upload.length,
        "author": upload.author,
        "received": upload.received,
        "chain": upload.chain,
        "tail": cipher.seal(upload.tail, _tail_place(upload.id)),
        "now": upload.touched_at,
    }


def _upload(row: Row, cipher: Cipher) -> Upload:
    return Upload(
        id=row["id"],
        room_id=row["room_id"],
        label=_open(cipher, row["id"], row["sealed"]),
        length=row["length"],
        author=row["author"],
        received=row["received"],
        chain=row["chain"],
        tail=cipher.open(row["sealed_tail"], _tail_place(row["id"])),
        touched_at=row["touched_at"],
    )


def _item(row: Row, cipher: Cipher) -> Item:
    return Item(
        id=row["id"],
        room_id=row["room_id"],
        blob_id=row["blob_id"],
        label=_open(cipher, row["id"], row["sealed"]),
        length=row["length"],
        author=row["author"],
        added_at=row["added_at"],
    )


def _seal(cipher: Cipher, id_: str, label: Label) -> bytes:
    return cipher.seal(msgspec.json.encode(label), _label_place(id_))


def _open(cipher: Cipher, id_: str, sealed: bytes) -> Label:
    return msgspec.json.decode(cipher.open(sealed, _label_place(id_)), type=Label)


def _tail_place(upload_id: str) -> str:
    return f"content/{upload_id}/tail"


def _label_place(id_: str) -> str:
    return f"content/{id_}"


SEALED = (
    *(
        SealedColumn(
            table, "sealed", ("id",), "room_id = :room", lambda row: _label_place(row["id"])
        )
        for table in ("content_items", "content_uploads")
    ),
    SealedColumn(
        "content_uploads",
        "sealed_tail",
        ("id",),
        "room_id = :room",
        lambda row: _tail_place(row["id"]),
    ),
)


_USED = (
    "SELECT COUNT(*) AS items, COALESCE(SUM(length), 0) AS bytes FROM"
    " (SELECT room_id, length FROM content_items UNION ALL"
    " SELECT room_id, length FROM content_uploads)"
)
_INSERT_UPLOAD = (
    "INSERT INTO content_uploads (id, room_id, sealed, length, author, received, chain,"
    " sealed_tail, touched_at) VALUES (:id, :room, :sealed, :length, :author, :received, :chain,"
    " :tail, :now)"
)
_ADVANCE = (
    "UPDATE content_uploads SET received = :received, chain = :chain, sealed_tail = :tail,"
    " touched_at = :now WHERE id = :id RETURNING id"
)
_DELETE_UPLOAD = "DELETE FROM content_uploads WHERE id = :upload RETURNING id"
_CHANGE_FILE = (
    "UPDATE content_items SET blob_id = :new WHERE room_id = :room AND blob_id = :was RETURNING id"
)
_SAME = (
    "SELECT blob_id FROM content_items WHERE room_id = :room AND fingerprint = :fingerprint LIMIT 1"
)
_INSERT_ITEM = (
    "INSERT INTO content_items (id, room_id, blob_id, fingerprint, sealed, length, author,"
    " added_at) VALUES (:id, :room, :blob, :fingerprint, :sealed, :length, :author, :now)"
    " RETURNING *"
)


def settle_copy(database: Path) -> set[str]:
    """In a copy of the database that no server uses: what was on its way is given up, its files are
    in no backup. Returns the files that are needed. Raises: sqlite3.Error."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM content_uploads")
        return {row[0] for row in connection.execute("SELECT blob_id FROM content_items")}
