"""What is kept of knocks."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.core.holdings import Sweep, Until
from meetd.core.periods import Span
from meetd.lobby.store import KnockStore


class KnockHolding:
    """Knocks go some time after they were answered or lapsed. Rows of people without account are
    nobody's to export or erase: they go by time alone."""

    tables = frozenset({"knocks"})

    def __init__(self, store: KnockStore, kept_for: Span) -> None:
        self._store = store
        self.kinds: Mapping[str, Until] = {"knock": kept_for}
        self.sweeps = (Sweep("knocks", kept_for, store.over.due, store.over.remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for knock in await self._store.of_account(person):
            yield {
                "kind": "knock",
                "door": knock.door.name,
                "name": knock.words.name,
                "message": knock.words.message,
                "state": knock.state,
                "at": knock.knocked_at,
            }

    async def erase_for(self, person: str) -> int:
        return await self._store.erase_for(person)
