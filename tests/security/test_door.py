"""What others were bitten by at the lobby, one test per lesson; the first words name who it was.
Then everything that is put into a door to break it."""

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from meetd.protocol import hosting
from meetd.protocol.base import Command, Event
from meetd.protocol.codec import encode
from meetd.protocol.door import (
    AdmitAll,
    AnswerKnock,
    DoorSeen,
    Knock,
    KnocksChanged,
    KnockSeen,
    Look,
    StopKnocking,
    Watch,
)
from meetd.protocol.people import ParticipantLeft
from meetd.protocol.session import Ended, Leave, Ping, Refused, Welcome
from tests.support.clock import MovedClock
from tests.support.door import (
    Street,
    at_the_door,
    join_as,
    knock_of,
    place_of,
    state_of,
    street_at,
)
from tests.support.guest import Guest


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def street(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Street]:
    async with street_at(tmp_path, clock) as street:
        yield street


async def admit(host: Guest, visitor: Guest) -> str:
    """Returns the place."""
    knock = await knock_of(host, visitor.name)
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    await visitor.until(lambda: state_of(visitor) == "admitted", "nobody was told")
    return place_of(visitor)


async def is_not_in(street: Street, name: str) -> None:
    """Wait until nobody of that name is in any room."""
    watcher = street.server.gathering.meetings
    async with asyncio.timeout(10):
        while any(one.name == name for meeting in watcher.live for one in meeting):
            await asyncio.sleep(0.005)


