"""A room with something of everything in it, taken along and brought elsewhere."""

import io
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from pycrdt import Map

from meetd.accounts.identity import check_identity
from meetd.along.arrival_store import Arrival
from meetd.along.format import MANIFEST, Manifest
from meetd.along.packing import Packing
from meetd.along.writing import Writing
from meetd.app import Server
from meetd.app.archiving import sources_of
from meetd.boards.board import Board
from meetd.boards.boards import Boards
from meetd.chat.store import Draft, MessageStore
from meetd.core.ids import new_id
from meetd.protocol.chat import Reaction
from meetd.rooms.room import Room
from tests.support.house import share
from tests.support.server import running_server, test_settings
from tests.support.sketch import Sketch

SCRIPT = '<script>alert(1)</script> & "more"\nsecond line'
STROKE = {"k": "pen", "c": "red", "s": 4, "o": 1, "p": bytes(9) + b"\0\0\1\0\0\0\1\0\x80"}


@dataclass
class Place:
    """One server, and somebody with an account there."""

    server: Server
    url: str
    owner: str

    async def pack(self, room: Room, language: str = "en") -> bytes:
        words = self.server.house.languages.named(language)
        target = io.BytesIO()
        writing = Writing(room, sources_of(self.server.stores), words, lambda *_: None)
        await writing.write(target)  # type: ignore[arg-type]
        return target.getvalue()

    async def bring(self, archive: bytes) -> Arrival:
        """Sent in pieces, and waited for."""

        async def body() -> AsyncIterator[bytes]:
            for at in range(0, len(archive), 10_000):
                yield archive[at : at + 10_000]

        arrivals = self.server.house.arrivals
        await arrivals.receive(self.owner, len(archive), body())
        await arrivals.finished()
        arrival = await arrivals.of(self.owner)
        assert arrival is not None
        return arrival

    async def rooms(self) -> list[Room]:
        return [room async for room in self.server.stores.rooms.all()]

    async def left(self) -> dict[str, int]:
        """Rows and files that a room has, wherever they are."""
        counted = {}
        for table in ("rooms", "messages", "content_items", "content_uploads", "boards"):
            rows = await self.server.stores.database.read(
                f"SELECT count(*) AS n FROM {table}"  # noqa: S608
            )
            counted[table] = int(rows[0]["n"])
        directory = self.server._directory
        for folder in (directory.blobs, directory.arrivals):
            counted[folder.name] = sum(path.is_file() for path in folder.glob("??/*"))
        return counted


NOTHING = dict.fromkeys(
    ("rooms", "messages", "content_items", "content_uploads", "boards", "blobs", "arrivals"), 0
)


async def open_place(server: Server, url: str) -> Place:
    identity = check_identity("ada@example.org", "Ada", "Example", "ada")
    account = await server.stores.accounts.joining.add(identity, None, administrator=False)
    return Place(server, url, account.id)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with running_server(tmp_path / "here") as running:
        yield await open_place(*running)


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    """Another server, smaller than the first."""
    settings = test_settings(
        content={"room_megabytes": 2, "file_megabytes": 1, "boards_per_room": 3}
    )
    async with running_server(tmp_path / "there", settings) as running:
        yield await open_place(*running)


async def furnished(place: Place, name: str = "study") -> Room:
    """Chat with everything that a message can have, files, and two whiteboards."""
    stores = place.server.stores
    room = await stores.rooms.make_owned(name, place.owner, locked=True)
    await say_all(place, room)
    await share(place.server, room, "plan.txt", b"the plan\n" * 1_000)
    await share(place.server, room, "../evil \u202egnp.html", b"<script>alert(2)</script>")
    await share(place.server, room, "large.bin", bytes(range(256)) * 800)
    boards = place.server.house.boards
    await draw(boards, await boards.add(room.id, "Plan <b>", ("somebody", "Bob")))
    await boards.add(room.id, "Empty", ("a", "Ada"))
    return room


async def say_all(place: Place, room: Room) -> MessageStore:
    stores = place.server.stores
    cipher = await stores.vault.cipher("room", room.id)
    store = MessageStore(stores.database, room.id, cipher)
    for number, text in enumerate(("first", SCRIPT, "a mistake", "an answer"), start=1):
        author = "somebody" if number % 2 else "another"
        draft = Draft(author, f"Name {number % 2}", text, new_id(), 1_700_000_000_000 + number)
        await store.add(msgspec.structs.replace(draft, reply_to=2 if number == 4 else None))
    mark = (Reaction(emoji="👍", by=("another", "who never wrote")),)
    await store.change(1, lambda said: msgspec.structs.replace(said, reactions=mark))
    await store.change(2, lambda said: msgspec.structs.replace(said, edited_at=1_700_000_001_000))
    await store.change(3, lambda said: msgspec.structs.replace(said, text="", deleted=True))
    return store


async def draw(boards: Boards, board: Board) -> None:
    sketch = Sketch()
    sketch.objects["a"] = STROKE
    sketch.document.get("board", type=Map)["page/two"] = {"o": 1, "b": "grid"}
    sketch.objects["gone"] = STROKE
    del sketch.objects["gone"]
    for update in sketch.updates:
        await boards.keep(board, update)


def names_in(archive: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.namelist()


def parts_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


Change = Callable[[dict[str, bytes]], object]


def unchanged(_parts: dict[str, bytes]) -> None:
    """For ``rewritten``, where only the manifest is another one."""


async def rewritten(
    archive: bytes, change: Change, manifest: Callable[[Manifest], object] = lambda said: said
) -> bytes:
    """As somebody could make it by hand: other parts, with checksums that are right again.
    ``manifest``: what it becomes, before it is written."""
    parts = parts_of(archive)
    said = msgspec.json.decode(parts.pop(MANIFEST), type=Manifest)
    change(parts)
    target = io.BytesIO()
    with Packing(target) as packing:  # type: ignore[arg-type]
        for path, content in parts.items():
            await packing.put_whole(path, content)
        right = msgspec.structs.replace(said, parts=dict(packing.parts))
        await packing.put_whole(MANIFEST, msgspec.json.encode(manifest(right)))
    return target.getvalue()
