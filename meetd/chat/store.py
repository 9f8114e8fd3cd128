"""All SQL about chat, and the encryption of what is said."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import NamedTuple

import msgspec

from meetd.chat.readers import ANYBODY, Pair, Reader
from meetd.core.amounts import Amount
from meetd.core.refusals import NoSuchMessage
from meetd.protocol.chat import Addressee, ChatPage, Mention, Message, Reaction
from meetd.rooms.also import Also
from meetd.rooms.hold_store import check_not_held
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import SealedColumn
from meetd.storage.vault import OVERHEAD, Cipher, Vault


class _Said(msgspec.Struct, frozen=True):
    """What is encrypted of a message: everything a person wrote."""

    name: str
    text: str
    reply_to: int | None = None
    edited_at: int | None = None
    deleted: bool = False
    reactions: tuple[Reaction, ...] = ()
    to: Addressee | None = None
    mentions: tuple[Mention, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """A message before it has its number. ``at`` in milliseconds since the Unix epoch. ``to`` and
    ``between`` (see ``readers``) go together."""

    author: str
    name: str
    text: str
    client_id: str
    at: int
    reply_to: int | None = None
    to: Addressee | None = None
    mentions: tuple[Mention, ...] = ()
    between: Pair | None = None

    def numbered(self, number: int) -> Message:
        fields = msgspec.structs.asdict(self)
        del fields["between"]
        return Message(number=number, **fields)


class Kept(NamedTuple):
    """A message, and who alone may read it; ``None``: everybody."""

    message: Message
    between: Pair | None


class MessageStore:
    """The messages of one room. What was said in private is handed out to a ``Reader`` who may read
    it, and left out where none is named."""

    def __init__(self, database: Database, room_id: str, cipher: Cipher) -> None:
        self._database = database
        self._room_id = room_id
        self._cipher = cipher

    async def add(self, draft: Draft, also: Also | None = None) -> tuple[Message, bool]:
        """Keep a message. Returns it with its number, and whether it is new, and then done with
        ``also``: the same author and ``client_id`` again is the same message, sent twice because
        its answer was lost."""

        async def work(transaction: Transaction) -> tuple[Message, bool]:
            values = {"room": self._room_id, "author": draft.author, "client": draft.client_id}
            known = await transaction.execute(
                f"{_SELECT} WHERE room_id = :room AND author = :author AND client_id = :client",
                values,
            )
            if known:
                return self._message(known[0]), False
            message = await self.insert(transaction, await self._answering(transaction, draft))
            if also is not None:
                await also(transaction)
            return message, True

        return await self._database.write(work)

    async def insert(self, transaction: Transaction, draft: Draft) -> Message:
        """Give a draft its number and keep it, as part of a transaction."""
        numbered = await transaction.execute(_NEXT_NUMBER, {"room": self._room_id})
        message = draft.numbered(numbered[0]["last_number"])
        await transaction.execute(_INSERT, self._values(Kept(message, draft.between)))
        return message

    async def take_in(self, messages: Sequence[Message]) -> None:
        """Said elsewhere to everybody, with their numbers, which go on from the ones before."""

        async def work(transaction: Transaction) -> None:
            for message in messages:
                await transaction.execute(_INSERT, self._values(Kept(message, None)))
            last = {"room": self._room_id, "number": messages[-1].number}
            await transaction.execute(_PUT_NUMBER, last)

        await self._database.write(work)

    async def _answering(self, transaction: Transaction, draft: Draft) -> Draft:
        """Without the message that it answers, where there is none that everybody who gets the
        answer may read: nobody is told of what was said to others, nor made to believe that it was
        overheard."""
        if draft.reply_to is None:
            return draft
        found = await self._find(transaction, draft.reply_to)
        if found and (found.between is None or _same(found.between, draft.between)):
            return draft
        return msgspec.structs.replace(draft, reply_to=None)

    async def _find(self, transaction: Transaction, number: int) -> Kept | None:
        rows = await transaction.execute(
            f"{_SELECT} WHERE room_id = :room AND number = :number",
            {"room": self._room_id, "number": number},
        )
        return self._kept(rows[0]) if rows else None

    async def change(
        self,
        number: int,
        changed: Callable[[Message], Message],
        reader: Reader | None = ANYBODY,
    ) -> Kept:
        """Keep a message as ``changed`` makes it of what it is. ``reader``: who wants that, and has
        to be one who may read it; ``None`` where it is known to be theirs. Raises: NoSuchMessage,
        RoomHeld, and whatever ``changed`` raises."""

        async def work(transaction: Transaction) -> Kept:
            before = await self._find(transaction, number)
            if before is None or (reader and not reader.may_read(before.between)):
                raise NoSuchMessage
            kept = Kept(changed(before.message), before.between)
            if kept.message.deleted or _words(kept.message) != _words(before.message):
                await check_not_held(transaction, self._room_id)
            values = {"room": self._room_id, "number": number}
            if kept.message.deleted:
                # Its words leave a tombstone: no backup brings them back.
                await transaction.execute(_DELETE, values)
                await transaction.execute(_INSERT, self._values(kept))
            elif kept != before:
                sealed = self._values(kept)["sealed"]
                await transaction.execute(_UPDATE, values | {"sealed": sealed})
            return kept

        return await self._database.write(work)

    async def change_by(
        self, author: str, mark: bytes, changed: Callable[[Message], Message]
    ) -> AsyncGenerator[int, None]:
        """The same for everything that ``by`` finds, one by one: others have their turn in between.
        Yields the number of each once it is kept."""
        async with aclosing(self._rows_by(author, mark)) as rows:
            async for row in rows:
                try:
                    await self.change(row["number"], changed, None)
                except NoSuchMessage:  # cleared meanwhile
                    continue
                yield row["number"]

    async def by(self, author: str, mark: bytes) -> AsyncGenerator[Message, None]:
        """Everything that one participant said and did not take back, oldest first; in private only
        what bears their own ``mark``: what they said when they were signed in is the account's."""
        async with aclosing(self._rows_by(author, mark)) as rows:
            async for row in rows:
                message = self._message(row)
                if not message.deleted:
                    yield message

    async def _rows_by(self, author: str, mark: bytes) -> AsyncGenerator[Row, None]:
        values = {"room": self._room_id, "author": author, "mark": mark, "count": _PAGE}
        last = 0
        while rows := await self._database.read(_BY_AUTHOR, values | {"after": last}):
            for row in rows:
                yield row
            last = rows[-1]["number"]

    async def numbered(self, numbers: Sequence[int]) -> list[Kept]:
        """Those of them that are there, oldest first."""
        values = {"room": self._room_id, "numbers": msgspec.json.encode(numbers).decode()}
        return [self._kept(row) for row in await self._database.read(_NUMBERED, values)]

    async def clear(self) -> int:
        """All that was said goes. Returns the number of the last one; numbers go on from there.

        Raises: RoomHeld.
        """

        async def work(transaction: Transaction) -> int:
            await check_not_held(transaction, self._room_id)
            values = {"room": self._room_id}
            await transaction.execute("DELETE FROM messages WHERE room_id = :room", values)
            rows = await transaction.execute(
                "SELECT last_number FROM conversations WHERE room_id = :room", values
            )
            return rows[0]["last_number"] if rows else 0

        return await self._database.write(work)

    async def page(self, before: int | None, count: int, reader: Reader = ANYBODY) -> ChatPage:
        """The latest ``count`` messages, or those just before number ``before``.

        One index lookup and ``count`` rows, however long the history is; and those between that
        others said in private, which are stepped over unopened.
        """
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND number < :before AND {_READABLE}"
            " ORDER BY number DESC LIMIT :count",
            self._read_by(reader) | {"before": before or _BEYOND, "count": count + 1},
        )
        messages = tuple(self._opened(reversed(rows[:count]), reader))
        return ChatPage(messages=messages, earlier=len(rows) > count)

    async def after(self, number: int, count: int, reader: Reader = ANYBODY) -> list[Message]:
        """At most ``count``, oldest first, from the one after that number."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND number > :number AND {_READABLE}"
            " ORDER BY number LIMIT :count",
            self._read_by(reader) | {"number": number, "count": count},
        )
        return self._opened(rows, reader)

    async def private(self, reader: Reader, count: int) -> tuple[list[Kept], bool]:
        """The latest ``count`` that were said in private by or to that reader, newest first, and
        whether there are more."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND {_PRIVATE} ORDER BY number DESC LIMIT :count",
            self._read_by(reader) | {"count": count + 1},
        )
        return [self._kept(row) for row in rows[:count]], len(rows) > count

    async def private_after(self, number: int, count: int, mark: bytes) -> list[Message]:
        """At most ``count`` that were said in private by or to whom that mark is of, oldest first,
        from the one after that number."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND number > :number AND {_PRIVATE}"
            " ORDER BY number LIMIT :count",
            {"room": self._room_id, "number": number, "count": count}
            | {"first": mark, "second": None},
        )
        return [self._message(row) for row in rows]

    async def last_private(self) -> int:
        """Number of the last one that was said in private; 0: none is kept."""
        rows = await self._database.read(
            "SELECT max(number) AS last FROM messages WHERE room_id = :room"
            " AND from_mark IS NOT NULL",
            {"room": self._room_id},
        )
        return int(rows[0]["last"] or 0)

    def _read_by(self, reader: Reader) -> dict[str, object]:
        first, second, *_ = (*reader.marks, None, None)
        return {"room": self._room_id, "first": first, "second": second}

    def _opened(self, rows: Iterable[Row], reader: Reader) -> list[Message]:
        """What the encrypted part says counts: a mark that was wiped from a row makes nothing
        public."""
        kept = (self._kept(row) for row in rows)
        return [each.message for each in kept if reader.may_read(each.between)]

    def _kept(self, row: Row) -> Kept:
        message = self._message(row)
        between = (row["from_mark"] or b"", row["to_mark"] or b"")
        return Kept(message, between if message.to else None)

    def _message(self, row: Row) -> Message:
        plain = self._cipher.open(row["sealed"], _place(self._room_id, row["number"]))
        said = msgspec.json.decode(plain, type=_Said)
        return Message(
            number=row["number"],
            at=row["posted_at"],
            author=row["author"],
            client_id=row["client_id"],
            **msgspec.structs.asdict(said),
        )

    def _values(self, kept: Kept) -> dict[str, object]:
        message, between = kept
        said = _Said(
            name=message.name,
            text=message.text,
            reply_to=message.reply_to,
            edited_at=message.edited_at,
            deleted=message.deleted,
            reactions=message.reactions,
            to=message.to,
            mentions=message.mentions,
        )
        place = _place(self._room_id, message.number)
        sealed = self._cipher.seal(msgspec.json.encode(said), place)
        return {
            "room": self._room_id,
            "number": message.number,
            "at": message.at,
            "author": message.author,
            "client": message.client_id,
            "sealed": sealed,
            "from": between[0] if between else None,
            "to": between[1] if between else None,
        }


def _place(room_id: str, number: int) -> str:
    return f"messages/{room_id}/{number}"


SEALED = (
    SealedColumn(
        "messages",
        "sealed",
        ("room_id", "number"),
        "room_id = :room",
        lambda row: _place(row["room_id"], row["number"]),
    ),
)


async def messages_of_owner(
    database: Database, vault: Vault, owner_id: str
) -> AsyncIterator[tuple[str, Message]]:
    """Everything said to everybody in somebody's rooms, room by room, with the name of the room."""
    rooms = await database.read(
        "SELECT id, name FROM rooms WHERE owner_id = :owner ORDER BY name", {"owner": owner_id}
    )
    for room in rooms:
        store = MessageStore(database, room["id"], await vault.cipher("room", room["id"]))
        last = 0
        while page := await store.after(last, _PAGE):
            for message in page:
                yield room["name"], message
            last = page[-1].number


