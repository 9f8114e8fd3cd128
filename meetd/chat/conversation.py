"""The chat of one room while people are in it."""

import msgspec

from meetd.chat.store import Draft, MessageStore
from meetd.core.text import clean_message
from meetd.protocol.chat import ChatPage, Message

PAGE = 50
"""Messages in a snapshot and in each earlier page."""


class Conversation:
    """Says, loads, and holds the latest page in memory, so that a snapshot needs no waiting."""

    def __init__(self, store: MessageStore, latest: ChatPage) -> None:
        self._store = store
        self._latest = latest

    @classmethod
    async def open(cls, store: MessageStore) -> "Conversation":
        """Load the latest page."""
        return cls(store, await store.page(None, PAGE))

    @property
    def latest(self) -> ChatPage:
        """What a snapshot shows: the latest messages, oldest first."""
        return self._latest

    @property
    def is_empty(self) -> bool:
        """Nothing was ever kept."""
        return not self._latest.messages

    async def say(self, draft: Draft) -> tuple[Message, bool]:
        """Keep what was said; returns it and whether it is new (see ``MessageStore.add``).

        Raises: TextEmpty, TextTooLong, StorageFull, StorageFailed.
        """
        cleaned = msgspec.structs.replace(draft, text=clean_message(draft.text))
        message, new = await self._store.add(cleaned)
        if new:
            messages = (*self._latest.messages, message)
            self._latest = ChatPage(
                messages=messages[-PAGE:],
                earlier=self._latest.earlier or len(messages) > PAGE,
            )
        return message, new

    async def before(self, number: int) -> ChatPage:
        """The page before that message."""
        return await self._store.page(number, PAGE)
