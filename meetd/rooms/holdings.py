"""What is kept about rooms."""

from collections.abc import AsyncIterator
from typing import Any

from meetd.rooms.store import RoomStore


class RoomHolding:
    """Rooms without an owner say nothing about a person; they end by not being used."""

    tables = frozenset({"rooms"})

    def __init__(self, store: RoomStore) -> None:
        self._store = store

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:  # noqa: ARG002
        nothing: tuple[dict[str, Any], ...] = ()
        for row in nothing:
            yield row

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        return 0

    async def purge_before(self, cutoff: int) -> int:
        return await self._store.purge_before(cutoff)
