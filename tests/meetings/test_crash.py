"""Nothing acknowledged is lost, nothing is doubled: the server is killed while people write."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp

from meetd.core.ids import new_id
from meetd.protocol.chat import SendChat
from meetd.protocol.session import Done
from tests.support.guest import Guest, NotSeenError, guests_at
from tests.support.server import prepare_data

CYCLES = 8
WRITERS = 3


async def start(data: Path) -> tuple[asyncio.subprocess.Process, str]:
    """A real server process; returns it with its URL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "meetd", "serve", "--data", str(data), "--port", "0", "--media-port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"MEETD_LOGS_LEVEL": "error", "MEETD_LIMITS_COMMANDS_PER_SECOND": "10000"},
    )
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("meetd is ready at "):
            return process, line.split()[-1]
    raise AssertionError("the server did not start")


async def write_until_it_dies(guest: Guest, unanswered: dict[str, str], acked: set[str]) -> None:
    """Send what is still unanswered, then new messages; keep the ledger of acknowledgements."""
    with suppress(aiohttp.ClientError, ConnectionError, NotSeenError):
        while not guest.socket.closed:
            client_id, text = next(iter(unanswered.items()), (new_id(), new_id()))
            unanswered[client_id] = text
            answer = await guest.ask(SendChat(client_id=client_id, text=text), within=2.0)
            if isinstance(answer, Done):
                acked.add(unanswered.pop(client_id))
            else:
                await guest.pause_as_told(answer)


def at_least(goal: int, acked: set[str]) -> Callable[[], bool]:
    return lambda: len(acked) >= goal


async def test_kill_9_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    await prepare_data(tmp_path)
    acked: set[str] = set()
    unanswered: list[dict[str, str]] = [{} for _ in range(WRITERS)]
    way_backs: list[str | None] = [None] * WRITERS
    for cycle in range(CYCLES):
        process, url = await start(tmp_path)
        async with guests_at(url) as guests:
            writers = [
                await guests.join("study", f"Writer {n}", way_backs[n]) for n in range(WRITERS)
            ]
            way_backs = [writer.welcome.way_back for writer in writers if writer.welcome]
            writing = [
                asyncio.create_task(write_until_it_dies(writer, unanswered[n], acked))
                for n, writer in enumerate(writers)
            ]
            goal = (cycle + 1) * 12
            await writers[0].until(at_least(goal, acked), "nobody could write")
            process.send_signal(signal.SIGKILL)
            await asyncio.gather(*writing)
        await process.wait()
    process, url = await start(tmp_path)
    async with guests_at(url) as guests:
        reader = await guests.join("study", "Reader")
        page = reader.snapshot.chat
        texts = [message.text for message in page.messages]
        while page.earlier:
            page = (await reader.load_before(page.messages[0].number)).page
            texts = [message.text for message in page.messages] + texts
    process.terminate()
    assert await process.wait() == 0
    assert acked <= set(texts), "an acknowledged message is lost"
    assert len(texts) == len(set(texts)), "a message is doubled"
    assert len(acked) >= CYCLES * 12
