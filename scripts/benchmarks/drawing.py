"""Whiteboards: twenty people who draw at once, and a full one that a browser opens."""

import asyncio
import os
import statistics
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from meetd.core.clock import SystemClock
from meetd.protocol.boards import BoardDrawn, WatchBoard
from meetd.protocol.session import Done
from scripts.benchmarks.knocks import lags, watched
from tests.browser.people import House, Person, launch_chromium
from tests.meetings.test_drawing import make_board
from tests.support.guest import Guest, guests_at
from tests.support.process import serve
from tests.support.sketch import Sketch, draw

PEOPLE = 20
SECONDS = 10
PER_SECOND = 4
"""Strokes of each: more than a hand draws."""
STROKES = 20_000
POINTS = 40
"""Of a stroke."""
AT_ONCE = 80
"""Strokes in one message, while the full board is made."""
ROUNDS = 5
WITHIN = 60.0

Rows = list[tuple[str, str, str]]

# Started before the click; resolves with the milliseconds until the paper is painted.
_OPEN = """([name, loading]) => new Promise((resolve) => {
    const start = performance.now();
    [...document.querySelectorAll('button')]
        .find((button) => button.getAttribute('aria-label') === name).click();
    const look = () => {
        const isThere = document.querySelector('[role=application]') !== null;
        if (!isThere || document.body.textContent.includes(loading)) {
            return requestAnimationFrame(look);
        }
        // What is painted now is on the screen by the frame after the next.
        requestAnimationFrame(() => requestAnimationFrame(
            () => resolve(performance.now() - start)));
    };
    look();
})"""


async def measure() -> Rows:
    return [*await _together(), *await _full()]


async def _together() -> Rows:
    with tempfile.TemporaryDirectory() as data:
        async with watched(Path(data)) as (server, url), guests_at(url) as guests:
            people = [await guests.join("study", f"Guest {number}") for number in range(PEOPLE)]
            board = await make_board(people[0])
            for guest in people:
                await guest.ask(WatchBoard(board=board))
            await server.lag()
            before, began = server.processor_seconds, _now()
            taken = await asyncio.gather(*(_draw(guest, board) for guest in people))
            for guest in people:
                await guest.until(lambda one=guest: _has_all(one), "strokes are missing", WITHIN)  # type: ignore[misc]
            seconds, used = _now() - began, server.processor_seconds - before
            lag = await server.lag()
    kept = sorted(each for one in taken for each in one)
    what = f"{PEOPLE} people draw, {PER_SECOND} strokes a second each"
    return [
        (f"{what}: server CPU, of one core", f"{used / seconds:.0%}", ""),
        (
            f"{what}: until a stroke is safely kept, p50 / p99",
            f"{statistics.median(kept) * 1000:.0f} / {kept[int(len(kept) * 0.99)] * 1000:.0f} ms",
            "",
        ),
        *lags(what, lag),
    ]


async def _draw(guest: Guest, board: str) -> list[float]:
    """Seconds that each stroke took."""
    sketch, began, taken = Sketch(), _now(), []
    for number in range(SECONDS * PER_SECOND):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - _now()))
        update = sketch.stroke(f"{guest.id[:8]}{number}", POINTS * 9)
        asked = _now()
        answer = await guest.ask(draw(board, update), WITHIN)
        taken.append(_now() - asked)
        if not isinstance(answer, Done):
            raise TypeError(f"a stroke was not kept: {answer}")
    return taken


def _has_all(guest: Guest) -> bool:
    """Of everybody else."""
    seen = sum(isinstance(event, BoardDrawn) for event in guest.events)
    return seen == SECONDS * PER_SECOND * (PEOPLE - 1)


async def _full() -> Rows:
    with tempfile.TemporaryDirectory() as data:
        async with serve(Path(data)) as server, guests_at(server.url) as guests:
            hand = await guests.join("study", "Hand")
            await _fill(hand, await make_board(hand))
            async with async_playwright() as playwright:
                browser = await launch_chromium(playwright)
                house = House(server, {"chromium": browser})
                taken = [await _open(await house.guest("Ada")) for _ in range(ROUNDS)]
                await house.close()
                await browser.close()
    what = f"opening a whiteboard with {STROKES:,} strokes of {POINTS} points, Chromium"
    figure = f"{statistics.median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})"
    return [(f"{what}: median of {ROUNDS} (all)", figure, "2 s")]


async def _fill(hand: Guest, board: str) -> None:
    """As a page keeps strokes: see web/src/board/model.ts."""
    sketch = Sketch()
    for first in range(0, STROKES, AT_ONCE):
        with sketch.document.transaction():
            for order in range(first, first + AT_ONCE):
                sketch.objects[f"stroke-{order}"] = {
                    "k": "pen",
                    "c": "ink",
                    "s": 4.0,
                    "o": float(order + 1),
                    "p": _points(order),
                }
        answer = await hand.ask(draw(board, sketch.updates[-1]), WITHIN)
        if not isinstance(answer, Done):
            raise TypeError(f"strokes were not kept: {answer}")
        # A page may draw forty times a second.
        await asyncio.sleep(1 / 30)


def _points(order: int) -> bytes:
    """A wave in a place of its own on a square sheet."""
    left, top = order % 200 * 60, order // 200 * 60
    return b"".join(
        ((left + n) * 8).to_bytes(4) + ((top + n * 7 % 40) * 8).to_bytes(4) + os.urandom(1)
        for n in range(POINTS)
    )


async def _open(person: Person) -> float:
    """Seconds; the person leaves afterwards."""
    button = person.button("Open Plan")
    await expect(button).to_be_visible()
    milliseconds: float = await person.page.evaluate(
        _OPEN, ["Open Plan", "Loading the whiteboard…"]
    )
    await person.button("List of objects").click()
    await expect(person.page.get_by_text(f"{STROKES} objects")).to_be_visible()
    # Who comes next opens it anew.
    await person.button("Close Plan for everybody").click()
    await expect(person.region("Open files")).to_have_count(0)
    await person.page.context.close()
    return milliseconds / 1000


def _now() -> float:
    return SystemClock().monotonic()
