"""What is kept of archives that are brought here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.along.arrival_store import LASTS, ArrivalStore
from meetd.core.holdings import Sweep, Until
from meetd.core.periods import Span
from meetd.storage.blobs import BlobFolder


class ArrivalHolding:
    """An archive goes once it is unpacked or refused; what became of it is told for a week."""

    tables = frozenset({"arrivals"})
    kinds: Mapping[str, Until] = {"arrival": Span(LASTS)}

    def __init__(self, store: ArrivalStore, folder: BlobFolder) -> None:
        self._store = store
        self._folder = folder
        self.sweeps = (Sweep("arrivals", Span(LASTS), store.old.due, self._remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        arrival = await self._store.of(person)
        if arrival is not None:
            yield {
                "kind": "arrival",
                "asked_at": arrival.asked_at,
                "ended_at": arrival.ended_at,
                "bytes": arrival.length,
            }

    async def erase_for(self, person: str) -> int:
        gone = await self._store.forget(person)
        for arrival in gone:
            await asyncio.to_thread(self._folder.remove, arrival.id)
        return len(gone)

    async def _remove(self, cutoff: int) -> int:
        """With every file that belongs to nothing, of a run that was cut short."""
        gone = await self._store.old.remove(cutoff)
        known = await self._store.ids()
        await asyncio.to_thread(self._folder.sweep, known, cutoff / 1_000)
        return gone
