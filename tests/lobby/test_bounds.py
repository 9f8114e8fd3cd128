"""What one door, one network and everybody together may take up, and for how long it is kept."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from meetd.core.ids import new_id
from meetd.core.networks import site_of
from meetd.core.refusals import LobbyFull, TooFast
from meetd.lobby import lobbies as lobbies_module
from meetd.lobby.doors import door_of
from meetd.lobby.knock import Door, Knock, Words
from meetd.lobby.lobby import MOST_PER_NETWORK, NETWORKS_PER_SITE, Lobby
from meetd.lobby.stills import MOST, MOST_AT_A_DOOR, Stills
from meetd.protocol import door as protocol
from meetd.protocol.door import AnswerKnock, KnockSeen
from meetd.protocol.hosting import SendToLobby
from meetd.protocol.session import Ended
from tests.support.clock import MovedClock
from tests.support.door import Gate, Street, at_the_door, knock_of, street_at

STUDY = Door("study", "room", "study")


def knock_at(door: Door, network: str = "") -> Knock:
    return Knock(new_id(), door, Words(door.name, "Eve", "", ""), None, 0, network=network)


def kept(data: Path) -> int:
    """Knocks on disk."""
    with closing(sqlite3.connect(data / "meetd.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM knocks").fetchone()
        return int(count)


async def turned_away(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="turn away"))
    await bob.seen(KnockSeen, lambda event: event.state == "turned away")
    await bob.close()


async def test_an_answered_knock_goes_after_a_day_though_nobody_knocks(
    street: Street, clock: MovedClock, tmp_path: Path
) -> None:
    await turned_away(street)
    clock.forward(hours=23)
    await street.server.house.routine.purge.run()
    assert kept(tmp_path) == 1
    clock.forward(hours=1.1)
    await street.server.house.routine.purge.run()
    assert kept(tmp_path) == 0


async def test_an_answered_knock_goes_also_while_the_server_is_off(
    clock: MovedClock, tmp_path: Path
) -> None:
    async with street_at(tmp_path, clock) as street:
        await turned_away(street)
    clock.forward(hours=24.1)
    async with street_at(tmp_path, clock) as street:
        await street.server.house.routine.purge.run()
        assert kept(tmp_path) == 0


def test_a_site_is_more_than_a_network() -> None:
    assert site_of("2001:db8:1:2::/64") == site_of("2001:db8:1:ff::/64") == "2001:db8:1::/48"
    assert site_of("2001:db8:2:2::/64") == "2001:db8:2::/48"
    assert site_of("192.0.2.1") == "192.0.2.1"
    assert site_of("") == ""


def test_one_site_does_not_fill_a_door_with_its_many_networks() -> None:
    lobby = Lobby(STUDY)
    for number in range(MOST_PER_NETWORK * NETWORKS_PER_SITE):
        network = f"2001:db8:1:{number:x}::/64"
        lobby.check_room_for(network)
        lobby.put(knock_at(STUDY, network))
    with pytest.raises(TooFast):
        lobby.check_room_for("2001:db8:1:ffff::/64")
    lobby.check_room_for("2001:db8:2::/64")
    lobby.check_room_for("192.0.2.1")


async def refusals(street: Street, addresses: list[str]) -> list[str]:
    """What becomes of one knock from each of them."""
    answers = []
    for address in addresses:
        guest = await street.connect("Eve", address=address)
        await guest.ask(protocol.Look(name="study"))
        answer = await guest.ask(protocol.Knock(name="Eve"))
        answers.append(type(answer).__name__)
        await guest.close()
    return answers


async def test_knocks_of_one_site_are_limited(tmp_path: Path) -> None:
    async with street_at(tmp_path, knocks_per_minute=1) as street:
        await street.room("study", await street.account("Ada"))
        site = [f"2001:db8:1:{number}::1" for number in range(NETWORKS_PER_SITE + 1)]
        answers = await refusals(street, [*site, "2001:db8:2::1"])
    assert answers == ["KnockSeen"] * NETWORKS_PER_SITE + ["Refused", "KnockSeen"]


async def test_knocks_of_everybody_are_limited(tmp_path: Path) -> None:
    async with street_at(tmp_path, knocks_per_minute_overall=3) as street:
        await street.room("study", await street.account("Ada"))
        answers = await refusals(street, [f"192.0.2.{number}" for number in range(4)])
    assert answers == ["KnockSeen"] * 3 + ["Refused"]


async def test_receptions_that_are_nobodys_are_bounded_and_look_like_others(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobbies_module, "MOST_FOR_NOBODY", 5)
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    lobbies = street.server.house.lobbies
    known = await street.server.house.doors.reception(ada.user_name)
    knocks = [knock_at(await street.server.house.doors.reception(f"no-{n}")) for n in range(5)]
    for knock in knocks:
        lobbies.check_room_for(knock.door, "192.0.2.9")
        lobbies.put(knock)
        lobbies.put(replace(knock, away=True))
    for door in (known, knocks[0].door):
        with pytest.raises(TooFast):
            lobbies.check_room_for(door, "192.0.2.9")
    lobbies.check_room_for(door_of(room), "192.0.2.9")
    lobbies.let_lapse(knocks[0])
    lobbies.check_room_for(known, "192.0.2.9")


def test_pictures_of_a_crowd_at_one_door_take_nothing_from_another() -> None:
    stills = Stills()
    quiet = [knock_at(STUDY) for _ in range(3)]
    for knock in quiet:
        stills.keep(knock, b"quiet")
    crowd = [knock_at(Door(f"room-{number % 20}", "room", "crowd")) for number in range(MOST * 2)]
    for knock in crowd:
        stills.keep(knock, b"crowd")
    held = [knock for knock in crowd if stills.of(knock.id)]
    assert len(held) == MOST - len(quiet)
    assert all(stills.of(knock.id) == b"quiet" for knock in quiet)
    for knock in (*quiet, *crowd):
        stills.forget(knock.id)
    assert (stills._doors, stills._stills) == ({}, {})


def test_one_door_has_so_many_pictures_and_the_newest_of_each() -> None:
    stills = Stills()
    knocks = [knock_at(STUDY) for _ in range(MOST_AT_A_DOOR + 1)]
    for knock in knocks:
        stills.keep(knock, b"first")
    assert stills.of(knocks[0].id) is None
    stills.keep(knocks[1], b"second")
    assert stills.of(knocks[1].id) == b"second"
    stills.keep(knocks[1], None)
    assert stills.of(knocks[1].id) is None


async def test_two_hosts_who_send_somebody_out_at_once_make_one_knock(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    await street.host(room, carol)
    new, key = grants.by_link("join", "for friends")
    await grants.add(room, new)
    first = await street.enter("study", "Ada", ada)
    second = await street.enter("study", "Carol", carol)
    bob = await street.enter("study", "Bob", key=key.reveal())
    gate = Gate(street.server.stores.knocks, "add")
    await first.send(SendToLobby(participant=bob.id))
    await gate.reached.wait()
    late = await second.refused(SendToLobby(participant=bob.id))
    assert late.refusal.code == "NoSuchParticipant"
    gate.open()
    assert (await bob.seen(Ended)).why == "sent to lobby"
    await knock_of(second, "Bob")
    assert len(list(street.server.house.lobbies.waiting_at([door_of(room).key]))) == 1


async def test_who_is_away_is_sent_out_without_a_knock_that_nobody_made(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    new, key = street.server.stores.grants.by_link("join", "for friends")
    await street.server.stores.grants.add(room, new)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter("study", "Bob", key=key.reveal())
    await bob.lose_connection()
    meeting = street.server.gathering.meetings._live.in_room(room.id)
    assert meeting is not None
    await host.until(lambda: meeting.outbox_of(bob.id) is None, "Bob is still there")
    await host.ask(SendToLobby(participant=bob.id))
    await host.until(lambda: host.people == ["Ada"], "Bob is still shown")
    assert at_the_door(host) == {}


async def test_hosts_by_address_and_by_team_are_called_too(street: Street) -> None:
    ada, bob, carol, dan = [await street.account(name) for name in ("Ada", "Bob", "Carol", "Dan")]
    accounts, grants = street.server.stores.accounts, street.server.stores.grants
    team = await street.team("Helpdesk", ada, carol, dan)
    room = await street.room("study", ada)
    await grants.add(room, grants.by_email("host", bob.email))
    await grants.add(room, grants.by_email("host", "nobody@example.org"))
    hosts_of = street.server.house.doors.hosts_of
    assert await hosts_of(door_of(room)) == [ada.id], "an address that nobody confirmed"
    token = await accounts.joining.confirmation_link(bob)
    await accounts.joining.confirm_email(token.reveal())
    assert await hosts_of(door_of(room)) == [ada.id], "nobody asked them"
    confirmed = await accounts.by_id(bob.id)
    assert confirmed is not None
    (offer,) = await grants.offers.offered_to(confirmed)
    await grants.offers.answer(confirmed, offer.id, "accepted")
    assert await hosts_of(door_of(room)) == [ada.id, bob.id]
    await street.agree(team, "host", ada, carol, dan)
    await grants.add(room, grants.by_account("knock", dan))
    assert set(await hosts_of(door_of(room))) == {ada.id, bob.id, carol.id}


def test_a_full_door_says_so() -> None:
    lobby = Lobby(STUDY)
    for number in range(1_000):
        lobby.put(knock_at(STUDY, f"192.0.{number // 250}.{number % 250}"))
    with pytest.raises(LobbyFull):
        lobby.check_room_for("198.51.100.1")
