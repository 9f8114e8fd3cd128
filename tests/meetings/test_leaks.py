"""A hundred joins and leaves leave nothing behind in the process."""

import asyncio
import gc
import threading
from pathlib import Path

from meetd.meetings.meeting import Meeting
from meetd.protocol.outbox import Outbox
from meetd.signaling.socket import Socket
from tests.support.guest import guests_at
from tests.support.server import running_server

JOINS = 100


def alive() -> dict[str, int]:
    """What could leak. Counted in this process, which is server and guests at once."""
    gc.collect()
    objects = gc.get_objects()
    counts = {
        kind.__name__: sum(isinstance(item, kind) for item in objects)
        for kind in (Meeting, Outbox, Socket)
    }
    return counts | {
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
    }


async def test_joins_and_leaves_leave_nothing_behind(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url):

        async def round_of_joins(count: int) -> None:
            async with guests_at(url) as guests:
                for number in range(count):
                    guest = await guests.join(f"room-{number % 5}", "Guest")
                    await guest.say("hello")
                    if number % 2:
                        await guest.leave()

        await round_of_joins(5)  # what is loaded once
        before = await settled()
        await round_of_joins(JOINS)
        assert await settled() == before
        assert server.gathering.meetings.live == []


async def settled() -> dict[str, int]:
    """The counts once the server has seen every guest go: two looks in a row agree."""
    counts = alive()
    for _ in range(50):
        await asyncio.sleep(0.1)
        again = alive()
        if again == counts:
            return counts
        counts = again
    raise AssertionError(f"still changing: {counts}")
