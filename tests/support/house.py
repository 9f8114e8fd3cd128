"""A server with something in it, and everything that can be read out of one again."""

from collections.abc import AsyncIterator
from pathlib import Path

from meetd.app import Server
from meetd.chat.readers import Readers
from meetd.chat.store import Draft, MessageStore
from meetd.content.item import Item
from meetd.core.clock import Clock
from meetd.core.ids import new_id, random_bytes
from meetd.protocol.chat import Addressee
from meetd.rooms.room import Room
from tests.support.server import running_server

Contents = dict[str, tuple[list[str], dict[str, bytes]]]
"""By room: what was said, and its files by name."""


async def furnish(data: Path, rooms: int, clock: Clock | None = None) -> None:
    """Rooms ``room-0`` and so on, each with messages and files, one of them of several segments."""
    async with running_server(data, clock=clock) as (server, _):
        for number in range(rooms):
            room = await server.stores.rooms.make(f"room-{number}")
            for text in ("hello", f"this is {room.name}", "good night"):
                await say(server, room, text)
            await share(server, room, "small.txt", f"of {room.name}".encode())
            await share(server, room, "large.bin", random_bytes(200_000 + number))


async def say(server: Server, room: Room, text: str) -> None:
    cipher = await server.stores.vault.cipher("room", room.id)
    draft = Draft(author="a", name="Ada", text=text, client_id=new_id(), at=1)
    await MessageStore(server.stores.database, room.id, cipher).add(draft)


async def say_in_private(server: Server, room: Room, account_id: str) -> None:
    """By somebody without account, to that account."""
    cipher = await server.stores.vault.cipher("room", room.id)
    readers = await Readers.open(server.stores.vault)
    draft = Draft(
        author="a",
        name="Ada",
        text="between us",
        client_id=new_id(),
        at=1,
        to=Addressee(id="b", name="Bob"),
        between=(readers.reader("a", None).mark, readers.account(account_id)),
    )
    await MessageStore(server.stores.database, room.id, cipher).add(draft)


async def share(server: Server, room: Room, name: str, plain: bytes) -> Item:
    async def body() -> AsyncIterator[bytes]:
        yield plain

    upload = await server.house.intake.begin(
        room.id, name=name, media_type="", length=len(plain), author=("a", "Ada")
    )
    assert not isinstance(upload, Item)
    item = await server.house.intake.receive(upload, 0, body())
    assert isinstance(item, Item)
    return item


async def contents(server: Server) -> Contents:
    """Everything in every room, decrypted."""
    return {room.name: await _of_room(server, room) async for room in server.stores.rooms.all()}


async def contents_of(data: Path) -> Contents:
    """As ``contents``, of a server that is started for it."""
    async with running_server(data) as (server, _):
        return await contents(server)


async def _of_room(server: Server, room: Room) -> tuple[list[str], dict[str, bytes]]:
    cipher = await server.stores.vault.cipher("room", room.id)
    page = await MessageStore(server.stores.database, room.id, cipher).page(None, 1_000)
    files = {}
    for item in await server.stores.content.items(room.id):
        pieces = [piece async for piece in server.house.shelf.read(item, 0, item.length)]
        files[item.label.name] = b"".join(pieces)
    return [message.text for message in page.messages], files
