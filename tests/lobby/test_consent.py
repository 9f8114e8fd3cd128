"""Nobody is a host, or has their rooms opened, by what others do alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.accounts.account import AccountRefused
from meetd.lobby.doors import door_of
from meetd.protocol.door import AnswerKnock
from meetd.protocol.hosting import LockRoom, MakeHost, Remove
from meetd.protocol.people import ParticipantChanged
from meetd.rooms.access import Right
from tests.support.door import Before, Gate, Street, at_the_door, knock_of
from tests.support.guest import Guest, guests_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with running_server(tmp_path, SETTINGS) as (server, url), guests_at(url) as guests:
        yield Street(server, guests)


def role_of(guest: Guest) -> str:
    return next(one.role for one in guest.snapshot.participants if one.id == guest.id)


async def becomes(guest: Guest, participant: str, role: str) -> None:
    await guest.seen(
        ParticipantChanged,
        lambda event: (event.participant.id, event.participant.role) == (participant, role),
    )


async def hand_on(giver: Guest, to: Guest) -> None:
    await giver.ask(MakeHost(participant=to.id, host=True))
    await becomes(giver, to.id, "host")


async def test_an_offered_host_comes_in_and_is_called_for_nothing(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    grants, doors = street.server.stores.grants, street.server.house.doors
    grant = await grants.add(room, grants.by_account("host", carol))
    watching = await street.watch(carol)
    inside = await street.enter("study", "Carol", carol)
    assert role_of(inside) == "guest"
    bob, seen = await street.look("study", "Bob")
    assert not seen.host_present
    await bob.close()
    await street.knock("study", "Eve")
    assert await doors.hosts_of(door_of(room)) == [ada.id]
    await grants.offers.answer(carol, grant.id, "accepted")
    await becomes(inside, inside.id, "host")
    assert at_the_door(watching) == {} or "Eve" in at_the_door(watching)
    await knock_of(watching, "Eve")
    assert await doors.hosts_of(door_of(room)) == [ada.id, carol.id]
    await grants.offers.answer(carol, grant.id, "declined")
    await becomes(inside, inside.id, "guest")
    await watching.until(lambda: not at_the_door(watching), "Eve is still shown")
    assert not inside.closed


async def test_a_link_for_hosts_asks_whoever_is_signed_in(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    new, key = grants.by_link("host", "for helpers", uses=1)
    link = await grants.add(room, new)
    inside = await street.enter("study", "Carol", carol, key=key.reveal())
    assert role_of(inside) == "guest"
    assert await street.refused("study", "Carol", carol) == "KnockFirst"
    (offer,) = await street.server.house.offers.of(carol)
    await street.server.house.offers.accept(carol, offer.kind, offer.id, offer.level)
    await becomes(inside, inside.id, "host")
    assert role_of(await street.enter("study", "Carol", carol)) == "host"
    await grants.revoke(room, link.id)
    assert await grants.of(room) == [], "what came by the link outlived it"
    assert await street.refused("study", "Carol", carol) == "KnockFirst"


async def test_nobody_becomes_a_host_by_signing_out(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    new, key = street.server.stores.grants.by_link("host", "for helpers")
    await street.server.stores.grants.add(room, new)
    owner = await street.enter("study", "Ada", ada)
    inside = await street.enter("study", "Carol", carol, key=key.reveal())
    await street.server.stores.accounts.sign_out(street.token(carol))
    await owner.ask(LockRoom(locked=False))
    assert role_of(inside) == "guest"
    visitor = await street.enter("study", "Dan", key=key.reveal())
    assert role_of(visitor) == "host"


async def test_a_team_opens_rooms_of_those_who_agreed_and_makes_hosts_of_them(
    street: Street,
) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    team = await street.team("Helpdesk", ada, bob)
    teams, doors = street.server.stores.accounts.teams, street.server.house.doors
    of_ada, of_bob = await street.room("study", ada), await street.room("attic", bob)
    await teams.set_level(ada, team.id, "host")
    assert await street.refused("attic", "Ada", ada) == "KnockFirst", "Bob agreed to nothing"
    inside = await street.enter("study", "Bob", bob)
    assert role_of(inside) == "guest", "Ada opened hers; Bob wants to be no host"
    assert await doors.hosts_of(door_of(of_ada)) == [ada.id]
    await teams.agree(bob, team.id, "join")
    assert role_of(await street.enter("attic", "Ada", ada)) == "guest"
    await teams.agree(bob, team.id, "host")
    await becomes(inside, inside.id, "host")
    assert await doors.hosts_of(door_of(of_ada)) == [ada.id, bob.id]
    assert await doors.hosts_of(door_of(of_bob)) == [bob.id, ada.id]
    await teams.set_level(ada, team.id, "knock")
    assert await street.refused("attic", "Ada", ada) == "KnockFirst"
    await teams.set_level(ada, team.id, "host")
    assert await street.refused("attic", "Ada", ada) == "KnockFirst", "raised again: asked again"


async def test_what_is_handed_on_ends_with_the_right_of_who_handed_it_on(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada, locked=False)
    grant = await street.host(room, carol)
    owner = await street.enter("study", "Ada", ada)
    host = await street.enter("study", "Carol", carol)
    bob, eve = await street.enter("study", "Bob"), await street.enter("study", "Eve")
    await hand_on(host, bob)
    await hand_on(bob, eve)
    await host.leave()
    await owner.ask(LockRoom(locked=False))
    assert (role_of(bob), role_of(eve)) == ("host", "host"), "leaving takes no right away"
    await street.server.stores.grants.revoke(room, grant.id)
    for guest in (bob, eve):
        await becomes(owner, guest.id, "guest")
        assert (await guest.refused(LockRoom(locked=True))).refusal.code == "NotAHost"


async def test_what_is_handed_on_ends_with_the_role_it_came_from(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada, locked=False)
    owner = await street.enter("study", "Ada", ada)
    bob, eve, dan = [await street.enter("study", name) for name in ("Bob", "Eve", "Dan")]
    await hand_on(owner, bob)
    await hand_on(bob, eve)
    await hand_on(eve, dan)
    assert dan.welcome
    await owner.ask(MakeHost(participant=bob.id, host=False))
    for guest in (bob, eve, dan):
        await becomes(owner, guest.id, "guest")
    await hand_on(owner, bob)
    await hand_on(bob, dan)
    await dan.leave()
    await owner.ask(Remove(participant=bob.id))
    await owner.until(lambda: owner.people == ["Ada", "Eve"], "Bob or Dan is still there")
    back = await street.enter("study", "Dan", way_back=dan.welcome.way_back)
    assert role_of(back) == "guest"


async def test_a_blocked_account_leaves_no_host_behind(street: Street) -> None:
    ada, carol, rita = [await street.account(name) for name in ("Ada", "Carol", "Rita")]
    room = await street.room("study", ada, locked=False)
    await street.host(room, carol)
    host, bob = await street.enter("study", "Carol", carol), await street.enter("study", "Bob")
    await hand_on(host, bob)
    await host.leave()
    await street.server.stores.accounts.block(carol, actor=rita.id)
    await becomes(bob, bob.id, "guest")


async def test_who_is_signed_out_hands_nothing_on(street: Street) -> None:
    """Not even before the store was asked what is left to them."""
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada, locked=False)
    await street.host(room, carol)
    host, bob = await street.enter("study", "Carol", carol), await street.enter("study", "Bob")
    gate = Before(street.server.house.access, "still")
    await street.server.stores.accounts.sign_out(street.token(carol))
    await gate.reached.wait()
    refused = await host.refused(MakeHost(participant=bob.id, host=True))
    assert refused.refusal.code == "NotAHost"
    gate.open()
    await becomes(bob, host.id, "guest")
    assert role_of(bob) == "guest"


@pytest.mark.parametrize(("kind", "level"), [("link", "host"), ("account", "join")])
async def test_a_role_rests_on_the_grant_of_a_link_only(
    street: Street, kind: str, level: str
) -> None:
    """Whoever is a host by name hands on as their account, which can be blocked."""
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room, grants = await street.room("study", ada, locked=False), street.server.stores.grants
    link = await grants.add(room, grants.by_link("host", "club")[0])
    grant = link if kind == "link" else await street.host(room, carol)
    right = Right("join", "open").handed_on("somebody", f"grant.{grant.id}")
    still = await street.server.house.access.still(room, right, None)
    assert still is not None
    assert still.level == level


async def test_a_role_that_was_handed_on_admits_nobody_for_always(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada, locked=False)
    owner, bob = await street.enter("study", "Ada", ada), await street.enter("study", "Bob")
    await hand_on(owner, bob)
    await owner.ask(LockRoom(locked=True))
    await street.knock("study", "Eve")
    knock = await knock_of(bob, "Eve")
    assert not knock.may_always
    assert (await knock_of(owner, "Eve")).may_always
    refused = await bob.refused(AnswerKnock(knock=knock.id, answer="always admit"))
    assert refused.refusal.code == "LastingHostsOnly"
    assert await street.server.stores.grants.of(room) == []
    await bob.ask(AnswerKnock(knock=knock.id, answer="admit for meeting"))


@pytest.mark.parametrize("kind", ["account", "email"])
async def test_a_role_that_was_handed_on_shows_no_address(street: Street, kind: str) -> None:
    ada, eve = await street.account("Ada"), await street.account("Eve")
    room, grants = await street.room("study", ada, locked=False), street.server.stores.grants
    joining = street.server.stores.accounts.joining
    await joining.confirm_email((await joining.confirmation_link(eve)).reveal())
    by_name, by_address = grants.by_account("knock", eve), grants.by_email("knock", eve.email)
    await grants.add(room, by_name if kind == "account" else by_address)
    owner, bob = await street.enter("study", "Ada", ada), await street.enter("study", "Bob")
    await hand_on(owner, bob)
    await owner.ask(LockRoom(locked=True))
    await street.knock("study", "Mystery", eve)
    assert (await knock_of(owner, "Mystery")).known == kind
    knock = await knock_of(bob, "Mystery")
    assert (knock.known, knock.invited) == (None, "")


async def test_an_invitation_is_accepted_as_it_was_shown_and_once(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    teams = street.server.stores.accounts.teams
    team = await teams.make(ada, "Helpdesk")
    await teams.invite(ada, team.id, bob.user_name)
    await teams.set_level(ada, team.id, "host")  # after Bob's page was shown
    await teams.accept(bob, team.id, "knock")
    own = await teams.store.membership(team.id, bob.id)
    assert own is not None
    assert (own.state, own.agreed, own.is_asked) == ("active", "knock", True)
    for late in (teams.accept(bob, team.id, "host"), teams.decline(bob, team.id)):
        with pytest.raises(AccountRefused, match="NoSuchTeam"):
            await late
    assert await teams.store.membership(team.id, bob.id) == own


@pytest.mark.parametrize("owner_first", [True, False])
async def test_handed_on_while_it_is_taken_back_it_is_nobodys(
    street: Street, *, owner_first: bool
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada, locked=False)
    owner = await street.enter("study", "Ada", ada)
    bob, eve = await street.enter("study", "Bob"), await street.enter("study", "Eve")
    await hand_on(owner, bob)
    both = [
        (owner, MakeHost(participant=bob.id, host=False)),
        (bob, MakeHost(participant=eve.id, host=True)),
    ]
    first, second = both if owner_first else both[::-1]
    gate = Gate(street.server.stores.passes, "change_right")
    answers = [asyncio.create_task(first[0].ask(first[1]))]
    await gate.reached.wait()
    answers.append(asyncio.create_task(second[0].ask(second[1])))
    for _ in range(50):
        await asyncio.sleep(0)  # as far as the second one gets, in whatever order
    gate.open()
    await asyncio.gather(*answers)
    await street.server.gathering.meetings._errands.finished()
    assert (await eve.refused(LockRoom(locked=True))).refusal.code == "NotAHost"
    rows = await street.server.stores.database.read("SELECT basis FROM passes WHERE level = 'host'")
    assert [row["basis"] for row in rows] == ["owner"]
