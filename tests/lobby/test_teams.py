"""Teams at the door: a reception that all of them answer, and rooms of one another."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.accounts.account import AccountRefused
from meetd.protocol.door import AnswerKnock, AnswerTaken, Knock
from meetd.protocol.session import Ended
from tests.support.door import Street, at_the_door, knock_of
from tests.support.guest import guests_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with running_server(tmp_path, SETTINGS) as (server, url), guests_at(url) as guests:
        yield Street(server, guests)


async def test_every_active_member_answers_the_reception_of_the_team(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    team = await street.team("Helpdesk", ada, bob)
    host = await street.watch(bob)
    guest, _ = await street.look("helpdesk", "Carol", kind="reception")
    await guest.ask(Knock(name="Carol"))
    knock = await knock_of(host, "Carol")
    await street.server.stores.accounts.teams.suspend(ada, team.id, bob.id, on=True)
    refused = await host.refused(AnswerKnock(knock=knock.id, answer="admit once"))
    assert refused.refusal.code == "NotAHost"
    await host.until(lambda: not at_the_door(host), "a suspended member still sees who knocks")
    await street.server.stores.accounts.teams.suspend(ada, team.id, bob.id, on=False)
    await knock_of(host, "Carol")
    assert isinstance(await host.ask(AnswerKnock(knock=knock.id, answer="admit once")), AnswerTaken)


async def test_members_enter_one_anothers_rooms_as_the_team_says(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    team = await street.team("Helpdesk", ada, bob)
    teams = street.server.stores.accounts.teams
    await street.room("study", ada)
    assert await street.refused("study", "Bob", bob) == "KnockFirst"
    await street.agree(team, "host", ada, bob)
    inside = await street.enter("study", "Bob", bob)
    assert inside.snapshot.participants[0].role == "host"
    await teams.remove(ada, team.id, bob.id)
    assert (await inside.seen(Ended)).why == "access ended"
    assert await street.refused("study", "Bob", bob) == "KnockFirst"


async def test_what_was_granted_by_name_counts_more_than_the_team(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    team = await street.team("Helpdesk", ada, bob)
    await street.agree(team, "host", ada, bob)
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    await grants.add(room, grants.by_account("knock", bob))
    assert await street.refused("study", "Bob", bob) == "KnockFirst"


async def test_a_team_is_always_led_and_unknown_to_others(street: Street) -> None:
    ada, bob, eve = [await street.account(name) for name in ("Ada", "Bob", "Eve")]
    team = await street.team("Helpdesk", ada, bob)
    teams = street.server.stores.accounts.teams
    for act in (
        teams.remove(ada, team.id, ada.id),
        teams.set_role(ada, team.id, ada.id, "member"),
        teams.suspend(ada, team.id, ada.id, on=True),
    ):
        with pytest.raises(AccountRefused, match="LastAdmin"):
            await act
    with pytest.raises(AccountRefused, match="TeamAdminsOnly"):
        await teams.remove(bob, team.id, ada.id)
    for unknown in (team.id, "no-such-team"):
        with pytest.raises(AccountRefused, match="NoSuchTeam"):
            await teams.open(eve, unknown)
    with pytest.raises(AccountRefused, match="UserNameTaken"):
        await street.server.stores.accounts.change_names(bob, "Bob", "Example", "helpdesk")
    await teams.remove(ada, team.id, bob.id)
    await teams.remove(ada, team.id, ada.id)
    assert await teams.store.of(ada.id) == []


async def test_who_is_erased_leaves_the_team_led(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    team = await street.team("Helpdesk", ada, bob)
    for holding in street.server.stores.holdings:
        await holding.erase_for(ada.id)
    own, members = await street.server.stores.accounts.teams.open(bob, team.id)
    assert (own.role, len(members)) == ("admin", 1)
