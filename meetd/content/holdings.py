"""What is kept of content."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

import msgspec

from meetd.content.item import Item
from meetd.content.resealing import FileSeals
from meetd.content.shelf import Shelf
from meetd.content.store import ContentStore
from meetd.core.holdings import Attachment, Resealed, Sweep, Traces, Until
from meetd.core.periods import Span


class ContentHolding:
    """Files name no account: they are shown to whoever owns the room, and go with the room, whose
    key goes with it. What of an upload is on the disk goes with the next look of ``Intake`` at what
    belongs to nothing."""

    tables = frozenset({"content_items", "content_uploads"})
    kinds: Mapping[str, Until] = {"file": "room"}
    visitor_kinds: Mapping[str, Until] = {"file": "room"}

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
            yield self._row(room, item)

    async def count_for(self, person: str) -> int:
        return await self._store.count_of_owner(person)

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        """They go with the room."""
        return 0

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        names = await self._store.names_of(tuple(traces.rooms))
        for item in await self._of_visitor(traces):
            yield self._row(names[item.room_id], item)

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        """Who is in a meeting with it sees the new name from the next meeting on."""
        items = await self._of_visitor(traces)
        for item in items:
            await self._store.relabel(item, msgspec.structs.replace(item.label, author_name=name))
        return len(items)

    async def erase_visitor(self, traces: Traces) -> int:
        """The files, and what was on its way."""
        items = await self._of_visitor(traces)
        for item in items:
            await self._shelf.remove(item)
        return len(items) + await self._store.give_up_of(traces.participants)

    async def _of_visitor(self, traces: Traces) -> list[Item]:
        names = await self._store.names_of(tuple(traces.rooms))
        return [
            item
            for room_id in names
            for item in await self._store.items_by(room_id, traces.rooms[room_id])
        ]

    def _row(self, room: str, item: Item) -> dict[str, Any]:
        read = partial(self._shelf.read, item, 0, item.length)
        return {
            "kind": "file",
            "room": room,
            "name": item.label.name,
            "from": item.label.author_name,
            "added_at": item.added_at,
            "bytes": item.length,
            "file": Attachment(item.label.name, item.length, read),
        }

    async def _remove(self, cutoff: int) -> int:
        return len(await self._store.give_up_untouched(cutoff))
