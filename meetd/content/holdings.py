"""What is kept of content."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from meetd.content.resealing import FileSeals
from meetd.content.shelf import Shelf
from meetd.content.store import ContentStore
from meetd.core.holdings import Attachment, Resealed, Sweep, Until
from meetd.core.periods import Span


class ContentHolding:
    """Files name no account: they are shown to whoever owns the room, and go with the room, whose
    key goes with it. What of an upload is on the disk goes with the next look of ``Intake`` at what
    belongs to nothing."""

    tables = frozenset({"content_items", "content_uploads"})
    kinds: Mapping[str, Until] = {"file": "room"}

    def __init__(self, store: ContentStore, shelf: Shelf, files: FileSeals, kept_for: Span) -> None:
        self.seals = store.seals
        self._store = store
        self._shelf = shelf
        self._files = files
        self.sweeps = (Sweep("uploads", kept_for, store.count_untouched, self._remove),)

    async def count_sealed(self, room_id: str) -> int:
        return await self.seals.count(room_id) + await self._files.count(room_id)

    async def reseal(self, room_id: str) -> AsyncIterator[Resealed]:
        async for step in self.seals.reseal(room_id):
            yield step
        async for step in self._files.reseal(room_id):
            yield step

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        async for room, item in self._store.items_of_owner(person):
            read = partial(self._shelf.read, item, 0, item.length)
            yield {
                "kind": "file",
                "room": room,
                "name": item.label.name,
                "from": item.label.author_name,
                "added_at": item.added_at,
                "bytes": item.length,
                "file": Attachment(item.label.name, item.length, read),
            }

    async def count_for(self, person: str) -> int:
        return await self._store.count_of_owner(person)

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        """They go with the room."""
        return 0

    async def _remove(self, cutoff: int) -> int:
        return len(await self._store.give_up_untouched(cutoff))
