"""Servers take turns in one run, so that whatever else the machine does happens to all of them."""

import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.benchmarks.relay import janus, meetd, stock
from scripts.benchmarks.relay.load import Disturbed, Load, Seats, Window

COUNTS: Final = (10, 50)
ROUNDS: Final = 20
"""Short and many: two windows of one server differ by a fifth, whatever their length."""
WINDOW_SECONDS: Final = 2.5
_SETTLE_SECONDS: Final = 1.0
_ATTEMPTS: Final = 5
_WARM_SECONDS: Final = 60
"""At most, until everybody receives everything: the relay finds out what each path takes."""
_STEADY: Final = 3
"""Seconds in a row without a gap."""
_ENOUGH: Final = 0.98
"""Of what was sent, that each receiver got: the rest came before or after the second."""
TARGET: Final = "1.1"

Seated = Callable[[Path, int], AbstractAsyncContextManager[Seats]]


@dataclass(slots=True)
class Contender:
    """One server in one size of meeting."""

    seats: Seats
    windows: list[Window] = field(default_factory=list)
    resident: int = 0

    @property
    def microseconds(self) -> list[float]:
        """Of CPU per forwarded packet, in each window."""
        return [window.cpu / window.received * 1e6 for window in self.windows]

    def latency(self, percent: int) -> float:
        """Milliseconds from the publisher's socket to a receiver's: the median of the windows."""
        found = (statistics.quantiles(one.latencies, n=100)[percent - 1] for one in self.windows)
        return statistics.median(found) * 1e3


async def contest(count: int, servers: dict[str, Seated]) -> dict[str, Contender]:
    """``ROUNDS`` windows of each, in turns."""
    async with AsyncExitStack() as stack:
        load, contenders = Load(), {}
        for name, seated in servers.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            seats = await stack.enter_async_context(seated(folder, count))
            contenders[name] = Contender(seats)
        for contender in contenders.values():
            load.add(contender.seats)
        for contender in contenders.values():
            await _warm(load, contender.seats)
        for number in range(ROUNDS):
            print(f"1 to {count}, round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            # In turns who is first: what drifts while they take turns adds up to nothing.
            for contender in list(contenders.values())[:: -1 if number % 2 else 1]:
                contender.windows.append(await _round(load, contender.seats))
        for contender in contenders.values():
            contender.resident = _resident(contender.seats.pid)
        load.close()
    return contenders


async def _round(load: Load, seats: Seats) -> Window:
    """Raises: Disturbed, when the machine has no time at all."""
    for attempt in range(_ATTEMPTS):
        load.roll(seats.camera)
        await load.run(_SETTLE_SECONDS)
        try:
            return await load.window(seats, WINDOW_SECONDS)
        except Disturbed as disturbed:
            print(f"once more: {disturbed}", file=sys.stderr, flush=True)
            if attempt == _ATTEMPTS - 1:
                raise
        finally:
            load.roll(None)
    raise AssertionError  # the last attempt returns or raises


async def _warm(load: Load, seats: Seats) -> None:
    """Raises: RuntimeError when somebody never gets everything."""
    load.roll(seats.camera)
    steady, sent, got = 0, 0, [0]
    for _ in range(_WARM_SECONDS):
        before, sent = [one.count for one in seats.receivers], load.sent
        await load.run(1.0)
        sent = load.sent - sent
        got = [one.count - count for one, count in zip(seats.receivers, before, strict=True)]
        steady = steady + 1 if min(got) >= sent * _ENOUGH else 0
        if steady == _STEADY:
            load.roll(None)
            return
    raise RuntimeError(f"somebody does not get everything: {got} of {sent}")


def _resident(pid: int) -> int:
    """Bytes that nobody shares: the share of the libraries is the same however many watch."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) * 1024


async def measure() -> list[tuple[str, str, str]]:
    servers: dict[str, Seated] = {"meetd": meetd.seated}
    if janus.is_there():
        servers["janus"] = janus.seated
    else:
        print(janus.HOW_TO_GET, file=sys.stderr)
    found = {count: await contest(count, servers) for count in COUNTS}
    rows = [row for count, contenders in found.items() for row in _rows(count, contenders)]
    return [*rows, *_memory(found), await _stock()]


def _rows(count: int, contenders: dict[str, Contender]) -> list[tuple[str, str, str]]:
    to = f"1 to {count}"
    ours = contenders["meetd"]
    rows = [(f"{to}: meetd, server CPU per forwarded packet", _spread(ours.microseconds), "")]
    theirs = contenders.get("janus")
    if theirs is None:
        rows.append((f"{to}: against Janus", janus.HOW_TO_GET, TARGET))
    else:
        rows.append((f"{to}: Janus 1.1.2, the same", _spread(theirs.microseconds), ""))
        ratios = [a / b for a, b in zip(ours.microseconds, theirs.microseconds, strict=True)]
        rows.append((f"{to}: ratio", _spread(ratios, unit=""), TARGET))
    for name, one in contenders.items():
        figure = f"{one.latency(50):.2f} / {one.latency(99):.2f} ms"
        rows.append((f"{to}: {name}, socket to socket, p50 / p99", figure, ""))
    return rows


async def _stock() -> tuple[str, str, str]:
    what = f"aiortc's MediaRelay, 1 to {stock.RECEIVERS} at 640 x 480: CPU per forwarded packet"
    return what, f"{await stock.microseconds():,.0f} µs", ""


def _spread(values: list[float], unit: str = " µs") -> str:
    """Median, and the quartiles around it."""
    lower, middle, upper = statistics.quantiles(values, n=4)
    return f"{middle:.2f}{unit} ({lower:.2f} to {upper:.2f})"


def _memory(found: dict[int, dict[str, Contender]]) -> list[tuple[str, str, str]]:
    few, many = min(found), max(found)
    rows = []
    for name in found[few]:
        more = found[many][name].resident - found[few][name].resident
        figure = f"{more / (many - few) / 1024:.0f} KiB"
        rows.append((f"{name}: memory per receiver of one stream, connection included", figure, ""))
    return rows
