"""One of everything that is sealed with the key of a room, and all of it read again."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from cryptography.exceptions import InvalidTag

from meetd.app import Server
from meetd.boards.board import Board, Label
from meetd.boards.compacting import Compacted
from meetd.boards.store import Addition
from meetd.chat.store import MessageStore
from meetd.content.item import Upload
from meetd.core.ids import random_bytes
from meetd.core.private import Private
from meetd.images.reencoding import Image
from meetd.images.store import Owner
from meetd.rooms.room import Room
from meetd.storage.blobs import SEGMENT, BlobDamaged
from meetd.storage.resealing import RoomSeals, SealedColumn
from meetd.storage.vault import Cipher
from tests.support.house import say, share

Everything = dict[str, Any]
FILES = {"large.bin": 3 * SEGMENT + 7, "even.bin": 2 * SEGMENT, "small.bin": 9, "empty.bin": 0}
"""Bytes."""


async def fill(server: Server, name: str) -> Room:
    room = await server.stores.rooms.make(name)
    for text in ("hello", "good night"):
        await say(server, room, text)
    for file, length in FILES.items():
        await put(server, room, file, random_bytes(length))
    await begin(server, room)
    await draw(server, room)
    image = Image(b"RIFF a picture", 1, 1)
    await server.stores.images.keep(Owner("room", room.id), image)
    link, _ = server.stores.grants.by_link("join", "for the club")
    await server.stores.grants.add(room, link)
    return await server.stores.rooms.change_settings(room, replace(room.settings, greeting="Hi"))


async def put(server: Server, room: Room, name: str, plain: bytes) -> None:
    if plain:
        await share(server, room, name, plain)
    else:
        await server.house.intake.begin(
            room.id, name=name, media_type="", length=0, author=("a", "Ada")
        )


async def begin(server: Server, room: Room, length: int = SEGMENT + 4) -> Upload:
    """A file of which the last four bytes are not there yet."""
    upload = await server.house.intake.begin(
        room.id, name="coming.bin", media_type="", length=length, author=("a", "Ada")
    )
    assert isinstance(upload, Upload)
    further = await server.house.intake.receive(upload, 0, _body(bytes(length - 4)))
    assert isinstance(further, Upload)
    return further


async def finish(server: Server, room: Room) -> None:
    """What ``begin`` began."""
    (row,) = await server.stores.database.read(
        "SELECT id FROM content_uploads WHERE room_id = :room", {"room": room.id}
    )
    upload = await server.house.intake.find(room.id, row["id"])
    await server.house.intake.receive(upload, upload.received, _body(bytes(4)))


async def draw(server: Server, room: Room) -> Board:
    boards = server.stores.boards
    board = await boards.add(room.id, Label("Plan", "Ada"), "a", 10)
    await boards.keep([Addition(board, update, 1_000) for update in (b"one", b"two", b"three")])
    await boards.replace(board, 2, Compacted(b"state", b"base"))
    await server.stores.snapshots.add(board, 1, "Ada", b"snapshot", most=5, limit=1_000)
    return board


async def everything_in(server: Server, room: Room) -> Everything:
    """Decrypted, as those who are in the room get it."""
    stores = server.stores
    cipher = await stores.vault.cipher("room", room.id)
    page = await MessageStore(stores.database, room.id, cipher).page(None, 1_000)
    found = await stores.rooms.by_id(room.id)
    image = await stores.images.get(Owner("room", room.id))
    assert found is not None
    return {
        "messages": [message.text for message in page.messages],
        "files": await _files(server, room),
        "boards": [await _board(server, board) for board in await stores.boards.boards(room.id)],
        "image": image.webp if image else None,
        "labels": sorted(grant.label for grant in await stores.grants.of(room)),
        "greeting": found.settings.greeting,
    }


async def opened_by(server: Server, room: Room, key: Private[bytes]) -> list[str]:
    """What that key alone opens of all that the data directory has of the room."""
    stores, cipher = server.stores, Cipher(key)
    found = [
        place
        for seals in seals_of(server)
        for column in seals.columns
        for place, sealed in await _sealed(server, column, room)
        if _opens(cipher, sealed, place)
    ]
    for item in await stores.content.items(room.id):
        try:
            stores.blobs.is_newest(item.blob_id, cipher, item.length)
            found.append(item.blob_id)
        except BlobDamaged:
            pass
    return found


def seals_of(server: Server) -> Iterator[RoomSeals]:
    for holding in server.stores.holdings:
        seals = getattr(holding, "seals", None)
        if seals is not None:
            yield seals


async def key_of(server: Server, room: Room) -> Private[bytes]:
    """The key of now, for a test that plays the one who got hold of it."""
    return await server.stores.vault._key("room", room.id)


async def _files(server: Server, room: Room) -> dict[str, bytes]:
    files = {}
    for item in await server.stores.content.items(room.id):
        pieces = [piece async for piece in server.house.shelf.read(item, 0, item.length)]
        files[item.label.name] = b"".join(pieces)
    return files


async def _board(server: Server, board: Board) -> tuple[object, ...]:
    boards, snapshots = server.stores.boards, server.stores.snapshots
    kept = await boards.read(board)
    shots = [
        (shot.author_name, await snapshots.read(board, shot.id))
        for shot in await snapshots.of_board(board)
    ]
    return board.label, [(each.number, each.update) for each in kept], shots


async def _sealed(server: Server, column: SealedColumn, room: Room) -> list[tuple[str, bytes]]:
    columns = ", ".join((*column.key, *column.also))
    rows = await server.stores.database.read(
        f"SELECT {columns}, {column.column} AS sealed {column.where}", {"room": room.id}
    )
    return [(column.place(row), row["sealed"]) for row in rows]


def _opens(cipher: Cipher, sealed: bytes, place: str) -> bool:
    try:
        cipher.open(sealed, place)
    except InvalidTag:
        return False
    return True


async def _body(plain: bytes) -> AsyncIterator[bytes]:
    yield plain
