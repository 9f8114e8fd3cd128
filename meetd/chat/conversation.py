"""The chat of one room while people are in it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from meetd.chat.store import Draft, MessageStore
from meetd.core.refusals import NoSuchMessage
from meetd.core.text import clean_message
from meetd.protocol.chat import ChatPage, Emoji, Message, Reaction, ReactToChat

PAGE = 50
"""Messages in a snapshot and in each earlier page."""
MOST_REACTIONS: Final = 200
"""Of one kind on one message; whoever comes back with another name may react again."""
_SEARCHED: Final = 50
_SEARCHED_PIECES: Final = 40
"""Messages that are decrypted at a time, and how many times for one question: 50 of the longest
take 8 ms, in which nobody else has a turn."""


class Conversation:
    """Says, loads, and holds the latest page in memory, so that a snapshot needs no waiting."""

    def __init__(self, store: MessageStore, latest: ChatPage) -> None:
        self._store = store
        self._latest = latest
        self._cleared = 0
        """Number of the last message that was cleared while people are in."""
        self._loading = 0
        self._changed: dict[int, Message] = {}
        """By number: what became of messages while others are being loaded."""

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
        with self._load():
            page = await self._store.page(number, PAGE)
            messages = self._as_they_are(page.messages)
        return ChatPage(messages=messages, earlier=page.earlier and bool(messages))

    async def search(self, text: str, before: int | None) -> tuple[tuple[Message, ...], int | None]:
        """A page of messages with ``text`` in them, newest first, and from where on nothing was
        looked at."""
        wanted = text.casefold()
        with self._load():
            found, before = await self._search(wanted, before)
            messages = self._as_they_are(found)
        return tuple(each for each in messages if wanted in each.text.casefold()), before

    async def _search(self, wanted: str, before: int | None) -> tuple[list[Message], int | None]:
        """A long history is decrypted a piece at a time, so that others have their turn."""
        found = list[Message]()
        for _ in range(_SEARCHED_PIECES):
            page = await self._store.page(before, _SEARCHED)
            seen = [each for each in page.messages if each.number > self._cleared]
            found += [each for each in reversed(seen) if wanted in each.text.casefold()]
            if len(found) > PAGE:
                return found[:PAGE], found[PAGE - 1].number
            if not page.earlier or not seen:
                return found, None
            before = seen[0].number
        return found, before

    @contextmanager
    def _load(self) -> Iterator[None]:
        """For as long as messages are read: what happens to them meanwhile is noted."""
        self._loading += 1
        try:
            yield
        finally:
            self._loading -= 1
            if not self._loading:
                self._changed.clear()

    def _as_they_are(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        """After all that became of them while they were read: nothing that was taken back."""
        return tuple(
            self._changed.get(each.number, each) for each in messages if each.number > self._cleared
        )

    async def edit(self, author: str, number: int, text: str, now: int) -> Message:
        """Raises: NoSuchMessage when it is not that author's, TextEmpty, TextTooLong, RoomHeld,
        StorageFull, StorageFailed."""
        cleaned = clean_message(text)

        def changed(message: Message) -> Message:
            if message.author != author or message.deleted:
                raise NoSuchMessage
            return msgspec.structs.replace(message, text=cleaned, edited_at=now)

        return await self._change(number, changed)

    async def delete(self, author: str | None, number: int) -> Message:
        """``author``: whose it has to be; ``None``: anybody's. Raises: NoSuchMessage, RoomHeld,
        StorageFull, StorageFailed."""

        def changed(message: Message) -> Message:
            if author not in {None, message.author}:
                raise NoSuchMessage
            return msgspec.structs.replace(message, text="", deleted=True, reactions=())

        return await self._change(number, changed)

    async def react(self, who: str, react: ReactToChat) -> Message:
        """Raises: NoSuchMessage, StorageFull, StorageFailed."""

        def changed(message: Message) -> Message:
            if message.deleted:
                raise NoSuchMessage
            reactions = reacted(message.reactions, who, react.emoji, on=react.on)
            return msgspec.structs.replace(message, reactions=reactions)

        return await self._change(react.number, changed)

    async def clear(self) -> int:
        """Returns the number of the last message that is gone. Raises: RoomHeld, StorageFull,
        StorageFailed."""
        last = self._cleared = await self._store.clear()
        left = tuple(each for each in self._latest.messages if each.number > last)
        self._latest = ChatPage(messages=left, earlier=False)
        return last

    async def _change(self, number: int, changed: Callable[[Message], Message]) -> Message:
        message = await self._store.change(number, changed)
        if self._loading:
            self._changed[number] = message
        messages = tuple(
            message if each.number == number else each for each in self._latest.messages
        )
        self._latest = msgspec.structs.replace(self._latest, messages=messages)
        return message


def reacted(
    reactions: tuple[Reaction, ...], who: str, emoji: Emoji, *, on: bool
) -> tuple[Reaction, ...]:
    """With somebody's mark, or without it; the oldest kind of mark first."""
    by = {
        each.emoji: [one for one in each.by if (one, each.emoji) != (who, emoji)]
        for each in reactions
    }
    if on and len(by.setdefault(emoji, [])) < MOST_REACTIONS:
        by[emoji].append(who)
    return tuple(Reaction(emoji=each, by=tuple(ids)) for each, ids in by.items() if ids)
