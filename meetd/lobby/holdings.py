"""What is kept of knocks."""

from collections.abc import AsyncIterator
from typing import Any

from meetd.lobby.store import KnockStore


class KnockHolding:
    """Knocks are swept away a day after they were answered or lapsed (``Lobbies``). Rows of people
    without account are nobody's to export or erase: they go by time alone."""

    tables = frozenset({"knocks"})

    def __init__(self, store: KnockStore) -> None:
        self._store = store

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

    async def purge_before(self, cutoff: int) -> int:
        return await self._store.purge_before(cutoff)
