"""Entered with a link that is good once, and the answer never arrived: it was the same entry."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.core.ids import new_token
from meetd.protocol.session import Ping, Refused, Welcome
from tests.support.clock import MovedClock
from tests.support.door import Street, join_as, street_at


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def street(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Street]:
    async with street_at(tmp_path, clock) as street:
        street.server.gathering.meetings._away_seconds = 0.0
        yield street


async def link(street: Street, uses: int) -> str:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    new, key = grants.by_link("join", "once", uses=uses)
    await grants.add(room, new)
    return key.reveal()


async def another_link(street: Street) -> str:
    room = await street.server.stores.rooms.find("study")
    assert room is not None
    grants = street.server.stores.grants
    new, key = grants.by_link("join", "club")
    await grants.add(room, new)
    return key.reveal()


async def uses_left(street: Street) -> int:
    rows = await street.server.stores.database.read("SELECT uses_left FROM access_grants")
    return int(rows[0]["uses_left"])


@pytest.mark.parametrize("uses", [1, 2])
async def test_a_lost_welcome_costs_no_second_use(street: Street, uses: int) -> None:
    key, place = await link(street, uses), new_token()
    first = await street.enter("study", "Bob", key=key, place=place)
    await first.lose_connection()
    _, seen = await street.look("study", "Bob", key=key, place=place)
    assert (seen.opens, seen.link_invalid) == ("join", False)
    again = await street.enter("study", "Bob", key=key, place=place)
    assert again.id == first.id
    assert await uses_left(street) == uses - 1
    # Heard of, the place is no proof of theirs any more.
    await again.ask(Ping())
    if uses == 1:
        assert await street.refused("study", "Bob", key=key, place=place) == "InviteLinkInvalid"


async def test_nobody_else_enters_with_it(street: Street) -> None:
    key, place = await link(street, 1), new_token()
    await street.enter("study", "Bob", key=key, place=place)
    assert await street.refused("study", "Eve", key=key) == "InviteLinkInvalid"
    assert await street.refused("study", "Eve", key=key, place=new_token()) == "InviteLinkInvalid"
    await street.room("attic", await street.account("Carol"))
    assert await street.refused("attic", "Bob", place=place) == "KnockFirst"


async def test_two_minutes_later_it_is_over(street: Street, clock: MovedClock) -> None:
    key, place = await link(street, 1), new_token()
    host = await street.enter("study", "Carol", key=await another_link(street))
    first = await street.enter("study", "Bob", key=key, place=place)
    await first.lose_connection()
    await host.until(lambda: host.people == ["Carol"], "Bob has not left")
    clock.forward(seconds=121)
    assert await street.refused("study", "Bob", key=key, place=place) == "InviteLinkInvalid"


async def test_two_tries_at_once_are_one_entry(street: Street) -> None:
    key, place = await link(street, 1), new_token()
    pages = [await street.connect("Bob") for _ in range(2)]
    join = join_as("study", "Bob", key=key, place=place)
    answers = await asyncio.gather(*(page.ask(join) for page in pages))
    assert not [one for one in answers if isinstance(one, Refused)]
    assert len({one.you for one in answers if isinstance(one, Welcome)}) == 1
