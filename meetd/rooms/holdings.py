"""What is kept about rooms."""

from meetd.core.holdings import ImpersonalHolding
from meetd.rooms.store import RoomStore


class RoomHolding(ImpersonalHolding):
    """Rooms without an owner say nothing about a person; they end by not being used."""

    tables = frozenset({"rooms"})

    def __init__(self, store: RoomStore) -> None:
        self._store = store

    async def purge_before(self, cutoff: int) -> int:
        return await self._store.purge_before(cutoff)
