"""Nothing that was acknowledged is lost when the server is killed in the middle of strokes."""

import asyncio
from pathlib import Path

from meetd.core.ids import new_id
from meetd.protocol.boards import WatchBoard
from meetd.protocol.session import Done
from tests.meetings.test_drawing import fetch, make_board
from tests.support.guest import Guest, NotSeenError, guests_at
from tests.support.process import ServerProcess, serve
from tests.support.sketch import Sketch, draw

CYCLES = 5
PEOPLE = 4
BEFORE_THE_KILL = 25
"""Acknowledged strokes; more are on their way then."""


async def test_every_acknowledged_stroke_is_there_after_kills(tmp_path: Path) -> None:
    ledger: set[str] = set()
    async with serve(tmp_path) as server:
        async with guests_at(server.url) as guests:
            board = await make_board(await guests.join("study", "Ada"))
        for cycle in range(CYCLES):
            await _draw_until_killed(server, board, ledger, BEFORE_THE_KILL * (cycle + 1))
            await server.start()
            async with guests_at(server.url) as guests:
                late, sketch = await guests.join("study", "Late"), Sketch()
                status, updates = await fetch(server.url, late, board)
                assert status == 200
                for update in updates:
                    sketch.take(update)
                assert ledger <= set(sketch.drawn)
    assert len(ledger) >= CYCLES * BEFORE_THE_KILL


async def _draw_until_killed(
    server: ServerProcess, board: str, ledger: set[str], enough: int
) -> None:
    async with guests_at(server.url) as guests:
        people = [await guests.join("study", f"P{n}") for n in range(PEOPLE)]
        drawing = [asyncio.create_task(_scribble(one, board, ledger)) for one in people]
        await people[0].until(lambda: len(ledger) >= enough, "too little was acknowledged")
        await server.kill()
        await asyncio.gather(*drawing)


async def _scribble(guest: Guest, board: str, ledger: set[str]) -> None:
    """Until the connection ends."""
    sketch = Sketch()
    try:
        await guest.ask(WatchBoard(board=board))
        while True:
            name = new_id()
            if isinstance(await guest.ask(draw(board, sketch.stroke(name))), Done):
                ledger.add(name)
    except (NotSeenError, ConnectionError):
        return
