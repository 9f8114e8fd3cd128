"""What an owner reads of support entries into a room."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from meetd.accounts.account import Account
from tests.accounts.conftest import HandClock
from tests.pages.test_room_pages import SETTINGS, Town, items
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.people import administrator_at, browser_at
from tests.support.server import running_server

REASON = "Ada asked why <nobody> hears her"


class Visited:
    """A town with an administrator, and a clock that the test moves."""

    def __init__(self, town: Town, keeper: Account, clock: HandClock) -> None:
        self.town = town
        self.keeper = keeper
        self.clock = clock


@pytest.fixture
async def visited(tmp_path: Path) -> AsyncIterator[Visited]:
    clock = HandClock()
    async with (
        running_server(tmp_path, SETTINGS, clock) as (server, url),
        guests_at(url) as guests,
        browser_at(url) as browser,
        AsyncExitStack() as stack,
    ):
        await administrator_at(server, browser)
        keeper = await server.accounts.by_user_name("keeper")
        assert keeper is not None
        yield Visited(Town(Street(server, guests), url, stack), keeper, clock)


async def test_an_owner_reads_who_came_in_for_support_why_and_for_how_long(
    visited: Visited,
) -> None:
    town, support = visited.town, visited.town.server.support
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    assert "No administrator entered this room" in (await ada.get(here)).text
    other = await town.room((await ada.post("/rooms/new")).to[1:])
    room = await town.room("study")
    await support.begin(visited.keeper, other, "Another room altogether")
    for minutes, reason in ((0, REASON), (12, "The same once more")):
        await support.begin(visited.keeper, room, reason)
        joined_at = visited.clock.now()
        visited.clock.forward(seconds=minutes * 60 + 1)
        await support.end(visited.keeper.id, room, joined_at)
    await support.begin(visited.keeper, room, "Looking after the sound")
    page = await ada.get(here)
    assert "<nobody>" not in page.text
    name = visited.keeper.name
    entries = [item for item in items(page) if item.startswith(name)]
    assert [entry.split(" UTC · ")[1] for entry in entries] == [
        "Did not come in, or is there still",
        "13 minutes",
        "1 minute",
    ]
    assert "Looking after the sound" in entries[0]
    assert "Ada asked why &lt;nobody&gt; hears her" in entries[2]
    assert "Another room" not in page.text


async def test_an_erased_administrator_stays_in_the_list_without_a_name(visited: Visited) -> None:
    ada = await visited.town.browser("ada")
    here = await visited.town.make(ada, "study")
    room = await visited.town.room("study")
    await visited.town.server.support.begin(visited.keeper, room, REASON)
    await visited.town.server.stores.erase(visited.keeper, actor="operator")
    assert "Somebody whose account is gone" in items(await ada.get(here))[0]
