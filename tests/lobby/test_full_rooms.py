"""A room that is full: hosts are told when they admit, visitors keep their place until there is a
seat, and nobody is shut out of what is theirs to lead."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from meetd.protocol.door import AdmitAll, AnswerKnock, AnswerTaken, KnockSeen
from meetd.rooms.room import Room
from tests.support.door import Street, knock_of, place_of, state_of, street_at
from tests.support.guest import Guest


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with street_at(tmp_path) as street:
        street.server.gathering.meetings._away_seconds = 0.0
        yield street


async def limit(street: Street, room: Room, seats: int) -> None:
    settings = replace(room.settings, participant_limit=seats)
    await street.server.stores.rooms.change_settings(room, settings)


async def full(street: Street) -> tuple[Guest, Room]:
    """A host alone in a room for one."""
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    await limit(street, room, 1)
    return await street.enter("study", "Ada", ada), room


async def admit(host: Guest, name: str, answer: str = "admit once") -> AnswerTaken:
    knock = await knock_of(host, name)
    taken = await host.ask(AnswerKnock(knock=knock.id, answer=answer))  # type: ignore[arg-type]
    assert isinstance(taken, AnswerTaken), taken
    return taken


def states(guest: Guest) -> list[str]:
    return [event.state for event in guest.events if isinstance(event, KnockSeen)]


@pytest.mark.parametrize("answer", ["admit once", "admit for meeting", "always admit"])
async def test_a_host_is_told_that_the_room_is_full_and_the_visitor_waits_for_a_seat(
    street: Street, answer: str
) -> None:
    host, room = await full(street)
    bob = await street.knock("study", "Bob")
    assert (await admit(host, "Bob", answer)).full
    await bob.until(lambda: state_of(bob) == "room full", "Bob does not know")
    assert "admitted" not in states(bob)
    assert await street.refused("study", "Bob", place=place_of(bob)) == "RoomFull"
    await limit(street, room, 2)
    await bob.until(lambda: state_of(bob) == "admitted", "Bob is not told of the seat")
    await street.enter("study", "Bob", place=place_of(bob))


async def test_who_waits_for_a_seat_gets_the_one_of_whoever_leaves(street: Street) -> None:
    host, room = await full(street)
    await limit(street, room, 2)
    first = await street.knock("study", "Bob")
    assert not (await admit(host, "Bob")).full
    inside = await street.enter("study", "Bob", place=place_of(first))
    second = await street.knock("study", "Eve")
    assert (await admit(host, "Eve")).full
    await inside.leave()
    await second.until(lambda: state_of(second) == "admitted", "Eve is not told of the seat")
    await street.enter("study", "Eve", place=place_of(second))


async def test_who_comes_back_while_the_room_is_full_reads_it(street: Street) -> None:
    host, room = await full(street)
    bob = await street.knock("study", "Bob")
    await admit(host, "Bob")
    await bob.close()
    back, _ = await street.look("study", "Bob", place=place_of(bob))
    await back.until(lambda: bool(states(back)), "nothing is said of the knock")
    assert states(back) == ["room full"]
    await limit(street, room, 2)
    await back.until(lambda: state_of(back) == "admitted", "Bob is not told of the seat")


async def test_more_admitted_at_once_than_there_are_seats(street: Street) -> None:
    host, room = await full(street)
    await limit(street, room, 2)
    for name in ("Bob", "Eve"):
        await street.knock("study", name)
        await knock_of(host, name)
    taken = await host.ask(AdmitAll(door="study"))
    assert isinstance(taken, AnswerTaken)
    assert (taken.room, taken.full) == ("study", True)


async def test_hosts_have_one_seat_over_the_limit(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada, locked=False)
    await street.host(room, carol)
    await limit(street, room, 1)
    bob = await street.enter("study", "Bob")
    assert await street.refused("study", "Eve") == "RoomFull"
    owner = await street.enter("study", "Ada", ada)
    assert await street.refused("study", "Eve") == "RoomFull"
    assert await street.refused("study", "Carol", carol) == "RoomFull"
    await owner.leave()
    await street.enter("study", "Carol", carol)
    await bob.leave()
    assert await street.refused("study", "Eve") == "RoomFull"
