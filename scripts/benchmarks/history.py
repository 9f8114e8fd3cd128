"""How long joining takes when much was said: 1,000 messages against 1,000,000, side by side."""

import statistics
import tempfile
from pathlib import Path

from meetd.core.clock import SystemClock
from tests.support.guest import Guests, guests_at
from tests.support.history import fill_chat
from tests.support.process import serve
from tests.support.server import running_server

SHORT, LONG = 1_000, 1_000_000
ROUNDS = 40


async def measure() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with running_server(data) as (server, _):
            await fill_chat(server, "short", SHORT)
            await fill_chat(server, "long", LONG)
        async with serve(data) as running, guests_at(running.url) as guests:
            times: dict[str, list[float]] = {"short": [], "long": []}
            for _ in range(ROUNDS):
                for room, taken in times.items():
                    taken.append(await open_room(guests, room))
    short, long = (statistics.median(times[room]) for room in ("short", "long"))
    return [
        (
            f"opening a room, {LONG:,} messages against {SHORT:,}: ratio of medians of {ROUNDS}",
            f"{long / short:.2f}",
            "1.5",
        ),
        (f"Join to Welcome in an empty room with {LONG:,} messages", f"{long * 1000:.1f} ms", ""),
    ]


async def open_room(guests: Guests, room: str) -> float:
    """Seconds from Join to Welcome in a room that nobody is in; and leave it again."""
    clock = SystemClock()
    start = clock.monotonic()
    guest = await guests.join(room, "Guest")
    taken = clock.monotonic() - start
    await guest.leave()
    await guest.close()
    return taken