async def count_of_owner(database: Database, owner_id: str) -> int:
    """How many ``messages_of_owner`` yields."""
    rows = await database.read(
        "SELECT count(*) AS messages FROM messages JOIN rooms ON rooms.id = messages.room_id"
        " WHERE rooms.owner_id = :owner AND messages.from_mark IS NULL",
        {"owner": owner_id},
    )
    return int(rows[0]["messages"])


async def used_in(database: Database, room_id: str) -> Amount:
    """What was said to everybody in that room, with the marks on it; of what was taken back nothing
    but that. Private messages are not counted: how many and how long they are, tells of them."""
    rows = await database.read(
        "SELECT count(*) AS messages, coalesce(sum(length(sealed) - :overhead), 0) AS bytes"
        " FROM messages WHERE room_id = :room AND from_mark IS NULL",
        {"room": room_id, "overhead": OVERHEAD},
    )
    return Amount(int(rows[0]["messages"]), int(rows[0]["bytes"]))


async def private_messages_of(
    database: Database, vault: Vault, mark: bytes
) -> AsyncIterator[tuple[str, Message]]:
    """What was said in private by or to whom that mark is of, in whatever room."""
    rooms = await database.read(_ROOMS_OF, {"first": mark, "second": None})
    for room in rooms:
        store = MessageStore(database, room["id"], await vault.cipher("room", room["id"]))
        last = 0
        while page := await store.private_after(last, _PAGE, mark):
            for message in page:
                yield room["name"], message
            last = page[-1].number


