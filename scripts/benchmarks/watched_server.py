"""A server that watches its own event loop: ``python -m scripts.benchmarks.watched_server DATA``.

Prints its address. For each line on standard input it prints what it saw since the line before, as
JSON: how late the loop came to a timer that was due, and how long it computed without a pause, each
in seconds, the 99th of a hundred and the worst. The second figure is processor time: it is the same
on a busy machine.
"""

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from meetd.app import Server
from meetd.core.clock import SystemClock
from tests.support.server import test_settings

TICK = 0.005
"""Seconds between two looks."""


class Lag(msgspec.Struct):
    """Seconds."""

    late_p99: float
    late_most: float
    busy_p99: float
    busy_most: float


class Watcher:
    """Looks every so often, from inside the loop."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._late: list[float] = []
        self._busy: list[float] = []

    def tick(self) -> None:
        loop = asyncio.get_running_loop()
        due = self._clock.monotonic() + TICK
        computed = time.thread_time()

        def look() -> None:
            self._late.append(max(0.0, self._clock.monotonic() - due))
            self._busy.append(time.thread_time() - computed)
            self.tick()

        loop.call_later(TICK, look)

    def report(self) -> Lag:
        """Since the last one."""
        late, self._late = sorted(self._late), []
        busy, self._busy = sorted(self._busy), []
        return Lag(_p99(late), late[-1], _p99(busy), busy[-1])


def _p99(seen: list[float]) -> float:
    return seen[int(len(seen) * 0.99)]


async def main(data: Path) -> None:
    limits = {"knocks_per_minute": 100_000, "knocks_per_minute_overall": 100_000}
    server = Server(test_settings(limits=limits, server={"trusted_proxies": ("127.0.0.1",)}), data)
    print(await server.start(), flush=True)
    watcher = Watcher()
    watcher.tick()
    while await asyncio.to_thread(sys.stdin.readline):
        print(msgspec.json.encode(watcher.report()).decode(), flush=True)
    await server.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
