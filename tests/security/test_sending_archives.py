"""Whoever takes what is made for them slowly, or asks for it many times over, holds neither memory
nor places for long."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from meetd.core.holdings import Traces
from meetd.core.ids import new_token
from meetd.privacy import streaming
from meetd.privacy.streaming import stream_archive
from tests.support.door import Street
from tests.support.people import Browser
from tests.support.sending import be_impatient
from tests.support.visitors import browser, path_of, street, talker

__all__ = ["browser", "street"]

ROWS = 1_000
PIECE = 256 << 10
"""Bytes that may wait, here."""


async def remarks() -> AsyncIterator[dict[str, Any]]:
    """4 MB that cannot be made much smaller."""
    for number in range(ROWS):
        text = "".join(
            hashlib.sha256(f"{number}/{part}".encode()).hexdigest() for part in range(64)
        )
        yield {"kind": "message", "text": text}


async def test_no_more_waits_than_somebody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows as well as files: whoever stops taking stops the making."""
    most, waits = [0], asyncio.Event()
    write, room = streaming._Pipe.write, streaming._Pipe.room

    def counted(pipe: streaming._Pipe, data: Any) -> int:
        length = write(pipe, data)
        most[0] = max(most[0], len(pipe._waiting))
        return length

    async def waited(pipe: streaming._Pipe) -> None:
        if len(pipe._waiting) > PIECE:
            waits.set()
        await room(pipe)

    monkeypatch.setattr(streaming, "_MOST", PIECE)
    monkeypatch.setattr(streaming._Pipe, "write", counted)
    monkeypatch.setattr(streaming._Pipe, "room", waited)
    pieces = stream_archive(io.BytesIO(), [remarks], "visitor")
    archive = await anext(pieces)
    await asyncio.wait_for(waits.wait(), 20)
    archive += b"".join([piece async for piece in pieces])
    rows = json.loads(zipfile.ZipFile(io.BytesIO(archive)).read("visitor.json"))["message"]
    assert len(rows) == ROWS
    # 200 rows of 4 kB come at a time.
    assert PIECE < most[0] < PIECE + (1 << 20)


class Sending:
    """In the place of the archive, whose pieces come until it is stopped."""

    def __init__(self, street: Street, monkeypatch: pytest.MonkeyPatch, *, many: bool) -> None:
        self._many = many
        self.under_way = 0
        self.begun, self.go_on, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(street.server.house.visitor_rights, "archive", self._pieces)

    async def _pieces(self, _: Traces) -> AsyncGenerator[bytes, None]:
        self.under_way += 1
        self.begun.set()
        try:
            while self._many:
                yield b"x" * PIECE
            await self.go_on.wait()
            yield b"x"
        finally:
            self.ended.set()


async def test_one_archive_at_a_time_by_a_link_and_few_of_a_network(
    street: Street, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [new_token() for _ in range(5)]
    for token in tokens:
        await talker(street, token)
    sending = Sending(street, monkeypatch, many=False)
    first = asyncio.ensure_future(browser.file(f"{path_of(tokens[0])}/archive"))
    await sending.begun.wait()
    status, headers, _ = await browser.file(f"{path_of(tokens[0])}/archive")
    assert status == 429
    assert int(headers["Retry-After"]) >= 1
    others = []
    for number, token in enumerate(tokens[1:4], start=2):
        sending.begun.clear()
        others.append(asyncio.ensure_future(browser.file(f"{path_of(token)}/archive")))
        await sending.begun.wait()
        assert sending.under_way == number
    assert (await browser.file(f"{path_of(tokens[4])}/archive"))[0] == 429
    sending.go_on.set()
    assert {status for status, *_ in await asyncio.gather(first, *others)} == {200}


async def test_whoever_takes_nothing_is_let_go(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    await talker(street, token)
    sending = Sending(street, monkeypatch, many=True)
    be_impatient(monkeypatch)
    host, port = street.guests.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1)
    writer.write(f"GET {path_of(token)}/archive HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    await asyncio.wait_for(sending.ended.wait(), 20)
    writer.close()
    assert not reader.at_eof()
