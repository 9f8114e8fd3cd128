"""What an owner reads of support entries into a room."""

import re
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
        keeper = await server.stores.accounts.by_user_name("keeper")
        assert keeper is not None
        yield Visited(Town(Street(server, guests), url, stack), keeper, clock)


async def test_an_owner_reads_who_came_in_for_support_why_and_for_how_long(
    visited: Visited,
) -> None:
    town, support = visited.town, visited.town.server.house.support
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
    await visited.town.server.house.support.begin(visited.keeper, room, REASON)
    await visited.town.server.stores.erase(visited.keeper, actor="operator")
    assert any("Somebody whose account is gone" in each for each in items(await ada.get(here)))


async def test_an_owner_is_told_on_every_page_until_they_say_that_they_read_why(
    visited: Visited,
) -> None:
    town, support = visited.town, visited.town.server.house.support
    ada, bob = await town.browser("ada"), await town.browser("bob")
    await town.make(ada, "study")
    told = "An administrator of this server entered your room study for support."
    await support.begin(visited.keeper, await town.room("study"), REASON)
    for path in ("/", "/account", "/account/rooms", "/account/teams", "/privacy"):
        text = (await ada.get(path)).text
        assert told in text, path
        assert 'href="/account/support"' in text, path
        assert told not in (await bob.get(path)).text, path
    for path in ("/study", "/at/bob"):
        assert 'data-support="/account/support"' in (await ada.get(path)).text
        assert "data-support" not in (await bob.get(path)).text
    assert "support" not in (await ada.get("/account/rooms/nothing")).text
    page = await ada.get("/account/support")
    assert "Ada asked why &lt;nobody&gt; hears her" in page.text
    assert visited.keeper.name in page.text
    number = re.findall(r'name="number" value="(\d+)"', page.text)[0]
    await support.begin(visited.keeper, await town.room("study"), "The same once more")
    assert (await bob.post("/account/support", {"number": number})).status == 303
    assert "2 times" in (await ada.get("/account")).text
    assert (await ada.post("/account/support", {"number": number})).to == "/account/support"
    page = await ada.get("/account/support")
    assert page.done == ["Noted. Pages do not tell you of it any more."]
    assert "The same once more" in page.text
    assert "hears her" not in page.text
    for wrong in ("", "x", "-1", "9" * 30):
        assert (await ada.post("/account/support", {"number": wrong})).status == 400
    number = re.findall(r'name="number" value="(\d+)"', page.text)[0]
    await ada.post("/account/support", {"number": number})
    assert (await ada.get("/account/support")).to == "/account"
    assert told not in (await ada.get("/account")).text


async def test_an_entry_that_a_crash_cut_off_is_said_to_be_that(visited: Visited) -> None:
    town, support = visited.town, visited.town.server.house.support
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    room = await town.room("study")
    await support.begin(visited.keeper, room, REASON)
    joined_at = visited.clock.now()
    await support.entered(visited.keeper.id, room, joined_at)
    visited.clock.forward(seconds=130)
    await support.see()
    await support.open()  # as at the start after a crash
    (entry,) = [item for item in items(await ada.get(here)) if "hears her" in item]
    assert "3 minutes at least: then the server stopped" in entry
    await support.entered(visited.keeper.id, room, joined_at)
    visited.clock.forward(seconds=600)
    await support.end(visited.keeper.id, room, joined_at)
    (entry,) = [item for item in items(await ada.get(here)) if "hears her" in item]
    assert entry.endswith("13 minutes"), "who came back by the way back left in the end"
