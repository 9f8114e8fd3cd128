"""The room page where direct paths are blocked or cut: nobody has to do anything."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import House, Person
from tests.laboratory.browsers import Kind
from tests.laboratory.network import Forbidden
from tests.laboratory.paths import both_move_again, says, see_each_other
from tests.laboratory.town import Town

Pair = tuple[Kind, Kind]
PAIRS: list[Pair] = [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "chromium")]
every_pair = pytest.mark.parametrize("pair", PAIRS, ids="-".join)


async def guests(town: Town, house: House, pair: Pair) -> tuple[Person, Person]:
    first, second = pair
    ada = await house.guest("Ada", await town.browser("ada", first), **town.options)
    bob = await house.guest("Bob", await town.browser("bob", second), **town.options)
    return ada, bob


@every_pair
@pytest.mark.parametrize("forbidden", [("direct",), ("direct", "udp")], ids="-".join)
async def test_without_a_direct_path_the_relay_takes_over(
    forbidden: tuple[Forbidden, ...], pair: Pair, town: Town, tmp_path: Path
) -> None:
    town.lab.forbid(*forbidden)
    async with town.house(tmp_path) as house:
        ada, bob = await guests(town, house, pair)
        await see_each_other(ada, bob)
        for person, other in ((ada, bob), (bob, ada)):
            await expect(person.tile(other.name)).to_contain_text("Relayed")
            await person.hears_somebody()
        for what in forbidden:
            assert town.lab.dropped(what) > 0, f"nobody tried {what}"


@every_pair
async def test_where_the_path_is_open_nothing_is_relayed(
    pair: Pair, town: Town, tmp_path: Path
) -> None:
    async with town.house(tmp_path) as house:
        ada, bob = await guests(town, house, pair)
        await see_each_other(ada, bob)
        assert await says(ada, "Direct", bob)
        assert await says(bob, "Direct", ada)


@every_pair
async def test_a_direct_path_that_is_cut_is_replaced(
    pair: Pair, town: Town, tmp_path: Path
) -> None:
    async with town.house(tmp_path) as house:
        ada, bob = await guests(town, house, pair)
        await see_each_other(ada, bob)
        assert await says(ada, "Direct", bob)
        town.lab.forbid("direct")
        await both_move_again(ada, bob)
        await ada.hears_somebody()
        await bob.hears_somebody()
