"""What is kept about calls: shown, erased and purged."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from meetd.calling.store import CallStore


class CallHolding:
    """Everything in ``calling`` about a host, ``person`` being the account's id."""

    tables = frozenset({"knock_calls"})

    def __init__(self, store: CallStore) -> None:
        self._store = store

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for called_at, called in await self._store.of(person):
            told = asdict(called) if called else {}
            yield {"kind": "call", "called_at": called_at, **told}

    async def erase_for(self, person: str) -> int:
        return await self._store.erase(person)

    async def purge_before(self, cutoff: int) -> int:
        return await self._store.purge_before(cutoff)
