"""All SQL about chat, and the encryption of what is said."""

from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from meetd.core.refusals import NoSuchMessage
from meetd.protocol.chat import ChatPage, Message, Reaction
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault


class _Said(msgspec.Struct, frozen=True):
    """What is encrypted of a message: everything a person wrote."""

    name: str
    text: str
    reply_to: int | None = None
    edited_at: int | None = None
    deleted: bool = False
    reactions: tuple[Reaction, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """A message before it has its number. ``at`` in milliseconds since the Unix epoch."""

    author: str
    name: str
    text: str
    client_id: str
    at: int
    reply_to: int | None = None


class MessageStore:
    """The messages of one room."""

    def __init__(self, database: Database, room_id: str, cipher: Cipher) -> None:
        self._database = database
        self._room_id = room_id
        self._cipher = cipher

    async def add(self, draft: Draft) -> tuple[Message, bool]:
        """Keep a message. Returns it with its number, and whether it is new: the same author and
        ``client_id`` again is the same message, sent twice because its answer was lost."""

        async def work(transaction: Transaction) -> tuple[Message, bool]:
            values = {"room": self._room_id, "author": draft.author, "client": draft.client_id}
            known = await transaction.execute(
                f"{_SELECT} WHERE room_id = :room AND author = :author AND client_id = :client",
                values,
            )
            if known:
                return self._message(known[0]), False
            return await self.insert(transaction, draft), True

        return await self._database.write(work)

    async def insert(self, transaction: Transaction, draft: Draft) -> Message:
        """Give a draft its number and keep it, as part of a transaction."""
        numbered = await transaction.execute(_NEXT_NUMBER, {"room": self._room_id})
        number = numbered[0]["last_number"]
        message = Message(number=number, **msgspec.structs.asdict(draft))
        await transaction.execute(_INSERT, self._values(message))
        return message

    async def take_in(self, messages: Sequence[Message]) -> None:
        """Said elsewhere, with their numbers, which go on from the ones before."""

        async def work(transaction: Transaction) -> None:
            for message in messages:
                await transaction.execute(_INSERT, self._values(message))
            last = {"room": self._room_id, "number": messages[-1].number}
            await transaction.execute(_PUT_NUMBER, last)

        await self._database.write(work)

    async def change(self, number: int, changed: Callable[[Message], Message]) -> Message:
        """Keep a message as ``changed`` makes it of what it is. Raises: NoSuchMessage, and whatever
        ``changed`` raises."""

        async def work(transaction: Transaction) -> Message:
            values = {"room": self._room_id, "number": number}
            rows = await transaction.execute(
                f"{_SELECT} WHERE room_id = :room AND number = :number", values
            )
            if not rows:
                raise NoSuchMessage
            before = self._message(rows[0])
            message = changed(before)
            if message.deleted:
                # Its words leave a tombstone: no backup brings them back.
                await transaction.execute(_DELETE, values)
                await transaction.execute(_INSERT, self._values(message))
            elif message != before:
                sealed = self._values(message)["sealed"]
                await transaction.execute(_UPDATE, values | {"sealed": sealed})
            return message

        return await self._database.write(work)

    async def clear(self) -> int:
        """All that was said goes. Returns the number of the last one; numbers go on from there."""

        async def work(transaction: Transaction) -> int:
            values = {"room": self._room_id}
            await transaction.execute("DELETE FROM messages WHERE room_id = :room", values)
            rows = await transaction.execute(
                "SELECT last_number FROM conversations WHERE room_id = :room", values
            )
            return rows[0]["last_number"] if rows else 0

        return await self._database.write(work)

    async def page(self, before: int | None, count: int) -> ChatPage:
        """The latest ``count`` messages, or those just before number ``before``.

        One index lookup and ``count`` rows, however long the history is.
        """
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND number < :before ORDER BY number DESC"
            " LIMIT :count",
            {"room": self._room_id, "before": before or _BEYOND, "count": count + 1},
        )
        messages = tuple(self._message(row) for row in reversed(rows[:count]))
        return ChatPage(messages=messages, earlier=len(rows) > count)

    async def after(self, number: int, count: int) -> list[Message]:
        """At most ``count``, oldest first, from the one after that number."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND number > :number ORDER BY number LIMIT :count",
            {"room": self._room_id, "number": number, "count": count},
        )
        return [self._message(row) for row in rows]

    def _message(self, row: Row) -> Message:
        plain = self._cipher.open(row["sealed"], self._place(row["number"]))
        said = msgspec.json.decode(plain, type=_Said)
        return Message(
            number=row["number"],
            at=row["posted_at"],
            author=row["author"],
            client_id=row["client_id"],
            **msgspec.structs.asdict(said),
        )

    def _values(self, message: Message) -> dict[str, object]:
        said = _Said(
            name=message.name,
            text=message.text,
            reply_to=message.reply_to,
            edited_at=message.edited_at,
            deleted=message.deleted,
            reactions=message.reactions,
        )
        sealed = self._cipher.seal(msgspec.json.encode(said), self._place(message.number))
        return {
            "room": self._room_id,
            "number": message.number,
            "at": message.at,
            "author": message.author,
            "client": message.client_id,
            "sealed": sealed,
        }

    def _place(self, number: int) -> str:
        return f"messages/{self._room_id}/{number}"


async def messages_of_owner(
    database: Database, vault: Vault, owner_id: str
) -> AsyncIterator[tuple[str, Message]]:
    """Everything said in somebody's rooms, room by room, with the name of the room."""
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
        " WHERE rooms.owner_id = :owner",
        {"owner": owner_id},
    )
    return int(rows[0]["messages"])


_BEYOND = 2**62
_PAGE = 500
_SELECT = "SELECT number, posted_at, author, client_id, sealed FROM messages"
_INSERT = (
    "INSERT INTO messages (room_id, number, posted_at, author, client_id, sealed)"
    " VALUES (:room, :number, :at, :author, :client, :sealed)"
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
