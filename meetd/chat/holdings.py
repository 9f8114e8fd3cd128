"""What is kept of chat."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.chat.store import count_of_owner, messages_of_owner
from meetd.chat.visitors import SaidByVisitors
from meetd.core.holdings import Sweep, Traces, Until
from meetd.storage.database import Database
from meetd.storage.vault import Vault


class ChatHolding:
    """Messages name no account: they are shown to whoever owns the room, and stay in it as long as
    it stays. Of people without an account the browser knows which are theirs."""

    tables = frozenset({"conversations", "messages"})
    kinds: Mapping[str, Until] = {"message": "room"}
    visitor_kinds: Mapping[str, Until] = {"message": "room"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, database: Database, vault: Vault, said: SaidByVisitors) -> None:
        self._database = database
        self._vault = vault
        self._said = said

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

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        async for room, message in self._said.messages(traces):
            yield {
                "kind": "message",
                "room": room,
                "at": message.at,
                "name": message.name,
                "text": message.text,
            }

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        return await self._said.rename(traces, name)

    async def erase_visitor(self, traces: Traces) -> int:
        """That there was a message stays to be seen, as when somebody takes one back."""
        return await self._said.erase(traces)
