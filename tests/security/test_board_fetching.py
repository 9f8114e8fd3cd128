"""Whiteboards are large, and each that is fetched is in memory: a few at a time, for a time."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from meetd.api import boards as door
from meetd.core.refusals import TooFast
from meetd.serving import few
from meetd.serving.few import FewAtATime
from meetd.storage.vault import Cipher
from tests.meetings.test_drawing import get, make_board
from tests.support.guest import Guest, guests_at
from tests.support.sending import be_impatient
from tests.support.server import running_server

LARGE = 24_000_000
"""Bytes: more than a connection takes in while nobody reads."""


@asynccontextmanager
async def large_board(data: Path) -> AsyncIterator[tuple[str, Guest, str]]:
    async with running_server(data) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        board = await make_board(ada)
        (meeting,) = server.gathering.meetings.live
        await server.house.boards.keep(meeting.drawing.find(board), bytes(LARGE))
        yield url, ada, board


async def unread(url: str, guest: Guest, board: str, stack: AsyncExitStack) -> aiohttp.StreamReader:
    """The answer has begun, and nobody reads on."""
    assert guest.welcome is not None
    address = f"{url}/api/v1/boards/{board}?key={guest.welcome.content_key}"
    session = await stack.enter_async_context(aiohttp.ClientSession())
    response = await stack.enter_async_context(session.get(address))
    assert response.status == 200
    return response.content


async def until_fetched(url: str, guest: Guest, board: str) -> int:
    """A page that is refused asks again. Returns how many bytes came in the end."""
    async with asyncio.timeout(10):
        while True:
            status, body = await get(url, guest, board)
            if status == 200:
                return len(body)


async def test_one_network_fetches_few_boards_at_a_time(tmp_path: Path) -> None:
    async with large_board(tmp_path) as (url, ada, board):
        async with AsyncExitStack() as reading:
            for _ in range(door.OF_NETWORK):
                await unread(url, ada, board, reading)
            for path in (board, f"{board}/snapshots/any"):
                status, body = await get(url, ada, path)
                assert (status, b"TooFast" in body) == (429, True)
            assert (await get(url, ada, "other"))[0] == 404
        assert await until_fetched(url, ada, board) > LARGE


async def test_whoever_reads_too_slowly_holds_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with large_board(tmp_path) as (url, ada, board), AsyncExitStack() as reading:
        be_impatient(monkeypatch)
        for _ in range(door.OF_NETWORK):
            await unread(url, ada, board, reading)
        monkeypatch.undo()
        # Where a connection takes in all of it at once, nobody has to be cut off.
        assert await until_fetched(url, ada, board) > LARGE


async def test_a_board_is_decrypted_beside_what_others_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with large_board(tmp_path) as (url, ada, board):
        threads, opened = set[threading.Thread](), Cipher.open

        def noted(cipher: Cipher, sealed: bytes, place: str) -> bytes:
            if len(sealed) > LARGE:
                threads.add(threading.current_thread())
            return opened(cipher, sealed, place)

        monkeypatch.setattr(Cipher, "open", noted)
        assert (await get(url, ada, board))[0] == 200
        assert threads
        assert threading.main_thread() not in threads


async def test_nobody_stands_in_line_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    places = FewAtATime(of_all=1, of_network=2)
    monkeypatch.setattr(few, "PATIENCE", 0.01)
    async with places.place("a"):
        with pytest.raises(TooFast):
            async with places.place("b"):
                pass
    async with places.place("b"):
        pass


async def test_who_stands_in_line_counts_among_those_of_their_network() -> None:
    places, entered = FewAtATime(of_all=1, of_network=2), asyncio.Event()

    async def stand() -> None:
        async with places.place("a"):
            entered.set()

    async with places.place("a"):
        waiting = asyncio.create_task(stand())
        await asyncio.sleep(0)  # it begins
        with pytest.raises(TooFast):
            async with places.place("a"):
                pass
        assert not entered.is_set()
    await waiting
    assert entered.is_set()
