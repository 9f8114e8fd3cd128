"""Files: encrypted, against a server that writes and reads plain ones in the same run."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.api.test_content import PATCH, TUS, key_of, metadata
from tests.support.guest import Guest, guests_at
from tests.support.process import ServerProcess, serve

MEGABYTE = 1_000_000
LENGTH = 200 * MEGABYTE
ROUNDS = 5
LARGE = 2_000 * MEGABYTE
PIECE = os.urandom(MEGABYTE)


async def measure() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as data:
        async with (
            serve(Path(data)) as server,
            guests_at(server.url) as guests,
            _plain_files(Path(data)) as plain,
            aiohttp.ClientSession() as session,
        ):
            ada = await guests.join("study", "Ada")
            up: list[tuple[float, float]] = []
            down: list[tuple[float, float]] = []
            for number in range(ROUNDS):
                name = f"file-{number}"
                item, seconds = await _share(session, server, ada, name, LENGTH)
                up.append((seconds, await _put(session, f"{plain}/{name}")))
                address = f"{server.url}/api/v1/items/{item}?key={key_of(ada)}"
                down.append(
                    (await _fetch(session, address), await _fetch(session, f"{plain}/{name}"))
                )
            more = await _memory_of_a_large_one(session, server, ada)
    return [
        *_rows("upload", up),
        *_rows("download", down),
        ("more resident memory at most, during an upload of 2 GB", f"{more:.1f} MiB", "20 MiB"),
    ]


def _rows(what: str, seconds: list[tuple[float, float]]) -> list[tuple[str, str, str]]:
    """The same file both ways, one after the other, so that a noisy moment slows both."""
    ours, plain = (statistics.median(each) for each in zip(*seconds, strict=True))
    size = f"{LENGTH // MEGABYTE} MB"
    return [
        (
            f"{what} of {size}, encrypted to plain: ratio of medians of {ROUNDS}",
            f"{plain / ours:.2f}",
            "at least 0.6",
        ),
        (f"{what}, encrypted", f"{LENGTH / ours / MEGABYTE:.0f} MB/s", ""),
    ]


async def _share(
    session: aiohttp.ClientSession, server: ServerProcess, guest: Guest, name: str, length: int
) -> tuple[str, float]:
    """Id of the item, and seconds."""
    headers = {"Authorization": f"Bearer {key_of(guest)}", "Origin": server.url}
    about = TUS | headers | {"Upload-Length": str(length), "Upload-Metadata": metadata(name)}
    started = time.monotonic()
    async with session.post(f"{server.url}/api/v1/uploads", headers=about) as answer:
        path = answer.headers["Location"]
    more = PATCH | headers | {"Upload-Offset": "0"}
    async with session.patch(server.url + path, headers=more, data=_body(length)) as answer:
        answer.raise_for_status()
    return path.rpartition("/")[2], time.monotonic() - started


async def _put(session: aiohttp.ClientSession, address: str) -> float:
    started = time.monotonic()
    async with session.put(address, data=_body(LENGTH)) as answer:
        answer.raise_for_status()
    return time.monotonic() - started


async def _fetch(session: aiohttp.ClientSession, address: str) -> float:
    started, length = time.monotonic(), 0
    async with session.get(address) as answer:
        async for chunk in answer.content.iter_any():
            length += len(chunk)
    if length != LENGTH:
        raise RuntimeError(f"{length} bytes came")
    return time.monotonic() - started


async def _body(length: int) -> AsyncIterator[bytes]:
    for number in range(length // MEGABYTE):
        # No two files are the same: the server keeps those once.
        yield number.to_bytes(8) + os.urandom(8) + PIECE[16:]


async def _memory_of_a_large_one(
    session: aiohttp.ClientSession, server: ServerProcess, guest: Guest
) -> float:
    """MiB above what the server had before, with all that it has loaded by then."""
    idle = most = server.resident
    sharing = asyncio.ensure_future(_share(session, server, guest, "large", LARGE))
    while not sharing.done():
        await asyncio.wait({sharing}, timeout=0.05)
        most = max(most, server.resident)
    await sharing
    return (most - idle) / 2**20


@asynccontextmanager
async def _plain_files(folder: Path) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.benchmarks.plain_files", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or process.stdin is None:
        raise RuntimeError("pipes were asked for")
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()
