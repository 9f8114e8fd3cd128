"""Long answers: whoever is slow has time, and who takes nothing, or ever less, is let go."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer

from meetd.core.clock import SystemClock
from meetd.core.refusals import NotInMeeting, StorageFailed
from meetd.serving.sending import Sending, anybody

PART = 64 * 1024
SILENT = 30.0


class Hands(SystemClock):
    """Seconds go by when something is taken, ``slowness`` of them for each part."""

    def __init__(self, slowness: float) -> None:
        self.slowness = slowness
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


async def sent(
    pieces: AsyncGenerator[bytes, None],
    monkeypatch: pytest.MonkeyPatch,
    clock: Hands,
    check: Callable[[], object] = anybody,
) -> bytes:
    """What came of it. Raises: ClientPayloadError when it is not all."""
    sending, write = Sending(clock, silent=SILENT, slowest=1024), web.StreamResponse.write

    async def slow(response: web.StreamResponse, part: memoryview) -> None:
        clock.seconds += clock.slowness
        await asyncio.sleep(0)  # what is too late ends here
        await write(response, part)

    monkeypatch.setattr(web.StreamResponse, "write", slow)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        try:
            await sending.send(request, response, pieces, check)
        except StorageFailed:
            return web.Response(status=507)
        return response

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestClient(TestServer(app)) as client, client.get("/") as response:
        if response.status == 507:
            return b"nothing was sent yet"
        return await response.read()


async def parts(number: int) -> AsyncGenerator[bytes, None]:
    for _ in range(number):
        yield bytes(PART)


async def test_a_slow_network_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(await sent(parts(20), monkeypatch, Hands(29))) == 20 * PART


async def test_a_large_piece_is_taken_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def one() -> AsyncGenerator[bytes, None]:
        yield bytes(range(256)) * 5_000

    assert await sent(one(), monkeypatch, Hands(29)) == bytes(range(256)) * 5_000


async def test_whoever_falls_behind_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 KiB are worth 64 s here, of which 30 are waited for at a time."""
    with pytest.raises(ClientPayloadError):
        await sent(parts(20), monkeypatch, Hands(95))


async def test_small_pieces_are_worth_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is taken in time."""

    async def drops() -> AsyncGenerator[bytes, None]:
        for _ in range(40):
            yield b"x"

    with pytest.raises(ClientPayloadError):
        await sent(drops(), monkeypatch, Hands(1))


async def test_the_time_that_reading_takes_is_nobodys_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Hands(0.0)

    async def read_slowly() -> AsyncGenerator[bytes, None]:
        for _ in range(5):
            clock.seconds += 1_000
            yield b"x"

    assert await sent(read_slowly(), monkeypatch, clock) == b"xxxxx"


async def test_it_ends_with_the_right_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [0]

    def check() -> None:
        asked[0] += 1
        if asked[0] > 3:
            raise NotInMeeting

    with pytest.raises(ClientPayloadError):
        await sent(parts(20), monkeypatch, Hands(0), check)
    assert asked == [4]


async def test_what_is_wrong_before_anything_is_sent_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def failing(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async for piece in pieces:
            yield piece
        raise StorageFailed

    assert await sent(failing(parts(0)), monkeypatch, Hands(0)) == b"nothing was sent yet"


async def test_what_is_empty_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await sent(parts(0), monkeypatch, Hands(0)) == b""
