"""What an admission opens, and when it does not any more."""

import pytest

from meetd.protocol.door import AnswerKnock, KnockSeen
from meetd.protocol.hosting import EndMeeting, LockRoom, Remove
from meetd.protocol.session import Ended
from tests.support.clock import MovedClock
from tests.support.door import Street, knock_of, place_of, state_of
from tests.support.guest import Guest


async def admit(host: Guest, visitor: Guest, answer: str = "admit once") -> str:
    """Returns the place."""
    knock = await knock_of(host, visitor.name)
    await host.ask(AnswerKnock(knock=knock.id, answer=answer))  # type: ignore[arg-type]
    await visitor.until(lambda: state_of(visitor) == "admitted", "nobody was told")
    return place_of(visitor)


async def test_an_admission_is_used_up_by_entering_an_open_room_with_it(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    place = await admit(host, await street.knock("study", "Bob"))
    await host.ask(LockRoom(locked=False))
    bob = await street.enter("study", "Bob", place=place)
    await host.ask(LockRoom(locked=True))
    await host.ask(Remove(participant=bob.id))
    await bob.seen(Ended)
    assert await street.refused(room.name, "Bob", place=place) == "KnockFirst"


async def test_who_was_let_in_by_unlocking_knocks_again_after_removal(street: Street) -> None:
    """The open door let them in, not an admission that they could keep for later."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    waiting = await street.knock("study", "Bob")
    await host.ask(LockRoom(locked=False))
    await waiting.until(lambda: state_of(waiting) == "admitted", "Bob still waits")
    bob = await street.enter("study", "Bob")
    await host.ask(LockRoom(locked=True))
    await host.ask(Remove(participant=bob.id))
    assert await street.refused("study", "Bob", place=place_of(waiting)) == "KnockFirst"
    back, seen = await street.look("study", "Bob", place=place_of(waiting))
    assert seen.opens == "knock"
    assert not [event for event in back.events if isinstance(event, KnockSeen)]


@pytest.mark.parametrize("signed_in", [False, True])
async def test_always_admitted_lasts_until_it_is_taken_back(
    street: Street, *, signed_in: bool
) -> None:
    ada, somebody = await street.account("Ada"), await street.account("Bob")
    account = somebody if signed_in else None
    room = await street.room("study", ada)
    host = await street.watch(ada)
    place = await admit(host, await street.knock("study", "Bob", account), "always admit")
    bob = await street.enter("study", "Bob", account, place=place)
    (grant,) = await street.server.stores.grants.of(room)
    assert grant.last_used_at is not None
    await street.server.stores.grants.revoke(room, grant.id)
    assert (await bob.seen(Ended)).why == "access ended"
    assert await street.refused("study", "Bob", account, place=place) == "KnockFirst"
    back, _ = await street.look("study", "Bob", account, place=place)
    assert not [event for event in back.events if isinstance(event, KnockSeen)]


@pytest.mark.parametrize("signed_in", [False, True])
async def test_who_was_always_admitted_and_by_whom_is_in_the_audit_log(
    street: Street, *, signed_in: bool
) -> None:
    """By ids only."""
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    owner = await street.enter("study", "Ada", ada)
    await admit(
        owner, await street.knock("study", "Bob", bob if signed_in else None), "always admit"
    )
    lines = await street.server.stores.audit.entries()
    kind, subject = ("account", bob.id) if signed_in else ("browser", None)
    assert [(line.act, line.actor, line.room, line.subject, line.details) for line in lines] == [
        ("access-granted", ada.id, room.id, subject, {"level": "join", "kind": kind}),
    ]


async def test_an_admission_lasts_twelve_hours(street: Street, clock: MovedClock) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    early = await admit(host, await street.knock("study", "Bob"))
    clock.forward(hours=11.9)
    late = await admit(host, await street.knock("study", "Carol"))
    await street.look("study", "Bob", place=early)
    clock.forward(hours=0.2)
    assert await street.refused("study", "Bob", place=early) == "KnockFirst"
    back, _ = await street.look("study", "Bob", place=early)
    assert not [event for event in back.events if isinstance(event, KnockSeen)]
    await street.enter("study", "Carol", place=late)


async def test_the_place_of_another_door_says_nothing(street: Street) -> None:
    ada = await street.account("Ada")
    for name in ("study", "library"):
        await street.room(name, ada)
    waiting = await street.knock("study", "Bob")
    elsewhere, _ = await street.look("library", "Eve", place=place_of(waiting))
    assert not [event for event in elsewhere.events if isinstance(event, KnockSeen)]
    assert waiting.closed is False


async def test_ending_the_meeting_is_for_those_too_who_left_a_moment_ago(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    place = await admit(host, await street.knock("study", "Bob"), "admit for meeting")
    bob = await street.enter("study", "Bob", place=place)
    assert bob.welcome
    await bob.leave()
    await host.ask(EndMeeting(stay=True))
    assert await street.refused("study", "Bob", way_back=bob.welcome.way_back) == "WayBackInvalid"
