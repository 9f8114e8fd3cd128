"""What is kept of chat."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.chat.store import SEALED, count_of_owner, messages_of_owner
from meetd.core.holdings import Sweep, Until
from meetd.storage.database import Database
from meetd.storage.resealing import RoomSeals, SealsOfRooms
from meetd.storage.vault import Vault


class ChatHolding(SealsOfRooms):
    """Messages name no account: they are shown to whoever owns the room, and stay in it as long as
    it stays."""

    tables = frozenset({"conversations", "messages"})
    kinds: Mapping[str, Until] = {"message": "room"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self.seals = RoomSeals(database, vault, SEALED)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        async for room, message in messages_of_owner(self._database, self._vault, person):
            yield {
                "kind": "message",
                "room": room,
                "at": message.at,
                "name": message.name,
                "text": message.text,
            }

    async def count_for(self, person: str) -> int:
        return await count_of_owner(self._database, person)

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        """They go with the room, whose key goes with it."""
        return 0
