"""Who is in, and why: rights end with what they rest on, and a refusal uses nothing up."""

import asyncio
from dataclasses import replace

import pytest

from meetd.accounts.account import Account
from meetd.core.refusals import StorageFailed
from meetd.protocol.door import AnswerKnock
from meetd.protocol.hosting import LockRoom, MakeHost
from meetd.protocol.people import ParticipantChanged
from meetd.protocol.session import Done, Ended
from tests.support.clock import MovedClock
from tests.support.door import GOOD, Gate, Street, join_as, knock_of, place_of
from tests.support.guest import Guest


async def hand_on(host: Guest, other: Guest) -> None:
    await host.ask(MakeHost(participant=other.id, host=True))
    await other.seen(ParticipantChanged, lambda event: event.participant.role == "host")


async def test_who_was_made_host_goes_with_the_link_they_came_by(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    new, key = street.server.stores.grants.by_link("join", "for friends")
    link = await street.server.stores.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    eve = await street.enter("study", "Eve", key=key.reveal())
    await hand_on(host, eve)
    assert isinstance(await eve.ask(LockRoom(locked=True)), Done)
    other, _ = street.server.stores.grants.by_link("join", "for others")
    await street.server.stores.grants.add(room, other)
    assert isinstance(await eve.ask(LockRoom(locked=True)), Done), "no host any more"
    await street.server.stores.grants.revoke(room, link.id)
    assert (await eve.seen(Ended)).why == "access ended"


async def test_who_was_made_host_goes_when_they_sign_out(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    await street.server.stores.grants.add(room, street.server.stores.grants.by_account("join", bob))
    host = await street.enter("study", "Ada", ada)
    member = await street.enter("study", "Bob", bob)
    await hand_on(host, member)
    await street.server.stores.accounts.sign_out(street.token(bob))
    assert (await member.seen(Ended)).why == "access ended"


async def invited_by_address(street: Street) -> Account:
    """Somebody whose address may enter Ada's study."""
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    joining = street.server.stores.accounts.joining
    await joining.confirm_email((await joining.confirmation_link(bob)).reveal())
    await street.server.stores.grants.add(
        room, street.server.stores.grants.by_email("join", bob.email)
    )
    return bob


async def give_up_address(street: Street, account: Account) -> None:
    changes = street.server.stores.accounts.address_changes
    who = await street.server.stores.accounts.who(street.token(account))
    assert who is not None
    await changes.ask(who, "bob-elsewhere@example.org", GOOD, network="203.0.113.7")
    await changes.confirm("old", (await changes.link("old", account)).reveal())
    await changes.confirm("new", (await changes.link("new", account)).reveal())


async def test_who_connected_before_giving_up_an_address_is_not_in_by_it(street: Street) -> None:
    bob = await invited_by_address(street)
    early = await street.connect("Bob", bob)
    await give_up_address(street, bob)
    refused = await early.refused(join_as("study", "Bob"))
    assert refused.refusal.code == "KnockFirst"


async def test_an_address_given_up_while_entering_by_it_ends_the_stay(street: Street) -> None:
    bob = await invited_by_address(street)
    gate = Gate(street.server.stores.passes, "make")
    member = await street.connect("Bob", bob)
    entering = asyncio.create_task(member.ask(join_as("study", "Bob")))
    await gate.reached.wait()
    await give_up_address(street, bob)
    gate.open()
    await entering
    assert (await member.seen(Ended)).why == "access ended"


async def admitted(street: Street) -> tuple[Account, Account, Guest]:
    """Ada, and Eve with an account, who knocked and is in for the whole meeting."""
    ada, eve = await street.account("Ada"), await street.account("Eve")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    waiting = await street.knock("study", "Eve", eve)
    knock = await knock_of(host, "Eve")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit for meeting"))
    return ada, eve, await street.enter("study", "Eve", eve, place=place_of(waiting))


@pytest.mark.parametrize("act", ["block", "erase"])
@pytest.mark.parametrize("session", ["signed in", "signed out"])
async def test_who_is_blocked_goes_also_from_where_they_were_admitted(
    street: Street, act: str, session: str
) -> None:
    ada, eve, inside = await admitted(street)
    accounts = street.server.stores.accounts
    if session == "signed out":
        await accounts.sign_out(street.token(eve))
    await getattr(accounts, act)(eve, actor=ada.id)
    assert (await inside.seen(Ended)).why == "access ended"
    assert inside.welcome
    assert await street.refused("study", "Eve", way_back=inside.welcome.way_back) == (
        "WayBackInvalid"
    )


@pytest.mark.parametrize("act", ["block", "erase"])
async def test_who_is_blocked_has_no_way_back(street: Street, act: str) -> None:
    ada, eve, inside = await admitted(street)
    assert inside.welcome
    await inside.leave()
    await getattr(street.server.stores.accounts, act)(eve, actor=ada.id)
    assert await street.refused("study", "Eve", way_back=inside.welcome.way_back) == (
        "WayBackInvalid"
    )


async def test_who_came_back_signed_out_goes_when_they_are_blocked(street: Street) -> None:
    ada, eve, inside = await admitted(street)
    assert inside.welcome
    await inside.leave()
    again = await street.enter("study", "Eve", way_back=inside.welcome.way_back)
    await street.server.stores.accounts.block(eve, actor=ada.id)
    assert (await again.seen(Ended)).why == "access ended"


async def test_signing_out_everywhere_keeps_an_admission(street: Street) -> None:
    _, eve, inside = await admitted(street)
    await street.server.stores.accounts.end_all_sessions(eve)
    assert inside.welcome
    await inside.leave()
    await street.enter("study", "Eve", way_back=inside.welcome.way_back)


async def test_taken_back_they_are_what_they_were(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    new, key = street.server.stores.grants.by_link("join", "for friends")
    link = await street.server.stores.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    eve = await street.enter("study", "Eve", key=key.reveal())
    await hand_on(host, eve)
    await host.ask(MakeHost(participant=eve.id, host=False))
    assert (await eve.refused(LockRoom(locked=False))).refusal.code == "NotAHost"
    await street.server.stores.grants.revoke(room, link.id)
    assert (await eve.seen(Ended)).why == "access ended"


async def test_a_full_room_uses_nothing_up(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    await street.server.stores.rooms.change_settings(
        room, replace(room.settings, participant_limit=1)
    )
    new, key = street.server.stores.grants.by_link("join", "for one", uses=1)
    await street.server.stores.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    waiting = await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    place = place_of(waiting)
    assert await street.refused("study", "Bob", place=place) == "RoomFull"
    assert await street.refused("study", "Eve", key=key.reveal()) == "RoomFull"
    await street.server.stores.rooms.change_settings(
        room, replace(room.settings, participant_limit=9)
    )
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
    await street.server.stores.rooms.change_settings(
        room, replace(room.settings, participant_limit=1)
    )
    assert await street.refused("study", "Bob", way_back=back) == "RoomFull"
    clock.forward(seconds=121)
    await street.server.stores.rooms.change_settings(
        room, replace(room.settings, participant_limit=9)
    )
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
        broken.setattr(street.server.stores.accounts, "is_signed_in", fail)
        again = await street.connect("Ada", ada)
        await again.send(join_as("study", "Ada"))
        assert (await again.seen(Ended)).why == "refused"
    await before.until(lambda: before.people == ["Ada"], "somebody stays who was refused")
