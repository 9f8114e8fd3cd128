"""What doors ask: take this image for that account or room, give it, remove it."""

from meetd.core.clock import Clock
from meetd.images.reencoding import PERSONAL, WAITING_ROOM, Reencoder
from meetd.images.store import ImageStore, Owner, StoredImage
from meetd.storage.database import Database
from meetd.storage.vault import Vault

SIDES = {"account": PERSONAL, "room": WAITING_ROOM}
"""Pixels on the long side, by kind of owner."""


class Images:
    """Personal images, and those of waiting rooms. Who may set and see them is asked before."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self.store = ImageStore(database, vault, clock)
        self._reencoder = Reencoder()

    async def set(self, owner: Owner, data: bytes) -> str | None:
        """Re-encode what was sent and keep it in the place of the one before. Returns its etag;
        ``None`` when the owner was deleted meanwhile.

        Raises: ImageTooLarge, ImageUnreadable, ImagesBusy, StorageFull, StorageFailed; the image
        before is there still.
        """
        image = await self._reencoder.reencode(data, SIDES[owner.kind])
        return await self.store.keep(owner, image)

    async def get(self, owner: Owner) -> StoredImage | None:
        """A WebP; whoever serves it says ``image/webp`` and ``nosniff``."""
        return await self.store.get(owner)

    async def remove(self, owner: Owner) -> bool:
        """Returns whether there was one."""
        return await self.store.remove(owner)
