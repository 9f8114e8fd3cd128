"""Who is in, and why: rights end with what they rest on, and a refusal uses nothing up."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from meetd.core.refusals import StorageFailed
from meetd.protocol.door import AnswerKnock
from meetd.protocol.hosting import LockRoom, MakeHost
from meetd.protocol.people import ParticipantChanged
from meetd.protocol.session import Done, Ended
from tests.support.clock import MovedClock
from tests.support.door import Street, join_as, knock_of, place_of, street_at
from tests.support.guest import Guest


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def street(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Street]:
    async with street_at(tmp_path, clock) as street:
        yield street


async def hand_on(host: Guest, other: Guest) -> None:
    await host.ask(MakeHost(participant=other.id, host=True))
    await other.seen(ParticipantChanged, lambda event: event.participant.role == "host")


async def test_who_was_made_host_goes_with_the_link_they_came_by(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    new, key = street.server.grants.by_link("join", "for friends")
    link = await street.server.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    eve = await street.enter("study", "Eve", key=key.reveal())
    await hand_on(host, eve)
    assert isinstance(await eve.ask(LockRoom(locked=True)), Done)
    other, _ = street.server.grants.by_link("join", "for others")
    await street.server.grants.add(room, other)
    assert isinstance(await eve.ask(LockRoom(locked=True)), Done), "no host any more"
    await street.server.grants.revoke(room, link.id)
    assert (await eve.seen(Ended)).why == "access ended"


async def test_who_was_made_host_goes_when_they_sign_out(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    await street.server.grants.add(room, street.server.grants.by_account("join", bob))
    host = await street.enter("study", "Ada", ada)
    member = await street.enter("study", "Bob", bob)
    await hand_on(host, member)
    await street.server.accounts.sign_out(street.token(bob))
    assert (await member.seen(Ended)).why == "access ended"


async def test_taken_back_they_are_what_they_were(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    new, key = street.server.grants.by_link("join", "for friends")
    link = await street.server.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    eve = await street.enter("study", "Eve", key=key.reveal())
    await hand_on(host, eve)
    await host.ask(MakeHost(participant=eve.id, host=False))
    assert (await eve.refused(LockRoom(locked=False))).refusal.code == "NotAHost"
    await street.server.grants.revoke(room, link.id)
    assert (await eve.seen(Ended)).why == "access ended"


async def test_a_full_room_uses_nothing_up(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    await street.server.rooms.change_settings(room, replace(room.settings, participant_limit=1))
    new, key = street.server.grants.by_link("join", "for one", uses=1)
    await street.server.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    waiting = await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    place = place_of(waiting)
    assert await street.refused("study", "Bob", place=place) == "RoomFull"
    assert await street.refused("study", "Eve", key=key.reveal()) == "RoomFull"
    await street.server.rooms.change_settings(room, replace(room.settings, participant_limit=9))
    await street.enter("study", "Bob", place=place)
    await street.enter("study", "Eve", key=key.reveal())


async def test_two_minutes_are_two_minutes_also_for_who_found_the_room_full(
    street: Street, clock: MovedClock
) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    waiting = await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    bob = await street.enter("study", "Bob", place=place_of(waiting))
    assert bob.welcome
    back = bob.welcome.way_back
    await bob.leave()
    await street.server.rooms.change_settings(room, replace(room.settings, participant_limit=1))
    assert await street.refused("study", "Bob", way_back=back) == "RoomFull"
    clock.forward(seconds=121)
    await street.server.rooms.change_settings(room, replace(room.settings, participant_limit=9))
    assert await street.refused("study", "Bob", way_back=back) == "WayBackInvalid"


async def test_a_disk_that_fails_while_somebody_enters_leaves_nobody_behind(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    before = await street.enter("study", "Ada", ada)

    async def fail(*_: object) -> None:
        raise StorageFailed

    with monkeypatch.context() as broken:
        broken.setattr(street.server.accounts, "is_signed_in", fail)
        again = await street.connect("Ada", ada)
        await again.send(join_as("study", "Ada"))
        assert (await again.seen(Ended)).why == "refused"
    await before.until(lambda: before.people == ["Ada"], "somebody stays who was refused")
