"""``kill -9`` in the middle of unpacking: afterwards there is no room, and why is told."""

import asyncio
from pathlib import Path

import pytest

from tests.along.conftest import NOTHING, Place, furnished, open_place
from tests.pages.test_along import bring
from tests.support.house import share
from tests.support.people import Browser, browser_at
from tests.support.process import ServerProcess
from tests.support.server import running_server

FILES = 200
"""So many that the unpacking takes a while: each is made safe on the disk."""


async def archive_in(folder: Path) -> bytes:
    async with running_server(folder) as running:
        place = await open_place(*running)
        room = await furnished(place)
        for number in range(FILES):
            await share(place.server, room, f"{number}.bin", b"%d" % number * 30_000)
        return await place.pack(room)


@pytest.mark.parametrize("when", [1, 30, 120])
async def test_a_kill_leaves_no_room(tmp_path: Path, when: int) -> None:
    """``when``: after about so many parts."""
    archive = await archive_in(tmp_path / "elsewhere")
    data = tmp_path / "data"
    async with ServerProcess(data).running() as process:
        link = next(line.split()[-1] for line in process.printed if "/welcome/" in line)
        async with browser_at(process.url) as browser:
            await browser.sign_up(path=link)
            assert (await bring(browser, archive)).status == 303
            async with asyncio.timeout(60):
                while not await has_come_to(browser, when):
                    pass  # asking is the waiting
            await process.kill()
            await process.start()
            page = (await browser.get("/account/rooms")).text
            assert "The server was restarted while the room was being made" in page
            assert "You have no room of your own yet" in page
    async with running_server(data) as (server, url):
        assert await Place(server, url, "").left() == NOTHING


async def has_come_to(browser: Browser, when: int) -> bool:
    page = (await browser.get("/account/rooms")).text
    assert "The room is here" not in page, "it was too quick to be killed"
    found = page.partition("The room is being made: ")[2].partition(" of ")[0]
    return found.isdigit() and int(found) >= when