async def test_jitsi_cve_2024_33530_admitting_gives_nothing_that_admits_somebody_else(
    street: Street,
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    eve = await street.knock("study", "Eve")
    place = await admit(host, bob)
    told = [encode(event) for guest in (host, eve) for event in guest.events]
    assert not any(place.encode() in message for message in told)
    assert await street.refused("study", "Eve", place=place_of(eve)) == "KnockFirst"
    # The id of the knock is known to hosts: it is no proof of anything.
    knock_id = (await host.seen(KnocksChanged)).changed[0].id.ljust(43, "A")
    assert await street.refused("study", "Eve", place=knock_id) == "KnockFirst"
    inside = await street.enter("study", "Bob", place=place)
    await inside.ask(Ping())
    assert await street.refused("study", "Eve", place=place) == "KnockFirst"


async def test_jitsi_cve_2021_33506_and_7676_who_comes_early_knocks_too(street: Street) -> None:
    ada, dan = await street.account("Ada"), await street.account("Dan")
    room = await street.room("study", ada)
    for account in (None, dan):
        assert await street.refused("study", "Eve", account) == "KnockFirst"
    assert street.server.gathering.meetings.live == []
    await street.server.stores.rooms.set_locked(room, locked=False)
    early = await street.enter("study", "Eve", dan)
    assert [one.role for one in early.snapshot.participants] == ["guest"]
    await early.until(lambda: early.people == ["Eve"], "Eve is not in")
    assert (await early.refused(hosting.LockRoom(locked=True))).refusal.code == "NotAHost"


FORGED: tuple[tuple[Command, str], ...] = (
    (Knock(name="Eve"), "account"),
    (Knock(name="Eve"), "signedIn"),
    (Knock(name="Eve"), "invited"),
    (Knock(name="Eve"), "knockedAt"),
    (Look(name="study"), "account"),
    (Watch(), "account"),
    (AnswerKnock(knock="k", answer="turn away"), "by"),
    (join_as("study", "Eve"), "role"),
    (hosting.Mute(participant=None), "by"),
)


@pytest.mark.parametrize(("command", "field"), FORGED)
async def test_jitsi_jsa_2022_0004_mirotalk_cve_2024_44730_nobody_says_who_they_are(
    street: Street, command: Command, field: str
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    eve = await street.connect("Eve")
    forged = msgspec.to_builtins(command) | {field: ada.id, "ref": 7}
    await eve.socket.send_str(msgspec.json.encode(forged).decode())
    assert (await eve.seen(Refused)).refusal.code == "MessageMalformed"
    await eve.seen(Ended)


def acts(participant: str) -> tuple[Command, ...]:
    return (
        hosting.LockRoom(locked=False),
        hosting.ChangePresenterMode(on=True),
        hosting.Mute(participant=participant),
        hosting.Mute(participant=None),
        hosting.AskToUnmute(participant=participant),
        hosting.Remove(participant=participant),
        hosting.SendToLobby(participant=participant),
        hosting.MakeHost(participant=participant, host=True),
        hosting.EndMeeting(stay=False),
    )


async def test_bbb_cve_2022_29234_the_role_is_looked_up_for_every_message(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    place = await admit(host, await street.knock("study", "Eve"))
    eve = await street.enter("study", "Eve", place=place)
    waiting = await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(hosting.MakeHost(participant=eve.id, host=True))
    await knock_of(eve, "Bob")
    # Whatever Eve sends from here on is read after she has lost the role.
    await host.ask(hosting.MakeHost(participant=eve.id, host=False))
    refusals = [await eve.refused(command) for command in acts(host.id)]
    refusals += [
        await eve.refused(AnswerKnock(knock=knock.id, answer="admit once")),
        await eve.refused(AdmitAll(door="study")),
    ]
    assert {refused.refusal.code for refused in refusals} == {"NotAHost"}
    assert (host.people, state_of(waiting)) == (["Ada", "Eve"], "waiting")
    before = len(eve.events)
    await street.knock("study", "Carol")
    await knock_of(host, "Carol")
    await eve.ask(Ping())
    assert not [one for one in eve.events[before:] if isinstance(one, KnocksChanged)]


async def test_bbb_ghsa_wxjp_a_revoked_host_watches_and_answers_no_more(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    grant = await street.host(room, carol)
    watching = await street.watch(carol)
    waiting = await street.knock("study", "Bob")
    knock = await knock_of(watching, "Bob")
    await grants.revoke(room, grant.id)
    await watching.until(lambda: at_the_door(watching) == {}, "Bob is still shown")
    for command in (AnswerKnock(knock=knock.id, answer="admit once"), AdmitAll(door="study")):
        assert (await watching.refused(command)).refusal.code == "NotAHost"
    assert state_of(waiting) == "waiting"


async def test_nextcloud_cve_2026_45266_revoking_while_somebody_enters_keeps_them_out(
    street: Street,
) -> None:
    """In many interleavings: whichever comes first, nobody is in afterwards."""
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    for number in range(25):
        name = f"Eve {number}"
        new, key = grants.by_link("host" if number % 2 else "join", "a link")
        link = await grants.add(room, new)
        eve = await street.connect(name)
        await eve.send(join_as("study", name, key=key.reveal()))
        for _ in range(number * 2):
            await asyncio.sleep(0)
        await grants.revoke(room, link.id)
        await is_not_in(street, name)
        await eve.seen(Ended)
        await is_not_in(street, name)


async def test_locking_while_somebody_enters_lets_in_whoever_was_first_and_nobody_after(
    street: Street,
) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    rooms = street.server.stores.rooms
    for number in range(25):
        await rooms.set_locked(room, locked=False)
        eve = await street.connect("Eve")
        await eve.send(join_as("study", "Eve"))
        for _ in range(number * 2):
            await asyncio.sleep(0)
        await rooms.set_locked(room, locked=True)
        assert await street.refused("study", "Bob") == "KnockFirst"
        await eve.until(
            lambda one=eve: bool(one.welcome) or any(isinstance(e, Refused) for e in one.events),  # type: ignore[misc]
            "no answer",
        )
        await eve.close()


async def test_nextcloud_cve_2021_32676_proofs_change_with_what_they_prove(street: Street) -> None:
    """Whoever saw an older one, or gave one to somebody, has nothing."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    chosen = "A" * 43
    eve, _ = await street.look("study", "Eve", place=chosen)
    await eve.ask(Knock(name="Eve"))
    assert place_of(eve) != chosen
    place = await admit(host, eve)
    first = await street.enter("study", "Eve", place=place)
    assert first.welcome
    second = await street.enter("study", "Eve", way_back=first.welcome.way_back)
    await second.ask(Ping())
    assert second.welcome
    assert second.welcome.way_back != first.welcome.way_back
    old = first.welcome.way_back
    assert await street.refused("study", "Mallory", way_back=old) == "WayBackInvalid"
    stolen, seen = await street.look("study", "Mallory", way_back=old)
    assert seen.opens == "knock"
    await stolen.close()


async def test_nextcloud_cve_2021_45286_a_guessed_reception_says_nothing(
    street: Street,
) -> None:
    """Byte by byte the same, apart from random ids and times, for a name that is somebody's who is
    not there and one that is nobody's. How long it takes is printed (``pytest -rP``)."""
    ada = await street.account("Ada")

    async def visit(name: str) -> tuple[list[bytes], float]:
        start = time.perf_counter()
        eve, _ = await street.look(name, "Eve", kind="reception")
        for command in (
            Knock(name="Eve", message="Hello"),
            Knock(name="Eve", message="Hello again"),
            AnswerKnock(knock="x", answer="turn away"),
            StopKnocking(),
            Knock(name="Eve"),
            Ping(),
        ):
            await eve.ask(command)
            if isinstance(command, Knock):
                # What hosts are told of a knock, wherever they are, is said a moment later.
                await eve.until(lambda: last_seen(eve).told, "nobody says who was told")
        taken = time.perf_counter() - start
        back, _ = await street.look(name, "Eve", kind="reception", place=place_of(eve))
        await back.ask(Ping())
        await back.ask(StopKnocking())
        events = [told(event) for event in (*eve.events, *back.events)]
        await eve.close()
        await back.close()
        return events, taken

    known, unknown = [], []
    for number in range(12):
        (there, quick), (nowhere, slow) = await visit(ada.user_name), await visit(f"nobody{number}")
        assert there == nowhere
        known.append(quick)
        unknown.append(slow)
    difference = statistics.median(known) - statistics.median(unknown)
    print(f"{difference * 1000:.2f} ms longer for a name that is somebody's (median)")  # noqa: T201 - it is a report
    assert await street.server.stores.rooms.owned_by(ada.id) == []


def last_seen(guest: Guest) -> KnockSeen:
    return [event for event in guest.events if isinstance(event, KnockSeen)][-1]


def told(event: Event) -> bytes:
    """Without what is different every time."""
    if isinstance(event, KnockSeen):
        event = msgspec.structs.replace(event, place="A" * 43, knocked_at=0, now=0)
    return encode(event)


async def test_nextcloud_cve_2021_45286_a_guessed_room_says_only_that_one_knocks(
    street: Street,
) -> None:
    ada = await street.account("Ada")
    for name in ("study", "library"):
        await street.room(name, ada)
    inside = await street.enter("study", "Ada", ada)
    await inside.close()
    eve, study = await street.look("study", "Eve")
    _, library = await street.look("library", "Eve")
    assert encode(study) == encode(library)
    refused = await eve.refused(Look(name="study"))
    assert refused.refusal.code == "NotJoined"
    for name in ("study", "library"):
        guest = await street.connect("Eve")
        answer = await guest.refused(join_as(name, "Eve"))
        assert (answer.refusal.code, answer.refusal.facts) == ("KnockFirst", {})


HOSTILE = "<script>alert(1)</script>\u202e\u2066gpj.\x00\x1b[31m\r\nA" + "e\u0301\u0301\u0301" * 3


async def test_bbb_ghsa_v6wg_names_are_cleaned_before_anybody_is_admitted(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    eve, _ = await street.look("study", "Eve")
    await eve.ask(Knock(name=HOSTILE, message=HOSTILE))
    await host.until(lambda: bool(at_the_door(host)), "nobody is shown")
    (knocker,) = at_the_door(host).values()
    for text in (knocker.name, knocker.message):
        assert not set(text) & set("\u202e\u2066\x00\x1b\r\n")
        assert text.startswith("<script>"), "it is text, and stays text"
    for name, code in (
        ("x" * 65, "NameTooLong"),
        ("\u200b\u202e \t", "NameEmpty"),
        ("", "NameEmpty"),
    ):
        assert (await eve.refused(Knock(name=name))).refusal.code == code
    assert (await eve.refused(Knock(name="Eve", message="x" * 301))).refusal.code == "TextTooLong"
    assert at_the_door(host)[knocker.name] == knocker


async def test_nextcloud_pf36_knocks_are_limited_in_the_default_install(tmp_path: Path) -> None:
    async with street_at(tmp_path, knocks_per_minute=12) as street:
        ada = await street.account("Ada")
        await street.room("study", ada)
        for number in range(12):
            await (await street.knock("study", f"Eve {number}")).close()
        eve, _ = await street.look("study", "Eve")
        refused = await eve.refused(Knock(name="Eve"))
        assert refused.refusal.code == "TooFast"
        assert refused.refusal.facts["seconds"] > 1


async def test_links_that_are_over_open_nothing(street: Street, clock: MovedClock) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    hour = clock.now() + 3_600_000
    (old, expired), (once, used) = (
        grants.by_link("join", "for an hour", expires_at=hour),
        grants.by_link("join", "for one", uses=1),
    )
    gone, revoked = grants.by_link("host", "for nobody")
    for new in (old, once):
        await grants.add(room, new)
    await grants.revoke(room, (await grants.add(room, gone)).id)
    await street.enter("study", "Bob", key=used.reveal())
    await street.enter("study", "Bob", key=expired.reveal())
    clock.forward(hours=1.1)
    guessed = "A" * 43
    for key in (expired.reveal(), used.reveal(), revoked.reveal(), guessed):
        assert await street.refused("study", "Eve", key=key) == "InviteLinkInvalid"
        _, seen = await street.look("study", "Eve", key=key)
        assert (seen.opens, seen.link_invalid) == ("knock", True)
    await street.room("library", ada)
    other, elsewhere = grants.by_link("join", "of another room")
    await grants.add(room, other)
    assert await street.refused("library", "Eve", key=elsewhere.reveal()) == "InviteLinkInvalid"


async def test_two_people_with_a_link_for_one(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    for _ in range(10):
        new, key = street.server.stores.grants.by_link("join", "for one", uses=1)
        await street.server.stores.grants.add(room, new)
        guests = [await street.connect(name) for name in ("Bob", "Eve", "Mallory")]
        join = join_as("study", "Somebody", key=key.reveal())
        answers = await asyncio.gather(*(guest.ask(join) for guest in guests))
        assert sum(isinstance(answer, Welcome) for answer in answers) == 1


async def test_two_people_with_one_admission(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    for number in range(10):
        place = await admit(host, await street.knock("study", f"Bob {number}"))
        guests = [await street.connect(name) for name in ("Bob", "Eve", "Mallory")]
        join = join_as("study", "Somebody", place=place)
        answers = await asyncio.gather(*(guest.ask(join) for guest in guests))
        # Until the page of one of them says something, they are the same participant, in one seat.
        assert len({one.you for one in answers if isinstance(one, Welcome)}) == 1
        (meeting,) = street.server.gathering.meetings.live
        assert len(list(meeting)) == 1
        (inside,) = [one for one in guests if meeting.outbox_of(one.id) and not one.closed]
        await inside.ask(Ping())
        assert await street.refused("study", "Mallory", place=place) == "KnockFirst"
        await inside.leave()


async def test_a_knocker_who_changes_twenty_times_a_second_is_slowed_down(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, eve = await street.watch(ada), await street.knock("study", "Eve")
    await knock_of(host, "Eve")
    before = len(host.events)
    for number in range(40):
        await eve.send(Knock(name="Eve", message=f"message {number}"))
    await eve.seen(Refused)
    bob = await street.knock("study", "Bob")
    await knock_of(host, "Bob")
    taken = [event for event in eve.events if isinstance(event, KnockSeen) and event.ref]
    assert len(taken) <= 12, "more changes than may be at once"
    assert len(host.events) - before <= 8, "more than four times a second"
    await bob.ask(Ping())
    await eve.lose_connection()


async def test_an_account_erased_while_watching_watches_no_more(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    await street.host(room, carol)
    watching = await street.watch(carol)
    await street.server.stores.accounts.erase(carol, actor="test")
    assert (await watching.seen(Ended)).why == "access ended"
    waiting = await street.knock("study", "Bob")
    assert state_of(waiting) == "waiting"
    assert at_the_door(watching) == {}


ORDERS = list(
    itertools.permutations(
        (
            Look(name="study"),
            Knock(name="Eve"),
            join_as("study", "Eve"),
            Watch(),
            AdmitAll(door="study"),
            hosting.EndMeeting(stay=True),
            StopKnocking(),
            Leave(),
        ),
        3,
    )
)


async def test_no_order_of_messages_leads_past_the_lobby(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    inside = await street.enter("study", "Ada", ada)
    for number, order in enumerate(ORDERS):
        eve = await street.connect("Eve", address=f"198.51.100.{number % 250}")
        for command in order:
            if eve.closed:
                break
            try:
                await eve.send(command)
            except ConnectionError:
                break
        await eve.close()
        assert not [one for one in eve.events if isinstance(one, Welcome)], order
    assert inside.people == ["Ada"]


async def test_the_door_of_a_person_who_left_is_nobodys(street: Street) -> None:
    """Removed: what they still send on the old connection, and their way back, do nothing."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    place = await admit(host, await street.knock("study", "Eve"))
    eve = await street.enter("study", "Eve", place=place)
    assert eve.welcome
    await host.ask(hosting.Remove(participant=eve.id))
    assert (await host.seen(ParticipantLeft)).why == "removed"
    assert (await eve.seen(Ended)).why == "removed"
    back = eve.welcome.way_back
    assert await street.refused("study", "Eve", way_back=back) == "WayBackInvalid"
    _, seen = await street.look("study", "Eve", way_back=back, place=place)
    assert isinstance(seen, DoorSeen)
    assert seen.opens == "knock"
    assert host.people == ["Ada"]
