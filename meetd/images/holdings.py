"""What is kept of images."""

import base64
from collections.abc import AsyncIterator
from typing import Any

from meetd.images.store import ImageStore, Owner


class ImageHolding:
    """Images of accounts. Those of rooms go with their room, by foreign key and by its key."""

    tables = frozenset({"images"})

    def __init__(self, store: ImageStore) -> None:
        self._store = store

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """The personal image, as WebP in base64."""
        image = await self._store.get(Owner("account", person))
        if image is not None:
            yield {
                "kind": "image",
                "made_at": image.made_at,
                "width": image.width,
                "height": image.height,
                "webp": base64.b64encode(image.webp).decode(),
            }

    async def erase_for(self, person: str) -> int:
        return int(await self._store.remove(Owner("account", person)))

    async def purge_before(self, cutoff: int) -> int:  # noqa: ARG002
        """Nothing by age: an image is used as long as its account or room, and goes with it."""
        return 0
