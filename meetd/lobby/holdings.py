"""What is kept of knocks."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.core.holdings import Sweep, Traces, Until
from meetd.core.periods import Span
from meetd.lobby.knock import Knock
from meetd.lobby.store import KnockStore


class KnockHolding:
    """Knocks go some time after they were answered or lapsed. Those of people without an account
    are found again by the browser that knocked."""

    tables = frozenset({"knocks"})

    def __init__(self, store: KnockStore, kept_for: Span) -> None:
        self._store = store
        self.kinds: Mapping[str, Until] = {"knock": kept_for}
        self.visitor_kinds = self.kinds
        self.sweeps = (Sweep("knocks", kept_for, store.over.due, store.over.remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for knock in await self._store.of_account(person):
            yield _row(knock)

    async def erase_for(self, person: str) -> int:
        return await self._store.erase_for(person)

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        for knock in await self._store.of_places(traces.places):
            yield _row(knock)

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        return await self._store.rename_at(traces.places, name)

    async def erase_visitor(self, traces: Traces) -> int:
        return await self._store.erase_at(traces.places)


def _row(knock: Knock) -> dict[str, Any]:
    return {
        "kind": "knock",
        "door": knock.door.name,
        "name": knock.words.name,
        "message": knock.words.message,
        "state": knock.state,
        "at": knock.knocked_at,
    }
