"""The chat of one room while people are in it."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import msgspec

from meetd.chat.readers import ANYBODY, Reader, Readers
from meetd.chat.store import Draft, Kept, MessageStore
from meetd.core.refusals import NoSuchMessage
from meetd.core.text import MAX_CHAT_TEXT, clean_lines, clean_message
from meetd.protocol.chat import ChatPage, Emoji, Message, Reaction, ReactToChat
from meetd.rooms.also import Also

PAGE = 50
"""Messages in a snapshot and in each earlier page."""
MOST_REACTIONS: Final = 200
"""Of one kind on one message; whoever comes back with another name may react again."""
_SEARCHED: Final = 50
_SEARCHED_PIECES: Final = 40
"""Messages that are decrypted at a time, and how many times for one question: 50 of the longest
take 8 ms, in which nobody else has a turn."""


class Conversation:
    """Says, loads, and holds the latest page in memory, so that a snapshot needs no waiting. What
    was said in private is given to nobody but a ``Reader`` who may read it."""

    def __init__(
        self, store: MessageStore, latest: ChatPage, readers: Readers, last_private: int = 0
    ) -> None:
        """``latest``: of what was said to everybody. ``last_private``: number of the last message
        that was not; 0: none is kept."""
        self._store = store
        self._latest = latest
        self.readers = readers
        self._last_private = last_private
        self._cleared = 0
        """Number of the last message that was cleared while people are in."""
        self._loading = 0
        self._changed: dict[int, Kept] = {}
        """By number: what became of messages, and what was said in private, while others are being
        loaded."""

    @classmethod
    async def open(cls, store: MessageStore, readers: Readers) -> "Conversation":
        """Load the latest page."""
        return cls(store, await store.page(None, PAGE), readers, await store.last_private())

    @property
    def latest(self) -> ChatPage:
        """The latest messages that were said to everybody, oldest first."""
        return self._latest

    @property
    def is_empty(self) -> bool:
        """Nothing was ever kept."""
        return not self._latest.messages and not self._holds_private

    @property
    def _holds_private(self) -> bool:
        return self._last_private > self._cleared

    @asynccontextmanager
    async def shown_to(self, coming: Reader) -> AsyncIterator[Callable[[Reader], ChatPage]]:
        """Looks up what somebody who is about to come in may read. Inside, without waiting, what a
        snapshot shows them as whom they came in: the latest messages, oldest first.

        Raises: StorageFailed.
        """
        with self._load():
            held = self._holds_private and coming.marks
            private, more = await self._store.private(coming, PAGE) if held else ([], False)
            yield lambda reader: self._latest_for(reader, private, more=more)

    def _latest_for(self, reader: Reader, private: list[Kept], *, more: bool) -> ChatPage:
        """``more``: was said in private before those."""
        first = private[-1].message.number if more else self._cleared + 1
        now = {each.message.number: each for each in private} | self._changed
        messages = list(self._latest.messages)
        messages += [
            each.message
            for number, each in now.items()
            if each.between is not None and reader.may_read(each.between)
            if number >= max(first, self._cleared + 1)
        ]
        messages.sort(key=lambda each: each.number)
        earlier = self._latest.earlier or more or len(messages) > PAGE
        return ChatPage(messages=tuple(messages[-PAGE:]), earlier=earlier)

    async def say(self, draft: Draft, also: Also | None = None) -> tuple[Message, bool]:
        """Keep what was said; returns it and whether it is new (see ``MessageStore.add``).

        Raises: TextEmpty, TextTooLong, StorageFull, StorageFailed.
        """
        text = _clean(draft.text, may_be_empty=bool(draft.mentions))
        message, new = await self._store.add(msgspec.structs.replace(draft, text=text), also)
        if new and draft.between is not None:
            self._last_private = max(self._last_private, message.number)
            self._note(Kept(message, draft.between))
        elif new:
            messages = (*self._latest.messages, message)
            self._latest = ChatPage(
                messages=messages[-PAGE:],
                earlier=self._latest.earlier or len(messages) > PAGE,
            )
        return message, new

    async def before(self, number: int, reader: Reader = ANYBODY) -> ChatPage:
        """The page before that message."""
        with self._load():
            page = await self._store.page(number, PAGE, reader)
            messages = self._as_they_are(page.messages)
        return ChatPage(messages=messages, earlier=page.earlier and bool(messages))

    async def from_first(self, reader: Reader) -> AsyncIterator[tuple[Message, ...]]:
        """Everything that was said until now, oldest first, a page at a time. What becomes of
        messages until their page comes is in it.

        Raises: StorageFailed.
        """
        latest = await self._store.page(None, 1, reader)
        last = latest.messages[-1].number if latest.messages else 0
        number = self._cleared
        while number < last:
            with self._load():
                page = await self._store.after(number, PAGE, reader)
                messages = self._as_they_are(each for each in page if each.number <= last)
            yield messages
            number = page[-1].number if page else last

    async def search(
        self, text: str, before: int | None, reader: Reader = ANYBODY
    ) -> tuple[tuple[Message, ...], int | None]:
        """A page of messages with ``text`` in them, newest first, and from where on nothing was
        looked at."""
        wanted = text.casefold()
        with self._load():
            found, before = await self._search(wanted, before, reader)
            messages = self._as_they_are(found)
        return tuple(each for each in messages if wanted in each.text.casefold()), before

    async def _search(
        self, wanted: str, before: int | None, reader: Reader
    ) -> tuple[list[Message], int | None]:
        """A long history is decrypted a piece at a time, so that others have their turn."""
        found = list[Message]()
        for _ in range(_SEARCHED_PIECES):
            page = await self._store.page(before, _SEARCHED, reader)
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
            self._changed[each.number].message if each.number in self._changed else each
            for each in messages
            if each.number > self._cleared
        )

    async def edit(
        self, author: str, number: int, text: str, now: int, reader: Reader = ANYBODY
    ) -> Kept:
        """Raises: NoSuchMessage when it is not that author's, TextEmpty, TextTooLong, RoomHeld,
        StorageFull, StorageFailed."""

        def changed(message: Message) -> Message:
            if message.author != author or message.deleted:
                raise NoSuchMessage
            cleaned = _clean(text, may_be_empty=bool(message.mentions))
            return msgspec.structs.replace(message, text=cleaned, edited_at=now)

        return await self._change(number, changed, reader)

    async def delete(
        self, who: str, number: int, reader: Reader = ANYBODY, *, host: bool = False
    ) -> Kept:
        """Their own; as a ``host`` also what others said, but for what they said in private.

        Raises: NoSuchMessage, RoomHeld, StorageFull, StorageFailed.
        """

        def changed(message: Message) -> Message:
            if message.author != who and not (host and message.to is None):
                raise NoSuchMessage
            return msgspec.structs.replace(
                message, text="", deleted=True, reactions=(), mentions=()
            )

        return await self._change(number, changed, reader)

    async def react(self, who: str, react: ReactToChat, reader: Reader = ANYBODY) -> Kept:
        """Raises: NoSuchMessage, StorageFull, StorageFailed."""

        def changed(message: Message) -> Message:
            if message.deleted:
                raise NoSuchMessage
            reactions = reacted(message.reactions, who, react.emoji, on=react.on)
            return msgspec.structs.replace(message, reactions=reactions)

        return await self._change(react.number, changed, reader)

    async def clear(self) -> int:
        """Returns the number of the last message that is gone. Raises: RoomHeld, StorageFull,
        StorageFailed."""
        last = self._cleared = await self._store.clear()
        left = tuple(each for each in self._latest.messages if each.number > last)
        self._latest = ChatPage(messages=left, earlier=False)
        return last

    async def take_again(self, numbers: Sequence[int]) -> list[Kept]:
        """These were changed at rest. Returns those that are left, as they are now: after all that
        became of them since. Raises: StorageFailed."""
        with self._load():
            found = await self._store.numbered(numbers)
            left = [each for each in found if each.message.number > self._cleared]
            now = [self._changed.get(each.message.number, each) for each in left]
            self._take(now)
        return now

    def _take(self, changed: Collection[Kept]) -> None:
        by_number = {kept.message.number: kept.message for kept in changed}
        for kept in changed:
            self._note(kept)
        messages = tuple(by_number.get(each.number, each) for each in self._latest.messages)
        self._latest = msgspec.structs.replace(self._latest, messages=messages)

    async def _change(
        self, number: int, changed: Callable[[Message], Message], reader: Reader
    ) -> Kept:
        kept = await self._store.change(number, changed, reader)
        self._take((kept,))
        return kept

    def _note(self, kept: Kept) -> None:
        if self._loading:
            self._changed[kept.message.number] = kept


def _clean(text: str, *, may_be_empty: bool) -> str:
    """Raises: TextEmpty, TextTooLong."""
    return clean_lines(text, MAX_CHAT_TEXT) if may_be_empty else clean_message(text)


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
