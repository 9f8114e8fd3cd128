"""All SQL about images, and their encryption with the key of whom they belong to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.images.reencoding import Image
from meetd.storage.database import Database, Transaction
from meetd.storage.resealing import RoomSeals, SealedColumn
from meetd.storage.vault import Vault


class Owner(NamedTuple):
    """Whom an image belongs to: an account or a room, by id."""

    kind: Literal["account", "room"]
    id: str


@dataclass(frozen=True)
class StoredImage:
    """An image at rest. ``etag`` changes with every new one; it is 128 random bits that say nothing
    of the image. ``made_at`` in milliseconds since the Unix epoch."""

    webp: bytes = field(repr=False)
    width: int
    height: int
    made_at: int
    etag: str


class ImageStore:
    """At most one image per account and per room. Whoever shows one live listens.

    An image goes with its owner: the row by foreign key in the transaction that deletes the account
    or the room, whoever does that, and what backups have by the owner's key.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._changed: list[Callable[[Owner], None]] = []
        self.seals = RoomSeals(database, vault, SEALED)

    def on_changed(self, listener: Callable[[Owner], None]) -> None:
        """Called with whose image is another one now, or gone."""
        self._changed.append(listener)

    async def keep(self, owner: Owner, image: Image) -> str | None:
        """In the place of the one that was there. Returns its etag; ``None`` when the owner was
        deleted meanwhile, and nothing is kept."""
        image_id = new_id()
        cipher = await self._vault.cipher(owner.kind, owner.id)
        values = {
            **_columns(owner),
            "id": image_id,
            "sealed": cipher.seal(image.webp, _place(image_id)),
            "width": image.width,
            "height": image.height,
            "now": self._clock.now(),
        }

        async def work(transaction: Transaction) -> bool:
            if not await transaction.execute(_OWNERS[owner.kind], {"id": owner.id}):
                return False
            await transaction.execute(_DELETE, _columns(owner))
            await transaction.execute(_INSERT, values)
            return True

        if await self._database.write(work):
            self._announce(owner)
            return image_id
        # Asking for the cipher has made a key for nobody.
        await self._vault.forget(owner.kind, owner.id)
        return None

    async def get(self, owner: Owner) -> StoredImage | None:
        """The image of that account or room."""
        rows = await self._database.read(_SELECT, _columns(owner))
        if not rows:
            return None
        row = rows[0]
        cipher = await self._vault.cipher(owner.kind, owner.id)
        webp = cipher.open(row["sealed"], _place(row["id"]))
        return StoredImage(webp, row["width"], row["height"], row["made_at"], row["id"])

    async def shown(self, owner: Owner) -> str | None:
        """The etag of what may be shown of them: nothing of an account that is blocked. As quick
        when there is none."""
        rows = await self._database.read(_SHOWN, _columns(owner))
        return rows[0]["id"] if rows else None

    async def remove(self, owner: Owner) -> bool:
        """Returns whether there was one."""

        async def work(transaction: Transaction) -> bool:
            return bool(await transaction.execute(_DELETE, _columns(owner)))

        removed = await self._database.write(work)
        if removed:
            self._announce(owner)
        return removed

    def _announce(self, owner: Owner) -> None:
        for listener in self._changed:
            listener(owner)


def _columns(owner: Owner) -> dict[str, str | None]:
    """One is the owner, the other NULL, which nothing is equal to."""
    return {
        "account": owner.id if owner.kind == "account" else None,
        "room": owner.id if owner.kind == "room" else None,
    }


def _place(image_id: str) -> str:
    return f"images/{image_id}"


SEALED = (
    SealedColumn("images", "sealed", ("id",), "room_id = :room", lambda row: _place(row["id"])),
)


_OWNERS = {
    "account": "SELECT 1 FROM accounts WHERE id = :id",
    "room": "SELECT 1 FROM rooms WHERE id = :id",
}
_SELECT = (
    "SELECT id, sealed, width, height, made_at FROM images"
    " WHERE account_id = :account OR room_id = :room"
)
_SHOWN = (
    "SELECT images.id AS id FROM images LEFT JOIN accounts ON accounts.id = images.account_id"
    " WHERE (account_id = :account OR room_id = :room) AND accounts.blocked_at IS NULL"
)
_DELETE = "DELETE FROM images WHERE account_id = :account OR room_id = :room RETURNING id"
_INSERT = (
    "INSERT INTO images (id, account_id, room_id, sealed, width, height, made_at)"
    " VALUES (:id, :account, :room, :sealed, :width, :height, :now)"
)
