"""A thousand people knock on one room while a host watches, and are all admitted at once."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from meetd.core.clock import SystemClock
from meetd.protocol.codec import encode
from meetd.protocol.door import AdmitAll, Knock, KnockSeen, Look
from scripts.benchmarks.watched_server import Lag
from tests.support.door import Street, at_the_door, state_of, street_at
from tests.support.guest import Guest, Guests, guests_at

PEOPLE = 1_000
PER_SECOND = 200
WITHIN = 120.0

Rows = list[tuple[str, str, str]]


class WatchedServer:
    """The other end of ``watched_server``."""

    def __init__(self, pid: int, said: asyncio.StreamReader, asked: asyncio.StreamWriter) -> None:
        self._pid = pid
        self._said = said
        self._asked = asked

    @property
    def processor_seconds(self) -> float:
        """All of its threads, since it started."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def read(self) -> str:
        return (await self._said.readline()).decode().strip()

    async def lag(self) -> Lag:
        """Since it was last asked."""
        self._asked.write(b"\n")
        return msgspec.json.decode(await self.read(), type=Lag)


@asynccontextmanager
async def watched(data: Path) -> AsyncIterator[tuple[WatchedServer, str]]:
    command = (sys.executable, "-m", "scripts.benchmarks.watched_server", str(data))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes to the server")
    server = WatchedServer(process.pid, process.stdout, process.stdin)
    try:
        yield server, await server.read()
    finally:
        process.stdin.close()
        await process.wait()


async def measure() -> Rows:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        async with street_at(data) as street:
            ada = await street.account("Ada")
            await street.room("study", ada)
            token = street.token(ada)
        async with watched(data) as (server, url), guests_at(url) as guests:
            host = await Street.watch_with(guests, token)
            crowd = [await _come(guests, number) for number in range(PEOPLE)]
            await server.lag()
            return [*await _knock(server, host, crowd), *await _admit(server, host, crowd)]


async def _come(guests: Guests, number: int) -> Guest:
    """Everybody from a network of their own."""
    address = f"10.0.{number // 250}.{number % 250 + 1}"
    guest = await guests.connect(f"Guest {number}", **{"X-Forwarded-For": address})
    await guest.ask(Look(name="study"), WITHIN)
    return guest


async def _knock(server: WatchedServer, host: Guest, crowd: list[Guest]) -> Rows:
    async def knock(number: int, guest: Guest) -> None:
        await asyncio.sleep(number / PER_SECOND)
        command = Knock(name=guest.name, message="I am here for the concert")
        answer = await guest.ask(command, WITHIN)
        if not isinstance(answer, KnockSeen):
            raise TypeError(f"a knock was not taken: {answer}")

    before, start = len(host.events), _now()
    await asyncio.gather(*(knock(number, guest) for number, guest in enumerate(crowd)))
    await host.until(lambda: len(at_the_door(host)) == PEOPLE, "not all are shown", WITHIN)
    shown, lag = _now() - start, await server.lag()
    what = f"{PEOPLE:,} knocks on one room, {PER_SECOND} a second"
    return [
        (f"{what}: until the host sees all", f"{shown:.1f} s", ""),
        (f"{what}: messages to the host", *_sent(host, before)),
        *lags(what, lag),
    ]


async def _admit(server: WatchedServer, host: Guest, crowd: list[Guest]) -> Rows:
    before, start = len(host.events), _now()
    await host.ask(AdmitAll(door="study"), WITHIN)
    for guest in crowd:
        await guest.until(lambda one=guest: state_of(one) == "admitted", "not told", WITHIN)  # type: ignore[misc]
    await host.until(lambda: not at_the_door(host), "some are still shown", WITHIN)
    told, lag = _now() - start, await server.lag()
    what = f"Admit all, {PEOPLE:,} people"
    return [
        (f"{what}: until everybody was told", f"{told:.2f} s", ""),
        (f"{what}: messages to the host", *_sent(host, before)),
        *lags(what, lag),
    ]


def _sent(host: Guest, before: int) -> tuple[str, str]:
    events = host.events[before:]
    size = sum(len(encode(event)) for event in events)
    return f"{len(events)}, {size / 1000:.0f} kB together", ""


def lags(what: str, lag: Lag) -> Rows:
    """How late the loop was, and how long it computed without a pause."""
    return [
        (
            f"{what}: event loop late, p99 (worst)",
            f"{lag.late_p99 * 1000:.1f} ms ({lag.late_most * 1000:.1f})",
            "50 ms",
        ),
        (
            f"{what}: computing without a pause, processor time, p99 (worst)",
            f"{lag.busy_p99 * 1000:.1f} ms ({lag.busy_most * 1000:.1f})",
            "50 ms",
        ),
    ]


def _now() -> float:
    return SystemClock().monotonic()
