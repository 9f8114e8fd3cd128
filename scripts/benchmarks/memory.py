"""Resident memory of the server: idle, and per idle joined socket."""

import asyncio
import tempfile
from pathlib import Path

import aiohttp

from tests.support.guest import guests_at
from tests.support.process import serve

GUESTS = 1_000
PER_ROOM = 10
AT_ONCE = 20


async def measure() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as data:
        async with serve(Path(data)) as server, guests_at(server.url) as guests:
            async with aiohttp.ClientSession() as session:
                for path in ("/", "/healthz", "/some-room", "/privacy"):
                    async with session.get(f"{server.url}{path}") as response:
                        await response.read()
            idle = server.resident
            places = asyncio.Semaphore(AT_ONCE)

            async def come(number: int) -> None:
                async with places:
                    await guests.join(f"room-{number // PER_ROOM}", f"Guest {number}")

            await asyncio.gather(*(come(number) for number in range(GUESTS)))
            joined = server.resident
    return [
        ("resident memory, idle, after the first pages", f"{idle / 2**20:.1f} MiB", "60 MiB"),
        (
            f"more per idle joined socket, {GUESTS:,} guests in rooms of {PER_ROOM}",
            f"{(joined - idle) / GUESTS / 1024:.1f} KiB",
            "20 KiB",
        ),
    ]
