"""What is in the rooms: listed, read and removed."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from meetd.content.item import Item
from meetd.content.store import ContentStore
from meetd.core.amounts import Amount
from meetd.core.refusals import ItemDamaged, NoSuchItem
from meetd.storage.blobs import BlobDamaged, BlobFolder
from meetd.storage.vault import Vault


class Shelf:
    """The files of all rooms."""

    def __init__(self, store: ContentStore, blobs: BlobFolder, vault: Vault) -> None:
        self._store = store
        self._blobs = blobs
        self._vault = vault
        self._removed: list[Callable[[Item], None]] = []

    def on_removed(self, listener: Callable[[Item], None]) -> None:
        """Called with each file that is in its room no more."""
        self._removed.append(listener)

    async def holds_any(self, room_id: str) -> bool:
        """Is there anything in that room, or on its way there?"""
        return await self._store.holds_any(room_id)

    async def used(self, room_id: str) -> Amount:
        """Of that room, with what is on its way there."""
        return await self._store.used(room_id)

    async def items(self, room_id: str) -> list[Item]:
        """Everything in a room, oldest first."""
        return await self._store.items(room_id)

    async def find(self, room_id: str, item_id: str) -> Item:
        """Raises: NoSuchItem, also for one of another room."""
        item = await self._store.item(room_id, item_id)
        if item is None:
            raise NoSuchItem
        return item

    async def read(self, item: Item, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """The bytes from ``start`` to before ``stop``, in pieces of a MiB at most.

        Raises: ItemDamaged, in the place of anything that was not put there.
        """
        cipher = await self._vault.cipher("room", item.room_id)
        pieces = self._blobs.read(item.blob_id, cipher, item.length, start, stop)
        try:
            piece = await asyncio.to_thread(next, pieces, b"")
        except (BlobDamaged, OSError) as error:
            # Sealed anew since somebody looked, it is another file now.
            now = await self._store.item(item.room_id, item.id)
            if now is None or now.blob_id == item.blob_id:
                raise ItemDamaged from error
            pieces = self._blobs.read(now.blob_id, cipher, item.length, start, stop)
            piece = b""
        try:
            while piece := piece or await asyncio.to_thread(next, pieces, b""):
                yield piece
                piece = b""
        except (BlobDamaged, OSError) as error:
            raise ItemDamaged from error

    async def remove(self, item: Item) -> None:
        """Removed twice, it is as gone as before. Raises: RoomHeld."""
        blob_id = await self._store.remove(item)
        if blob_id is not None:
            await asyncio.to_thread(self._blobs.remove, blob_id)
        for listener in self._removed:
            listener(item)
