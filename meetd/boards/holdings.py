"""What is kept of whiteboards."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.boards import snapshot_store, store
from meetd.boards.store import BoardStore
from meetd.core.holdings import ImpersonalHolding, Traces, Until
from meetd.rooms.name_store import names_of
from meetd.storage.database import Database
from meetd.storage.resealing import RoomSeals, SealsOfRooms
from meetd.storage.vault import Vault


class BoardHolding(SealsOfRooms, ImpersonalHolding):
    """Boards name no account; they go with their room, whose key goes with it. Who drew a stroke,
    or kept how a board was, is known by no id: only who made a board can be found again."""

    tables = frozenset(
        {"boards", "board_makers", "board_bases", "board_updates", "board_snapshots"}
    )
    visitor_kinds: Mapping[str, Until] = {"whiteboard": "room"}

    def __init__(self, database: Database, vault: Vault, boards: BoardStore) -> None:
        self.seals = RoomSeals(database, vault, (*store.SEALED, *snapshot_store.SEALED))
        self._boards = boards
        self._database = database

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        boards = await self._boards.by_authors(traces.participants)
        rooms = await names_of(self._database, {board.room_id for board in boards})
        for board in boards:
            yield {
                "kind": "whiteboard",
                "room": rooms.get(board.room_id),
                "name": board.label.name,
                "from": board.label.author_name,
                "added_at": board.added_at,
            }

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        return await self._boards.rename_authors(traces.participants, name)

    async def erase_visitor(self, traces: Traces) -> int:
        """Others drew on it too: the board stays, and was made by nobody."""
        return await self._boards.forget_authors(traces.participants)
