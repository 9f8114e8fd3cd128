"""The room page where direct paths are blocked or cut: nobody has to do anything."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import House, Person, until
from tests.laboratory.browsers import Kind
from tests.laboratory.network import Forbidden
from tests.laboratory.town import Town

JOINING_SECONDS = 10.0
"""From joining to a picture where there is no direct path."""
CUT_SECONDS = 5.0
"""From the end of a direct path to a picture that moves again."""

Pair = tuple[Kind, Kind]
PAIRS: list[Pair] = [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "chromium")]
every_pair = pytest.mark.parametrize("pair", PAIRS, ids="-".join)


async def guests(town: Town, house: House, pair: Pair) -> tuple[Person, Person]:
    first, second = pair
    ada = await house.guest("Ada", await town.browser("ada", first), **town.options)
    bob = await house.guest("Bob", await town.browser("bob", second), **town.options)
    return ada, bob


async def says(person: Person, path: str, of: Person) -> bool:
    """Is that on the other's tile?"""
    return await person.tile(of.name).get_by_text(path, exact=True).is_visible()


async def see_each_other(ada: Person, bob: Person, within: float) -> None:
    await asyncio.gather(ada.sees("Bob", within), bob.sees("Ada", within))


@every_pair
@pytest.mark.parametrize("forbidden", [("direct",), ("direct", "udp")], ids="-".join)
async def test_without_a_direct_path_the_relay_takes_over(
    forbidden: tuple[Forbidden, ...], pair: Pair, town: Town, tmp_path: Path
) -> None:
    town.lab.forbid(*forbidden)
    async with town.house(tmp_path) as house:
        ada, bob = await guests(town, house, pair)
        await see_each_other(ada, bob, JOINING_SECONDS)
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
        await see_each_other(ada, bob, JOINING_SECONDS)
        assert await says(ada, "Direct", bob)
        assert await says(bob, "Direct", ada)


@every_pair
async def test_a_direct_path_that_is_cut_is_replaced(
    pair: Pair, town: Town, tmp_path: Path
) -> None:
    async with town.house(tmp_path) as house:
        ada, bob = await guests(town, house, pair)
        await see_each_other(ada, bob, JOINING_SECONDS)
        assert await says(ada, "Direct", bob)
        town.lab.forbid("direct")
        await asyncio.gather(moves_again(ada, bob), moves_again(bob, ada))
        await ada.hears_somebody()
        await bob.hears_somebody()


async def moves_again(person: Person, other: Person) -> None:
    """The picture of the other comes over the relay, frame after frame."""
    seen: list[int] = []

    async def moves() -> bool:
        if await says(person, "Relayed", other):
            seen.append(await person.frames_of(other.name))
        return bool(seen) and seen[-1] > seen[0] + 5

    reason = f"the picture of {other.name} stands still for {person.name}"
    await until(moves, reason, within=CUT_SECONDS)
