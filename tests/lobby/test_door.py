"""The door, over the wire: who gets in, who waits, who answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.protocol.door import AdmitAll, AnswerKnock, AnswerTaken, DoorSeen, Knock, KnockSeen
from meetd.protocol.hosting import (
    EndMeeting,
    LockRoom,
    MakeHost,
    MicrophoneAsked,
    Mute,
    Remove,
    RoomChanged,
    SendToLobby,
)
from meetd.protocol.people import ParticipantChanged, ParticipantLeft
from meetd.protocol.session import Done, Ended, Ping, Refused
from tests.support.door import Street, at_the_door, knock_of, place_of, state_of
from tests.support.guest import guests_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"}, limits={"knocks_per_minute": 100_000})


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with running_server(tmp_path, SETTINGS) as (server, url), guests_at(url) as guests:
        yield Street(server, guests)


async def test_a_locked_room_opens_for_its_owner_and_for_whoever_is_admitted(
    street: Street,
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    assert await street.refused("study", "Bob") == "KnockFirst"
    bob, seen = await street.look("study", "Bob")
    assert (seen.opens, seen.host_present) == ("knock", False)
    await bob.ask(Knock(name="Bob", message="It is me"))
    host = await street.watch(ada)
    await bob.seen(KnockSeen, lambda event: event.host_present)
    knock = await knock_of(host, "Bob")
    assert (knock.message, knock.door, knock.signed_in) == ("It is me", "study", False)
    taken = await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    assert isinstance(taken, AnswerTaken)
    await bob.until(lambda: state_of(bob) == "admitted", "Bob was not told")
    inside = await street.enter("study", "Bob", place=place_of(bob))
    assert inside.people == ["Bob"]
    await host.until(lambda: not at_the_door(host), "the knock is still shown")
    owner = await street.enter("study", "Ada", ada)
    assert [one.role for one in owner.snapshot.participants] == ["guest", "host"]


async def test_an_admission_is_good_once_and_for_nobody_else(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    await street.room("library", ada)
    bob = await street.knock("study", "Bob")
    eve = await street.knock("study", "Eve")
    host = await street.watch(ada)
    knock = await knock_of(host, "Bob")
    assert await street.refused("study", "Bob", place=place_of(bob)) == "KnockFirst"
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    assert await street.refused("study", "Eve", place=place_of(eve)) == "KnockFirst"
    assert await street.refused("library", "Bob", place=place_of(bob)) == "KnockFirst"
    inside = await street.enter("study", "Bob", place=place_of(bob))
    await inside.ask(Ping())
    assert await street.refused("study", "Bob again", place=place_of(bob)) == "KnockFirst"


async def test_the_first_answer_counts_and_the_other_host_sees_it(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    await street.host(room, carol)
    await street.knock("study", "Bob")
    first, second = await street.watch(ada), await street.watch(carol)
    knock = await knock_of(second, "Bob")
    await first.ask(AnswerKnock(knock=knock.id, answer="turn away"))
    late = await second.refused(AnswerKnock(knock=knock.id, answer="admit once"))
    assert (late.refusal.code, late.refusal.facts) == ("KnockAnswered", {"by": ada.name})


async def test_coming_back_needs_no_knock_but_works_once_and_not_after_removal(
    street: Street,
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    bob = await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    first = await street.enter("study", "Bob", place=place_of(bob))
    assert first.welcome
    await first.leave()
    _, seen = await street.look("study", "Bob", way_back=first.welcome.way_back)
    assert seen.opens == "join"
    second = await street.enter("study", "Bob", way_back=first.welcome.way_back)
    assert second.id == first.id
    await second.say("I am back")
    assert await street.refused("study", "Bob", way_back=first.welcome.way_back) == "WayBackInvalid"
    await host.ask(Remove(participant=second.id))
    assert (await second.seen(Ended)).why == "removed"
    assert second.welcome
    assert (
        await street.refused("study", "Bob", way_back=second.welcome.way_back) == "WayBackInvalid"
    )
    _, seen = await street.look("study", "Bob", way_back=second.welcome.way_back)
    assert seen.opens == "knock"


async def test_unlocking_lets_in_whoever_waits(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    bob = await street.knock("study", "Bob")
    await host.ask(LockRoom(locked=False))
    assert (await host.seen(RoomChanged)).room.locked is False
    await bob.until(lambda: state_of(bob) == "admitted", "Bob still waits")
    await street.enter("study", "Bob")
    await host.ask(LockRoom(locked=True))
    assert await street.refused("study", "Eve") == "KnockFirst"


async def test_revoking_ends_the_live_session_that_rested_on_it(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    new, key = grants.by_link("host", "for helpers")
    link = await grants.add(room, new)
    personal = await grants.add(room, grants.by_account("join", bob))
    guest = await street.enter("study", "Eve", key=key.reveal())
    member = await street.enter("study", "Bob", bob)
    await grants.revoke(room, link.id)
    assert (await guest.seen(Ended)).why == "access ended"
    assert (await member.seen(ParticipantLeft)).why == "access ended"
    await grants.revoke(room, personal.id)
    assert (await member.seen(Ended)).why == "access ended"
    assert await street.refused("study", "Eve", key=key.reveal()) == "InviteLinkInvalid"


async def test_signing_out_ends_the_seat_that_rested_on_it(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    inside = await street.enter("study", "Ada", ada)
    watching = await street.watch(ada)
    await street.server.stores.accounts.sign_out(street.token(ada))
    assert (await inside.seen(Ended)).why == "access ended"
    assert (await watching.seen(Ended)).why == "access ended"


async def test_hosts_tools(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    await host.ask(LockRoom(locked=False))
    bob = await street.enter("study", "Bob")
    carol = await street.enter("study", "Carol")
    refused = await bob.refused(Mute(participant=carol.id))
    assert refused.refusal.code == "NotAHost"
    await host.ask(Mute(participant=bob.id))
    assert (await bob.seen(MicrophoneAsked)).by == "Ada"
    await host.ask(MakeHost(participant=bob.id, host=True))
    await bob.seen(ParticipantChanged, lambda event: event.participant.role == "host")
    assert isinstance(await bob.ask(LockRoom(locked=True)), Done)
    await bob.ask(SendToLobby(participant=carol.id))
    seen = await carol.seen(KnockSeen)
    assert (await carol.seen(Ended)).why == "sent to lobby"
    again, _ = await street.look("study", "Carol", place=seen.place)
    await again.seen(KnockSeen, lambda event: event.state == "waiting")
    await knock_of(host, "Carol")
    await host.ask(MakeHost(participant=bob.id, host=False))
    await bob.refused(EndMeeting(stay=True))
    await host.ask(EndMeeting(stay=True))
    assert (await bob.seen(Ended)).why == "ended"
    assert host.people == ["Ada"]


async def test_a_reception_leads_to_a_new_room(street: Street) -> None:
    ada = await street.account("Ada")
    host = await street.watch(ada)
    bob, seen = await street.look(ada.user_name, "Bob", kind="reception")
    assert seen.opens == "knock"
    await bob.ask(Knock(name="Bob"))
    knock = await knock_of(host, "Bob")
    assert knock.kind == "reception"
    taken = await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    assert isinstance(taken, AnswerTaken)
    await bob.until(lambda: state_of(bob) == "admitted", "Bob was not told")
    inside = await street.enter(taken.room, "Bob", place=place_of(bob))
    assert inside.people == ["Bob"]


async def test_admit_all(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    guests = [await street.knock("study", f"Guest {number}") for number in range(5)]
    host = await street.watch(ada)
    await host.ask(AdmitAll(door="study"))
    for guest in guests:
        await guest.until(lambda one=guest: state_of(one) == "admitted", "one still waits")  # type: ignore[misc]
    await host.until(lambda: not at_the_door(host), "somebody is still shown")


async def test_a_place_outlives_the_page(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    bob = await street.knock("study", "Bob")
    await knock_of(host, "Bob")
    await bob.close()
    await host.until(lambda: at_the_door(host)["Bob"].away, "Bob is not shown as away")
    await host.ask(AnswerKnock(knock=at_the_door(host)["Bob"].id, answer="always admit"))
    back, _ = await street.look("study", "Bob", place=place_of(bob))
    admitted = await back.seen(KnockSeen)
    assert (admitted.state, admitted.room) == ("admitted", "study")
    assert admitted.key
    await street.enter("study", "Bob", place=place_of(bob))
    later = await street.enter("study", "Bob", key=admitted.key)
    assert later.people == ["Bob", "Bob"]


async def test_the_door_is_seen_live(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    bob, _ = await street.look("study", "Bob")
    await street.server.stores.rooms.set_locked(room, locked=False)
    await bob.seen(DoorSeen, lambda event: event.opens == "join")
    host = await street.watch(ada)
    await bob.seen(DoorSeen, lambda event: event.host_present)
    await host.close()
    await bob.until(
        lambda: not [e for e in bob.events if isinstance(e, DoorSeen)][-1].host_present,
        "the host is still there",
    )


async def test_who_is_not_a_host_answers_nothing(street: Street) -> None:
    ada, eve = await street.account("Ada"), await street.account("Eve")
    await street.room("study", ada)
    bob = await street.knock("study", "Bob")
    host, nobody = await street.watch(ada), await street.watch(eve)
    knock = await knock_of(host, "Bob")
    refused = await nobody.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    assert isinstance(refused, Refused)
    assert refused.refusal.code == "NotAHost"
    assert state_of(bob) == "waiting"
    assert at_the_door(nobody) == {}


async def test_who_was_muted_while_away_hears_it_on_coming_back(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada, locked=False)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter("study", "Bob")
    assert bob.welcome
    await bob.lose_connection()
    await host.seen(ParticipantChanged, lambda event: event.participant.away)
    await host.ask(Mute(participant=bob.id))
    back = await street.enter("study", "Bob", way_back=bob.welcome.way_back)
    assert (await back.seen(MicrophoneAsked)).on is False
    assert [one.microphone for one in back.snapshot.participants if one.id == back.id] == [False]
