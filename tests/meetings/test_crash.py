"""Nothing acknowledged is lost, nothing is doubled: the server is killed while people write."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp

from meetd.core.ids import new_id
from meetd.protocol.chat import SendChat
from meetd.protocol.session import Done
from tests.support.guest import Guest, NotSeenError, guests_at
from tests.support.process import ServerProcess
from tests.support.server import prepare_data

CYCLES = 8
WRITERS = 3


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
    server = ServerProcess(tmp_path)
    acked: set[str] = set()
    unanswered: list[dict[str, str]] = [{} for _ in range(WRITERS)]
    way_backs: list[str | None] = [None] * WRITERS
    for cycle in range(CYCLES):
        await server.start()
        async with guests_at(server.url) as guests:
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
            await server.kill()
            await asyncio.gather(*writing)
    await server.start()
    async with guests_at(server.url) as guests:
        reader = await guests.join("study", "Reader")
        page = reader.snapshot.chat
        texts = [message.text for message in page.messages]
        while page.earlier:
            page = (await reader.load_before(page.messages[0].number)).page
            texts = [message.text for message in page.messages] + texts
    assert await server.stop() == 0
    assert acked <= set(texts), "an acknowledged message is lost"
    assert len(texts) == len(set(texts)), "a message is doubled"
    assert len(acked) >= CYCLES * 12
