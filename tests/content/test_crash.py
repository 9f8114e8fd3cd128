"""Nothing acknowledged is lost, nothing half-made listed: the server is killed while files come."""

import asyncio
import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.api.test_content import PATCH, TUS, key_of, metadata
from tests.support.guest import Guest, guests_at
from tests.support.process import ServerProcess
from tests.support.server import prepare_data

CYCLES = 8
SENDERS = 3
FILES_PER_CYCLE = 3
"""At least so many arrive before the next kill."""
SIZES = (1, 65_536, 300_000, 1_500_000)
PIECE = 100_000


@dataclass
class File:
    """One on its way, and what the server said of it."""

    name: str
    plain: bytes
    path: str = ""
    acknowledged: int = 0


@dataclass
class Sender:
    """Sends one file after the other, and goes on with the one that a crash cut off."""

    files: Iterator[File]
    pause: float = 0.0
    """Seconds between two files: a room takes 500."""
    arrived: dict[str, str] = field(default_factory=dict)
    """Digests of files that the server said it has, by name."""
    now: File | None = None
    way_back: str | None = None

    async def send(self, session: aiohttp.ClientSession, url: str, guest: Guest) -> None:
        """Until the server dies."""
        headers = {"Authorization": f"Bearer {key_of(guest)}", "Origin": url}
        with suppress(aiohttp.ClientError, ConnectionError):
            while True:
                self.now = self.now or next(self.files)
                await self._send_one(session, url, headers, self.now)
                self.arrived[self.now.name] = hashlib.sha256(self.now.plain).hexdigest()
                self.now = None
                await asyncio.sleep(self.pause)

    async def _send_one(
        self, session: aiohttp.ClientSession, url: str, headers: dict[str, str], file: File
    ) -> None:
        if not file.path:
            about = {"Upload-Length": str(len(file.plain)), "Upload-Metadata": metadata(file.name)}
            begin = TUS | headers | about
            async with session.post(f"{url}/api/v1/uploads", headers=begin) as answer:
                assert answer.status == 201, await answer.text()
                file.path = answer.headers["Location"]
        async with session.head(url + file.path, headers=TUS | headers) as answer:
            assert answer.status == 200, "an upload that was begun is lost"
            offset = int(answer.headers["Upload-Offset"])
        assert offset >= file.acknowledged, "bytes that were acknowledged are lost"
        while offset < len(file.plain):
            more = PATCH | headers | {"Upload-Offset": str(offset)}
            piece = file.plain[offset : offset + PIECE]
            async with session.patch(url + file.path, headers=more, data=piece) as answer:
                assert answer.status == 204, await answer.text()
                file.acknowledged = offset = int(answer.headers["Upload-Offset"])


def files_of(sender: int) -> Iterator[File]:
    for number, size in enumerate(itertools.cycle(SIZES)):
        yield File(f"{sender}-{number}.bin", os.urandom(size))


async def test_kill_9_loses_nothing_acknowledged_and_lists_nothing_half_made(
    tmp_path: Path,
) -> None:
    await prepare_data(tmp_path)
    server = ServerProcess(tmp_path)
    senders = [Sender(files_of(number)) for number in range(SENDERS)]
    for cycle in range(CYCLES):
        await server.start()
        async with guests_at(server.url) as guests, aiohttp.ClientSession() as session:
            writing = []
            for sender in senders:
                guest = await guests.join("study", "Sender", sender.way_back)
                assert guest.welcome is not None
                sender.way_back = guest.welcome.way_back
                writing.append(asyncio.create_task(sender.send(session, server.url, guest)))
            goal = (cycle + 1) * FILES_PER_CYCLE
            async with asyncio.timeout(60):  # until enough have arrived
                while sum(len(sender.arrived) for sender in senders) < goal:
                    await asyncio.wait(writing, timeout=0.01)
            await server.kill()
            await asyncio.gather(*writing)
    await server.start()
    async with guests_at(server.url) as guests, aiohttp.ClientSession() as session:
        reader = await guests.join("study", "Reader")
        listed = {item.name: item for item in reader.snapshot.content}
        assert len(listed) == len(reader.snapshot.content), "a file is there twice"
        for name, item in listed.items():
            address = f"{server.url}/api/v1/items/{item.id}?key={key_of(reader)}"
            async with session.get(address) as answer:
                digest = hashlib.sha256(await answer.read()).hexdigest()
            sent = next(sender for sender in senders if name in (*sender.arrived, named(sender)))
            expected = sent.arrived.get(name) or digest_of(sent)
            assert digest == expected, f"{name} is not what was sent"
    assert await server.stop() == 0
    arrived = {name for sender in senders for name in sender.arrived}
    assert arrived <= set(listed), "an acknowledged file is lost"
    assert len(arrived) >= CYCLES * FILES_PER_CYCLE


def named(sender: Sender) -> str:
    return sender.now.name if sender.now else ""


def digest_of(sender: Sender) -> str:
    """Of the file whose last answer was lost."""
    assert sender.now is not None
    return hashlib.sha256(sender.now.plain).hexdigest()
