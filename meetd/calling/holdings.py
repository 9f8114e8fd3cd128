"""What is kept about calls: shown, erased and purged."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

from meetd.calling.store import DAY, CallStore
from meetd.core.holdings import Sweep, Until
from meetd.core.periods import Span


class CallHolding:
    """Everything in ``calling`` about a host, ``person`` being the account's id."""

    tables = frozenset({"knock_calls"})

    kinds: Mapping[str, Until] = {"call": Span(DAY)}

    def __init__(self, store: CallStore) -> None:
        self._store = store
        self.sweeps = (Sweep("calls", Span(DAY), store.old.due, store.old.remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for called_at, called in await self._store.of(person):
            told = asdict(called) if called else {}
            yield {"kind": "call", "called_at": called_at, **told}

    async def erase_for(self, person: str) -> int:
        return await self._store.erase(person)
