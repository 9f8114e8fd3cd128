"""What doors ask: take this image for that account or room, give it, remove it."""

from typing import Final

from meetd.images.reencoding import PERSONAL, WAITING_ROOM, Reencoder
from meetd.images.store import ImageStore, Owner, StoredImage

PLACES: Final = {"account": "/pictures/accounts", "room": "/pictures/rooms"}
"""Where images are served, by kind of owner; id and etag follow."""
SIDES: Final = {"account": PERSONAL, "room": WAITING_ROOM}
"""Pixels on the long side, by kind of owner."""


class Images:
    """Personal images, and those of waiting rooms. Who may set and see them is asked before."""

    def __init__(self, store: ImageStore) -> None:
        self.store = store
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

    async def path(self, owner: Owner) -> str:
        """Of the image that is shown of them, ``""`` when there is none."""
        etag = await self.store.shown(owner)
        return f"{PLACES[owner.kind]}/{owner.id}/{etag}" if etag else ""

    async def get_shown(self, owner: Owner, etag: str) -> StoredImage | None:
        """That very image, while it is shown."""
        if await self.store.shown(owner) != etag:
            return None
        image = await self.store.get(owner)
        return image if image and image.etag == etag else None

    async def remove(self, owner: Owner) -> bool:
        """Returns whether there was one."""
        return await self.store.remove(owner)
