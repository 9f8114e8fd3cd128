"""What is kept of archives that people asked for."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.core.holdings import Resealed, Sweep, Until
from meetd.core.periods import Span
from meetd.privacy.export_store import LASTS, ExportStore
from meetd.storage.blobs import BlobFolder
from meetd.storage.vault import Vault


class ExportHolding:
    """An archive goes a week after it was asked for; that of a room also when the room gets a new
    key: what the former one opens is to be as little as can be."""

    tables = frozenset({"exports"})
    kinds: Mapping[str, Until] = {"export": Span(LASTS)}

    def __init__(self, store: ExportStore, folder: BlobFolder, vault: Vault) -> None:
        self._store = store
        self._folder = folder
        self._vault = vault
        self.sweeps = (Sweep("exports", Span(LASTS), store.old.due, self._remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for export, room in await self._store.all_of(person):
            row = {"kind": "export", "asked_at": export.asked_at, "ready_at": export.ready_at}
            yield row if room is None else row | {"room": room}

    async def erase_for(self, person: str) -> int:
        gone = await self._store.erase(person)
        for export_id in gone:
            await asyncio.to_thread(self._folder.remove, export_id)
        return len(gone)

    async def count_sealed(self, room_id: str) -> int:
        return await self._store.count_of_room(room_id)

    async def reseal(self, room_id: str) -> AsyncIterator[Resealed]:
        """What was asked for before the newest key goes: another one is soon made. One that is
        being made is thrown away when it is whole and found unwanted."""
        made_at = await self._vault.made_at("room", room_id)
        whole, gone = await self._store.forget_before(room_id, made_at or 0)
        for export_id in whole:
            await asyncio.to_thread(self._folder.remove, export_id)
        yield Resealed(seen=gone, changed=gone)

    async def _remove(self, cutoff: int) -> int:
        """With every file that belongs to nothing, of a run that was cut short."""
        gone = await self._store.old.remove(cutoff)
        known = await self._store.ids()
        await asyncio.to_thread(self._folder.sweep, known, cutoff / 1_000)
        return gone
