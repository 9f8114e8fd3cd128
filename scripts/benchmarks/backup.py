"""A backup while a meeting goes on: how long it takes, and how late the server's loop is then. The
data directory is deleted, restored, and compared byte by byte with what was in it."""

import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from meetd.app import Server
from meetd.boards.board import Label
from meetd.boards.store import Addition
from meetd.chat.store import MessageStore
from meetd.core.clock import SystemClock
from meetd.core.ids import new_id, random_bytes
from meetd.rooms.room import Room
from scripts.benchmarks.knocks import watched
from scripts.benchmarks.watched_server import Lag
from tests.support.guest import Guest, guests_at
from tests.support.history import fill_chat
from tests.support.house import share
from tests.support.server import prepare_data, running_server
from tests.support.sketch import Sketch

ROOMS, MESSAGES = 200, 100_000
FILES, FILE_BYTES = 500, 4_000_000
STROKES = 100
"""On the whiteboard of each room."""
GUESTS = 10
MEETING = "meeting"
"""The room in which people talk all the time; all others are as they were before the backup."""
PATIENCE = 800
"""Seconds for all of it; a machine that needs more is no machine to measure on."""


async def measure() -> list[tuple[str, str, str]]:
    async with asyncio.timeout(PATIENCE):
        return await _measure()


async def _measure() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        data, to, key, new = (str(Path(folder, name)) for name in ("data", "to", "key", "new"))
        await fill(Path(data))
        before = await digests(Path(data))
        async with watched(Path(data)) as (server, url), guests_at(url) as guests:
            people = [await guests.join(MEETING, f"Guest {number}") for number in range(GUESTS)]
            meeting = asyncio.create_task(talk(people))
            await server.lag()
            first = await meetd("backup", "--data", data, "--to", to)
            lag = await server.lag()
            second = await meetd("backup", "--data", data, "--to", to)
            meeting.cancel()
            await asyncio.wait({meeting})
        if not meeting.cancelled():
            raise RuntimeError("the meeting broke")
        await meetd("keys", "export", key, "--data", data)
        await asyncio.to_thread(shutil.rmtree, data)
        back = await meetd("restore", to, "--recovery-key", key, "--data", new)
        after = await digests(Path(new))
    if before != after:
        raise RuntimeError("what was restored is not what was backed up")
    size = f"{MESSAGES:,} messages, {FILES * FILE_BYTES / 1e9:.0f} GB of files"
    return [
        (f"the first backup, verified: {ROOMS} rooms, {size}", f"{first:.1f} s", ""),
        ("the next one, with nothing new", f"{second:.1f} s", ""),
        ("restoring all of it, once the data directory is deleted", f"{back:.1f} s", ""),
        ("rooms that are byte for byte as before", f"{len(after)} of {len(before)}", ""),
        *_lags(lag),
    ]


async def fill(data: Path) -> None:
    await prepare_data(data)
    async with running_server(data) as (server, _):
        for number in range(ROOMS):
            await fill_chat(server, f"room-{number}", MESSAGES // ROOMS)
            await draw(server, f"room-{number}")
        for number in range(FILES):
            room = await server.stores.rooms.find(f"room-{number % ROOMS}")
            if room is not None:
                await share(server, room, f"{number}.bin", random_bytes(FILE_BYTES))


async def draw(server: Server, name: str) -> None:
    """A whiteboard."""
    room = await server.stores.rooms.find(name)
    if room is None:
        raise RuntimeError("a room is gone")
    board = await server.stores.boards.add(room.id, Label("Plan", "Ada"), "author", 1)
    sketch = Sketch()
    strokes = [Addition(board, sketch.stroke(new_id()), 10**8) for _ in range(STROKES)]
    await server.stores.boards.keep(strokes)


async def digests(data: Path) -> dict[str, str]:
    """Of everything that is in each room but the one of the meeting, decrypted."""
    async with running_server(data) as (server, _):
        return {
            room.name: await _digest(server, room)
            async for room in server.stores.rooms.all()
            if room.name != MEETING
        }


async def _digest(server: Server, room: Room) -> str:
    digest, stores = hashlib.sha256(), server.stores
    cipher = await stores.vault.cipher("room", room.id)
    for message in await MessageStore(stores.database, room.id, cipher).after(0, MESSAGES):
        digest.update(repr(message).encode())
    for board in await stores.boards.boards(room.id):
        for kept in await stores.boards.read(board):
            digest.update(repr((board, kept.number, kept.update)).encode())
    for item in await stores.content.items(room.id):
        digest.update(repr(item).encode())
        async for piece in server.house.shelf.read(item, 0, item.length):
            digest.update(piece)
    return digest.hexdigest()


async def talk(people: list[Guest]) -> None:
    """They say something, one after the other, until it is cancelled."""
    said = 0
    while True:
        await people[said % len(people)].say(f"sentence {said}")
        said += 1
        await asyncio.sleep(0.02)


async def meetd(*arguments: str) -> float:
    """Seconds that a command takes."""
    start = SystemClock().monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "meetd", *arguments), env=os.environ, stdout=asyncio.subprocess.PIPE
    )
    await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"meetd {arguments[0]} failed")
    return SystemClock().monotonic() - start


def _lags(lag: Lag) -> list[tuple[str, str, str]]:
    late = f"{lag.late_p99 * 1e3:.1f} ms ({lag.late_most * 1e3:.1f})"
    busy = f"{lag.busy_p99 * 1e3:.1f} ms ({lag.busy_most * 1e3:.1f})"
    return [
        ("during the first backup: event loop late, p99 (worst)", late, "50 ms"),
        ("the same: computing without a pause, processor time, p99 (worst)", busy, "50 ms"),
    ]
