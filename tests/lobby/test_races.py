"""Two things at one door at the same time: each knock ends once, and everybody sees the same."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from meetd.core.refusals import StorageFull
from meetd.protocol.door import (
    AnswerKnock,
    AnswerTaken,
    DoorSeen,
    Knock,
    KnocksChanged,
    KnockSeen,
    Look,
    StopKnocking,
)
from meetd.protocol.hosting import SendToLobby
from meetd.protocol.session import Ended
from tests.support.door import (
    Gate,
    Street,
    at_the_door,
    knock_of,
    place_of,
    state_of,
    street_at,
)
from tests.support.guest import Guest


def opens(guest: Guest) -> str:
    """What the door was last said to do."""
    return [event.opens for event in guest.events if isinstance(event, DoorSeen)][-1]


def states(data: Path) -> list[str]:
    """How knocks stand on disk."""
    with closing(sqlite3.connect(data / "meetd.db")) as connection:
        return [row[0] for row in connection.execute("SELECT state FROM knocks")]


async def test_a_knock_answered_while_its_words_change_is_over(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.stores.knocks, "change_words")
    await bob.send(Knock(name="Bob", message="It is urgent"))
    await gate.reached.wait()
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    gate.open()
    await bob.ask(Knock(name="Bob", message="Are you there?"))
    await host.seen(KnocksChanged, lambda event: [one.id for one in event.gone] == [knock.id])
    assert (await knock_of(host, "Bob")).id != knock.id
    first = next(event for event in bob.events if isinstance(event, KnockSeen))
    await street.enter("study", "Bob", place=first.place)


async def test_words_that_change_while_a_host_asks_to_wait_are_shown(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.stores.knocks, "ask_to_wait")
    asking = asyncio.create_task(host.ask(AnswerKnock(knock=knock.id, answer="ask to wait")))
    await gate.reached.wait()
    await bob.ask(Knock(name="Bob", message="It is urgent"))
    gate.open()
    await asking
    await host.until(lambda: at_the_door(host)["Bob"].asked_to_wait, "Bob was not asked to wait")
    assert at_the_door(host)["Bob"].message == "It is urgent"


async def test_a_door_opened_while_somebody_knocks_lets_them_in(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    bob, _ = await street.look("study", "Bob")
    gate = Gate(street.server.stores.knocks, "add")
    await bob.send(Knock(name="Bob"))
    await gate.reached.wait()
    await street.server.stores.rooms.set_locked(room, locked=False)
    await bob.until(lambda: opens(bob) == "join", "Bob does not see the open door")
    gate.open()
    await bob.seen(KnockSeen, lambda event: event.state == "admitted")


async def test_a_door_opened_while_somebody_is_sent_out_lets_them_back_in(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    await street.server.stores.rooms.set_locked(room, locked=False)
    bob = await street.enter("study", "Bob")
    await street.server.stores.rooms.set_locked(room, locked=True)
    gate = Gate(street.server.stores.knocks, "add")
    await host.send(SendToLobby(participant=bob.id))
    await gate.reached.wait()
    await street.server.stores.rooms.set_locked(room, locked=False)
    gate.open()
    assert (await bob.seen(Ended)).why == "sent to lobby"
    back, _ = await street.look("study", "Bob", place=place_of(bob))
    await back.seen(KnockSeen, lambda event: event.state == "admitted")
    assert at_the_door(host) == {}


async def test_two_hosts_who_send_somebody_out_make_one_knock(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    hosts = [await street.enter("study", "Ada", ada) for _ in range(2)]
    waiting = await street.knock("study", "Bob")
    knock = await knock_of(hosts[0], "Bob")
    await hosts[0].ask(AnswerKnock(knock=knock.id, answer="admit once"))
    bob = await street.enter("study", "Bob", place=place_of(waiting))
    out = SendToLobby(participant=bob.id)
    answers = await asyncio.gather(*(host.ask(out) for host in hosts))
    assert sorted(type(one).__name__ for one in answers) == ["Done", "Refused"]
    assert (await bob.seen(Ended)).why == "sent to lobby"
    assert len(list(street.server.house.lobbies.all[0])) == 1


async def test_who_is_sent_out_while_away_leaves_no_knock_behind(street: Street) -> None:
    """Their page could not be told of it: nobody would ever come for that place."""
    ada = await street.account("Ada")
    room = await street.room("study", ada, locked=False)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter("study", "Bob")
    await street.server.stores.rooms.set_locked(room, locked=True)
    await bob.lose_connection()
    await host.until(lambda: host.snapshot.participants[1].away, "Bob is not shown as away")
    await host.ask(SendToLobby(participant=bob.id))
    assert host.people == ["Ada"]
    assert await street.server.stores.knocks.waiting() == []


async def test_a_room_deleted_while_somebody_knocks_keeps_nobody_waiting(
    street: Street, tmp_path: Path
) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    early = await street.knock("study", "Eve")
    bob, _ = await street.look("study", "Bob")
    gate = Gate(street.server.stores.knocks, "add")
    await bob.send(Knock(name="Bob"))
    await gate.reached.wait()
    await street.server.stores.rooms.delete(room)
    await early.seen(KnockSeen, lambda event: event.state == "deleted")
    gate.open()
    await bob.seen(KnockSeen, lambda event: event.state == "deleted")
    for visitor in (early, bob):
        await visitor.until(lambda one=visitor: opens(one) == "join", "still shut")  # type: ignore[misc]
    assert "waiting" not in await asyncio.to_thread(states, tmp_path)
    late = await early.refused(Knock(name="Eve"))
    assert late.refusal.code == "RoomNotOwned"


async def test_the_tab_that_took_over_keeps_the_knock(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, first = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.stores.knocks, "change_words")
    await first.send(Knock(name="Bob", message="It is urgent"))
    await gate.reached.wait()
    second, _ = await street.look("study", "Bob", place=place_of(first))
    assert (await first.seen(Ended)).why == "came back elsewhere"
    gate.open()
    await first.until(lambda: first.closed, "the first tab stays")
    await first.close()
    await host.until(
        lambda: at_the_door(host)["Bob"].message == "It is urgent", "the words were lost"
    )
    assert at_the_door(host)["Bob"].away is False
    await host.ask(AnswerKnock(knock=knock.id, answer="turn away"))
    await second.seen(KnockSeen, lambda event: event.state == "turned away")


async def test_who_looks_while_the_lock_changes_sees_the_door_as_it_is(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    for number in range(15):
        locked = bool(number % 2)
        (bob, _), *_ = await asyncio.gather(
            street.look("study", "Bob"),
            street.server.stores.rooms.set_locked(room, locked=not locked),
            street.server.stores.rooms.set_locked(room, locked=locked),
        )
        expected = "knock" if locked else "join"
        await bob.until(lambda: opens(bob) == expected, f"round {number}: not {expected}")  # noqa: B023
        await bob.close()


async def test_the_answer_to_looking_comes_first(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    first = await street.knock("study", "Bob")
    await first.close()
    second, _ = await street.look("study", "Bob", place=place_of(first))
    await second.seen(KnockSeen)
    door, knock = second.events
    assert isinstance(door, DoorSeen)
    assert door.ref
    assert isinstance(knock, KnockSeen)


async def test_two_answers_to_a_reception_make_one_room(street: Street) -> None:
    ada = await street.account("Ada")
    first, second = await street.watch(ada), await street.watch(ada)
    bob, _ = await street.look(ada.user_name, "Bob", kind="reception")
    await bob.ask(Knock(name="Bob"))
    knock = await knock_of(second, "Bob")
    answer = AnswerKnock(knock=knock.id, answer="admit once")
    answers = await asyncio.gather(first.ask(answer), second.ask(answer))
    assert sorted(type(one).__name__ for one in answers) == ["AnswerTaken", "Refused"]
    assert len(await street.server.stores.rooms.owned_by(ada.id)) == 1


async def test_always_admitting_somebody_who_just_stopped_grants_nothing(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.stores.knocks, "place_hash_of")
    answer = AnswerKnock(knock=knock.id, answer="always admit")
    answering = asyncio.create_task(host.refused(answer))
    await gate.reached.wait()
    await bob.ask(StopKnocking())
    gate.open()
    assert (await answering).refusal.code == "KnockGone"
    assert await street.server.stores.grants.of(room) == []
    assert await street.refused("study", "Bob", key=place_of(bob)) == "InviteLinkInvalid"


async def test_a_place_that_could_not_be_given_up_stands(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")

    async def fail(*_: object) -> None:
        raise StorageFull

    with monkeypatch.context() as full_disk:
        full_disk.setattr(street.server.stores.knocks, "settle", fail)
        assert (await bob.refused(StopKnocking())).refusal.code == "StorageFull"
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="turn away"))
    await bob.seen(KnockSeen, lambda event: event.state == "turned away")


async def test_an_erased_account_knocks_nowhere(street: Street, tmp_path: Path) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    await street.room("study", ada)
    host = await street.watch(ada)
    waiting = await street.knock("study", "Bob", bob)
    await knock_of(host, "Bob")
    await street.server.stores.accounts.erase(bob, actor="test")
    await host.until(lambda: at_the_door(host) == {}, "Bob is still shown")
    assert state_of(waiting) == "lapsed"
    assert await asyncio.to_thread(states, tmp_path) == []
    await waiting.ask(Knock(name="Somebody"))
    assert (await knock_of(host, "Somebody")).signed_in is False


async def test_signed_out_at_the_door_is_nobody_there(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    own, seen = await street.look("study", "Ada", ada)
    assert (seen.opens, seen.name) == ("join", ada.name)
    await street.server.stores.accounts.sign_out(street.token(ada))
    await own.seen(DoorSeen, lambda event: (event.opens, event.name) == ("knock", ""))


async def test_what_a_stop_cut_short_is_finished_by_the_next_start(tmp_path: Path) -> None:
    async with street_at(tmp_path) as street:
        ada = await street.account("Ada")
        rooms = [await street.room(name, ada) for name in ("study", "library", "attic")]
        places = [place_of(await street.knock(room.name, "Bob")) for room in rooms]
        for room in rooms:
            await street.knock(room.name, "Carol")
    with closing(sqlite3.connect(tmp_path / "meetd.db")) as connection:
        connection.execute("UPDATE rooms SET locked = 0 WHERE name = 'study'")
        connection.execute("DELETE FROM rooms WHERE name = 'library'")
        connection.commit()
    async with street_at(tmp_path) as street:
        study, _ = await street.look("study", "Bob", place=places[0])
        await study.seen(KnockSeen, lambda event: event.state == "admitted")
        attic, _ = await street.look("attic", "Bob", place=places[2])
        await attic.seen(KnockSeen, lambda event: event.state == "waiting")
        assert street.server.house.lobbies.find("") is None
        waiting = [knock.door.name for lobby in street.server.house.lobbies.all for knock in lobby]
        assert waiting == ["attic", "attic"]


@pytest.mark.parametrize("by_account", [False, True])
async def test_two_who_always_admit_at_once_grant_it_once_and_it_stays(
    street: Street, *, by_account: bool
) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    first, second = await street.watch(ada), await street.watch(ada)
    visitor = await street.knock("study", "Bob", bob if by_account else None)
    knock = await knock_of(second, "Bob")
    gate = Gate(street.server.stores.grants, "adding")
    answer = AnswerKnock(knock=knock.id, answer="always admit")
    late = asyncio.create_task(second.refused(answer))
    await gate.reached.wait()
    street.server.stores.grants.adding = gate._work  # type: ignore[method-assign]
    await first.ask(answer)
    gate.open()
    assert (await late).refusal.facts == {"by": ada.name}
    assert [grant.level for grant in await street.server.stores.grants.of(room)] == ["join"]
    lines = await street.server.stores.database.read(
        "SELECT 1 FROM audit_log WHERE act = 'access-granted'"
    )
    assert len(lines) == 1
    if by_account:
        await street.enter("study", "Bob", bob)
    else:
        await street.enter("study", "Bob", key=place_of(visitor))


async def test_always_admitting_somebody_who_was_just_made_a_host_takes_nothing_away(
    street: Street,
) -> None:
    ada, bob, kay = [await street.account(name) for name in ("Ada", "Bob", "Kay")]
    room = await street.room("study", ada)
    await street.host(room, bob)
    host = await street.watch(bob)
    await street.knock("study", "Kay", kay)
    knock = await knock_of(host, "Kay")
    gate = Gate(street.server.stores.grants, "adding")
    act = AnswerKnock(knock=knock.id, answer="always admit")
    answering = asyncio.create_task(host.ask(act))
    await gate.reached.wait()
    grant = await street.host(room, kay)
    gate.open()
    assert isinstance(await answering, AnswerTaken)
    stands = await street.server.stores.grants.find(grant.id)
    assert stands is not None
    assert (stands.level, stands.answer) == ("host", "accepted")


async def test_what_cannot_be_granted_leaves_the_knock_waiting(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetd.rooms.grant_store.MAX_GRANTS", 0)
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    refused = await host.refused(AnswerKnock(knock=knock.id, answer="always admit"))
    assert refused.refusal.code == "TooManyGrants"
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    await bob.seen(KnockSeen, lambda event: event.state == "admitted")


async def test_what_changes_while_somebody_looks_is_told_after_the_answer(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    first = await street.knock("study", "Bob")
    gate = Gate(street.server.gathering.doorstep._looking, "see")
    second = await street.connect("Bob")
    looking = asyncio.create_task(second.ask(Look(name="study", place=place_of(first))))
    await gate.reached.wait()
    for lobby in street.server.house.lobbies.all:
        lobby.refresh()
    gate.open()
    await looking
    assert [event.ref > 0 for event in second.events if isinstance(event, DoorSeen)] == [True]