async def count_private_of(database: Database, mark: bytes) -> int:
    """How many ``private_messages_of`` yields."""
    rows = await database.read(_COUNT_PRIVATE, {"first": mark, "second": None})
    return int(rows[0]["messages"])


async def forget_reader(database: Database, mark: bytes, room_id: str | None = None) -> int:
    """That mark is nobody's any more; what nobody is left to read goes. What was said in rooms on
    hold stays as it is. Returns how many went. ``room_id``: where alone it can be. Raises: RoomHeld
    when that room is on hold."""

    async def work(transaction: Transaction) -> int:
        if room_id is not None:
            await check_not_held(transaction, room_id)
        values = {"mark": mark, "nobody": _NOBODY}
        await transaction.execute(_FORGET_FROM, values)
        await transaction.execute(_FORGET_TO, values)
        return len(await transaction.execute(_DELETE_UNREAD, {"nobody": _NOBODY}))

    return await database.write(work)


def _words(message: Message) -> tuple[str, str]:
    return message.name, message.text


def _same(between: Pair, others: Pair | None) -> bool:
    return others is not None and set(between) == set(others)


_BEYOND = 2**62
_PAGE = 500
_NOBODY = b""
"""A mark that no reader has."""
_SELECT = "SELECT number, posted_at, author, client_id, sealed, from_mark, to_mark FROM messages"
_BY_AUTHOR = (
    f"{_SELECT} WHERE room_id = :room AND author = :author AND number > :after"
    " AND (from_mark IS NULL OR from_mark = :mark) ORDER BY number LIMIT :count"
)
_NUMBERED = (
    f"{_SELECT} WHERE room_id = :room AND number IN (SELECT value FROM json_each(:numbers))"  # noqa: S608
    " ORDER BY number"
)
_PRIVATE = "(from_mark IN (:first, :second) OR to_mark IN (:first, :second))"
"""Marks of one reader; none is NULL, which is like nothing."""
_READABLE = f"(from_mark IS NULL OR {_PRIVATE})"
_ROOMS_OF = (
    f"SELECT id, name FROM rooms WHERE id IN (SELECT room_id FROM messages WHERE {_PRIVATE})"  # noqa: S608
    " ORDER BY name"
)
_COUNT_PRIVATE = f"SELECT count(*) AS messages FROM messages WHERE {_PRIVATE}"  # noqa: S608
_NOT_HELD = (
    "room_id NOT IN (SELECT rooms.id FROM rooms JOIN legal_holds"
    " ON legal_holds.room_id = rooms.id OR legal_holds.account_id = rooms.owner_id)"
)
_FORGET_FROM = f"UPDATE messages SET from_mark = :nobody WHERE from_mark = :mark AND {_NOT_HELD}"  # noqa: S608
_FORGET_TO = f"UPDATE messages SET to_mark = :nobody WHERE to_mark = :mark AND {_NOT_HELD}"  # noqa: S608
_DELETE_UNREAD = (
    f"DELETE FROM messages WHERE from_mark = :nobody AND to_mark = :nobody AND {_NOT_HELD}"  # noqa: S608
    " RETURNING number"
)
_INSERT = (
    "INSERT INTO messages"
    " (room_id, number, posted_at, author, client_id, sealed, from_mark, to_mark)"
    " VALUES (:room, :number, :at, :author, :client, :sealed, :from, :to)"
)
_UPDATE = "UPDATE messages SET sealed = :sealed WHERE room_id = :room AND number = :number"
_DELETE = "DELETE FROM messages WHERE room_id = :room AND number = :number"
_PUT_NUMBER = (
    "INSERT INTO conversations (room_id, last_number) VALUES (:room, :number)"
    " ON CONFLICT (room_id) DO UPDATE SET last_number = excluded.last_number"
)
_NEXT_NUMBER = (
    "INSERT INTO conversations (room_id, last_number) VALUES (:room, 1)"
    " ON CONFLICT (room_id) DO UPDATE SET last_number = conversations.last_number + 1"
    " RETURNING last_number"
)
