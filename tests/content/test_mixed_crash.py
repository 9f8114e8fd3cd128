"""Uploads, strokes and messages at once, the server killed in the middle, again and again: a ledger
has everything that it acknowledged. ``scripts/crash`` runs it with 50 kills."""

import asyncio
import hashlib
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from meetd.core.ids import new_id
from meetd.protocol.boards import WatchBoard
from meetd.protocol.chat import SendChat
from meetd.protocol.session import Done, Snapshot
from tests.api.test_content import key_of
from tests.content.test_crash import Sender, digest_of, files_of, named
from tests.meetings.test_drawing import fetch, make_board
from tests.support.guest import Guest, NotSeenError, guests_at
from tests.support.process import ServerProcess
from tests.support.server import prepare_data
from tests.support.sketch import Sketch, draw

CYCLES = int(os.environ.get("MEETD_TEST_CRASHES", "3"))
ENOUGH = {"files": 1, "strokes": 15, "messages": 10}
"""Acknowledged of each before the next kill; more is on its way then."""
PAUSE = 0.25
"""Seconds between two messages of one person, who may say five in one, and between two files."""
PATIENCE = 120
"""Seconds until enough has arrived, on whatever machine."""

_log = logging.getLogger(__name__)


@dataclass
class Ledger:
    """What the server acknowledged, and what was sent at all."""

    sender: Sender
    board: str = ""
    strokes: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    drawn: set[str] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "files": len(self.sender.arrived),
            "strokes": len(self.strokes),
            "messages": len(self.messages),
        }

    async def say(self, guest: Guest) -> None:
        with suppress(NotSeenError, ConnectionError):
            while True:
                text = new_id()
                self.said.add(text)
                if isinstance(await guest.ask(SendChat(client_id=new_id(), text=text)), Done):
                    self.messages.add(text)
                await asyncio.sleep(PAUSE)  # as fast as one may

    async def scribble(self, guest: Guest) -> None:
        sketch = Sketch()
        with suppress(NotSeenError, ConnectionError):
            await guest.ask(WatchBoard(board=self.board))
            while True:
                name = new_id()
                self.drawn.add(name)
                if isinstance(await guest.ask(draw(self.board, sketch.stroke(name))), Done):
                    self.strokes.add(name)


async def test_kill_9_loses_nothing_of_what_was_acknowledged(tmp_path: Path) -> None:
    await prepare_data(tmp_path)
    server, ledger = ServerProcess(tmp_path), Ledger(Sender(files_of(0), PAUSE))
    await server.start()
    async with guests_at(server.url) as guests:
        ledger.board = await make_board(await guests.join("study", "Ada"))
    for cycle in range(CYCLES):
        await use_until_killed(server.url, ledger, server.kill)
        await server.start()
        await check(server.url, ledger)
        _log.info("after kill %d: %s, and all of it is there", cycle + 1, ledger.counts)
    assert await server.stop() == 0


async def use_until_killed(url: str, ledger: Ledger, kill: Callable[[], Awaitable[object]]) -> None:
    """``kill`` returns once the server is dead; everybody goes on until they notice."""
    goal = {kind: ledger.counts[kind] + more for kind, more in ENOUGH.items()}
    async with guests_at(url) as guests, aiohttp.ClientSession() as session:
        people = [await guests.join("study", f"P{n}") for n in range(4)]
        sending = await guests.join("study", "Sender", ledger.sender.way_back)
        assert sending.welcome is not None
        ledger.sender.way_back = sending.welcome.way_back
        using = [
            asyncio.create_task(ledger.sender.send(session, url, sending)),
            *(asyncio.create_task(ledger.scribble(one)) for one in people[:2]),
            *(asyncio.create_task(ledger.say(one)) for one in people[2:]),
        ]
        async with asyncio.timeout(PATIENCE):
            while any(ledger.counts[kind] < least for kind, least in goal.items()):
                await asyncio.wait(using, timeout=0.01)
        await kill()
        await asyncio.gather(*using)


async def check(url: str, ledger: Ledger) -> None:
    """Everything that was acknowledged is there, and nothing that nobody sent."""
    async with guests_at(url) as guests, aiohttp.ClientSession() as session:
        reader = await guests.join("study", "Reader")
        said = await _messages(reader)
        assert ledger.messages <= said <= ledger.said, "messages are lost, or somebody else's"
        status, updates = await fetch(url, reader, ledger.board)
        assert status == 200
        late = Sketch()
        for update in updates:
            late.take(update)
        assert ledger.strokes <= set(late.drawn) <= ledger.drawn, "strokes are lost, or made up"
        await _check_files(url, session, reader, ledger)


async def _messages(reader: Guest) -> set[str]:
    """All of the conversation, page by page."""
    page = reader.snapshot.chat
    texts = {message.text for message in page.messages}
    while page.earlier:
        page = (await reader.load_before(page.messages[0].number)).page
        texts |= {message.text for message in page.messages}
    return texts


async def _check_files(
    url: str, session: aiohttp.ClientSession, reader: Guest, ledger: Ledger
) -> None:
    snapshot: Snapshot = reader.snapshot
    listed = {item.name: item for item in snapshot.content}
    assert len(listed) == len(snapshot.content), "a file is there twice"
    assert set(ledger.sender.arrived) <= set(listed), "an acknowledged file is lost"
    unsaid = set(listed) - set(ledger.sender.arrived)
    assert unsaid <= {named(ledger.sender)}, "half of a file is listed"
    newest = list(ledger.sender.arrived)[-ENOUGH["files"] - 2 :]
    for name in {*unsaid, *newest}:
        address = f"{url}/api/v1/items/{listed[name].id}?key={key_of(reader)}"
        async with session.get(address) as answer:
            digest = hashlib.sha256(await answer.read()).hexdigest()
        expected = ledger.sender.arrived.get(name) or digest_of(ledger.sender)
        assert digest == expected, f"{name} is not what was sent"
