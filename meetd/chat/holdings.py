"""What is kept of chat."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.chat.readers import Readers
from meetd.chat.store import (
    SEALED,
    count_of_owner,
    count_private_of,
    forget_reader,
    messages_of_owner,
    private_messages_of,
)
from meetd.chat.visitors import SaidByVisitors
from meetd.core.holdings import Sweep, Traces, Until
from meetd.protocol.chat import Message
from meetd.storage.database import Database
from meetd.storage.resealing import RoomSeals, SealsOfRooms
from meetd.storage.vault import Vault


class ChatHolding(SealsOfRooms):
    """What was said to everybody names no account: it is shown to whoever owns the room, and stays
    in it as long as it stays. Of people without an account the browser knows which are theirs, also
    of what they said in private."""

    tables = frozenset({"conversations", "messages"})
    kinds: Mapping[str, Until] = {"message": "room"}
    visitor_kinds: Mapping[str, Until] = {"message": "room", "private message": "room"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, database: Database, vault: Vault, said: SaidByVisitors) -> None:
        self._database = database
        self._vault = vault
        self._said = said
        self.seals = RoomSeals(database, vault, SEALED)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        async for room, message in messages_of_owner(self._database, self._vault, person):
            yield _public(room, message)

    async def count_for(self, person: str) -> int:
        return await count_of_owner(self._database, person)

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        """They go with the room, whose key goes with it."""
        return 0

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        async for room, message in self._said.messages(traces):
            yield _private(room, message) if message.to else _public(room, message)

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        return await self._said.rename(traces, name)

    async def erase_visitor(self, traces: Traces) -> int:
        """That there was a message stays to be seen, as when somebody takes one back; what was said
        in private, by the other one of the two."""
        return await self._said.erase(traces)


class PrivateChatHolding:
    """What an account said and was told in private, in whatever room: shown to that account, and
    not to whoever owns the room. Its tables are those of ``ChatHolding``."""

    tables = frozenset[str]()
    kinds: Mapping[str, Until] = {"private message": "room"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        mark = await self._mark(person)
        async for room, message in private_messages_of(self._database, self._vault, mark):
            yield _private(room, message)

    async def count_for(self, person: str) -> int:
        return await count_private_of(self._database, await self._mark(person))

    async def erase_for(self, person: str) -> int:
        """The other one keeps what was said to them, and by them; nothing leads to that account any
        more. What nobody is left to read goes. In rooms on hold all of it stays as it is."""
        return await forget_reader(self._database, await self._mark(person))

    async def _mark(self, account_id: str) -> bytes:
        return (await Readers.open(self._vault)).account(account_id)


def _public(room: str, message: Message) -> dict[str, Any]:
    return {
        "kind": "message",
        "room": room,
        "at": message.at,
        "name": message.name,
        "text": message.text,
    }


def _private(room: str, message: Message) -> dict[str, Any]:
    return {
        "kind": "private message",
        "room": room,
        "at": message.at,
        "name": message.name,
        "to": message.to.name if message.to else "",
        "text": message.text,
    }
