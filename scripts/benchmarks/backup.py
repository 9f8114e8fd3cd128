"""A backup while a meeting goes on: how long it takes, and how late the server's loop is then."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from meetd.core.clock import SystemClock
from meetd.core.ids import random_bytes
from scripts.benchmarks.knocks import watched
from scripts.benchmarks.watched_server import Lag
from tests.support.guest import Guest, guests_at
from tests.support.history import fill_chat
from tests.support.house import share
from tests.support.server import prepare_data, running_server

ROOMS, MESSAGES = 200, 100_000
FILES, FILE_BYTES = 500, 4_000_000
GUESTS = 10


async def measure() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        data, to, key, new = (str(Path(folder, name)) for name in ("data", "to", "key", "new"))
        await fill(Path(data))
        async with watched(Path(data)) as (server, url), guests_at(url) as guests:
            people = [await guests.join("meeting", f"Guest {number}") for number in range(GUESTS)]
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
        back = await meetd("restore", to, "--recovery-key", key, "--data", new)
    size = f"{MESSAGES:,} messages, {FILES * FILE_BYTES / 1e9:.0f} GB of files"
    return [
        (f"the first backup, verified: {ROOMS} rooms, {size}", f"{first:.1f} s", ""),
        ("the next one, with nothing new", f"{second:.1f} s", ""),
        ("restoring all of it", f"{back:.1f} s", ""),
        *_lags(lag),
    ]


async def fill(data: Path) -> None:
    await prepare_data(data)
    async with running_server(data) as (server, _):
        for number in range(ROOMS):
            await fill_chat(server, f"room-{number}", MESSAGES // ROOMS)
        for number in range(FILES):
            room = await server.stores.rooms.find(f"room-{number % ROOMS}")
            if room is not None:
                await share(server, room, f"{number}.bin", random_bytes(FILE_BYTES))


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
