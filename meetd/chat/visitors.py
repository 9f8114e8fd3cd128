"""What people without an account said: shown, put under another name, and erased, at rest. Who has
it at hand is told that it changed."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec

from meetd.chat.readers import Readers
from meetd.chat.store import MessageStore, forget_reader
from meetd.core.holdings import Traces
from meetd.core.ids import new_id
from meetd.protocol.chat import Message
from meetd.rooms.name_store import names_of
from meetd.storage.database import Database
from meetd.storage.vault import Vault

Listener = Callable[[str, list[int]], None]
"""Id of the room, and numbers of messages in it, in order. What they are is asked for when it is
shown: by then they may have been taken back."""


class SaidByVisitors:
    """The messages of all rooms."""

    def __init__(self, database: Database, vault: Vault, readers: Readers) -> None:
        self._database = database
        self._vault = vault
        self._readers = readers
        self._changed: list[Listener] = []

    @classmethod
    async def open(cls, database: Database, vault: Vault) -> "SaidByVisitors":
        return cls(database, vault, await Readers.open(vault))

    def on_changed(self, listener: Listener) -> None:
        """Called with messages that are others from now on."""
        self._changed.append(listener)

    async def messages(self, traces: Traces) -> AsyncGenerator[tuple[str, Message], None]:
        """With the name of the room."""
        for room_id, name, store in await self._rooms(traces):
            for author in traces.rooms[room_id]:
                mark = self._readers.participant(author)
                async with aclosing(store.by(author, mark)) as messages:
                    async for message in messages:
                        yield name, message

    async def rename(self, traces: Traces, name: str) -> int:
        """Raises: RoomHeld."""

        def renamed(message: Message) -> Message:
            return msgspec.structs.replace(message, name=name)

        return await self._change(traces, renamed)

    async def erase(self, traces: Traces) -> int:
        """Words first: by their marks they are found. Raises: RoomHeld."""
        number = await self._change(traces, erased)
        for room_id, participants in traces.rooms.items():
            for each in participants:
                await forget_reader(self._database, self._readers.participant(each), room_id)
        return number

    async def _change(self, traces: Traces, changed: Callable[[Message], Message]) -> int:
        number = 0
        for room_id, _, store in await self._rooms(traces):
            for author in traces.rooms[room_id]:
                number += await self._change_by(author, room_id, store, changed)
        return number

    async def _change_by(
        self, author: str, room_id: str, store: MessageStore, changed: Callable[[Message], Message]
    ) -> int:
        """Where it fails in the middle, what was changed until then is told: nobody finds it by
        its author any more."""
        mark, done = self._readers.participant(author), list[int]()
        try:
            async with aclosing(store.change_by(author, mark, changed)) as numbers:
                async for number in numbers:
                    done.append(number)
        finally:
            for listener in self._changed if done else ():
                listener(room_id, done)
        return len(done)

    async def _rooms(self, traces: Traces) -> list[tuple[str, str, MessageStore]]:
        """Those that are still there."""
        names = await names_of(self._database, traces.rooms)
        return [(room_id, name, await self._store(room_id)) for room_id, name in names.items()]

    async def _store(self, room_id: str) -> MessageStore:
        cipher = await self._vault.cipher("room", room_id)
        return MessageStore(self._database, room_id, cipher)


def erased(message: Message) -> Message:
    """That somebody said something then is all that is left of it, and of what was said in private
    to whom: it must not turn public. Not even the random ids are the same: they stand beside it in
    clear."""
    return Message(
        number=message.number,
        at=message.at,
        author=new_id(),
        name="",
        text="",
        client_id=new_id(),
        deleted=True,
        to=message.to,
    )
