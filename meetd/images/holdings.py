"""What is kept of images."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from meetd.core.holdings import Attachment, Sweep, Until
from meetd.images.store import ImageStore, Owner
from meetd.storage.resealing import SealsOfRooms


class ImageHolding(SealsOfRooms):
    """Images of accounts. Those of rooms go with their room, by foreign key and by its key."""

    tables = frozenset({"images"})
    kinds: Mapping[str, Until] = {"image": "changed"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, store: ImageStore) -> None:
        self._store = store
        self.seals = store.seals

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """The personal image, as WebP."""
        image = await self._store.get(Owner("account", person))
        if image is not None:
            yield {
                "kind": "image",
                "made_at": image.made_at,
                "width": image.width,
                "height": image.height,
                "file": Attachment("image.webp", len(image.webp), partial(_pieces, image.webp)),
            }

    async def erase_for(self, person: str) -> int:
        return int(await self._store.remove(Owner("account", person)))


async def _pieces(whole: bytes) -> AsyncIterator[bytes]:
    yield whole
