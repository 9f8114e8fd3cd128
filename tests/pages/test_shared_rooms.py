"""Rooms of others on the page of one's rooms: what one may do there, who owns them, and giving it
up."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from meetd.accounts.account import Account
from meetd.accounts.team_store import TeamLevel
from meetd.protocol.session import Ended
from meetd.rooms.grant import Level
from meetd.rooms.room import Room
from tests.pages.test_room_pages import SETTINGS, Town, items
from tests.support.door import Street
from tests.support.guest import guests_at, join_command
from tests.support.people import Answer, Browser
from tests.support.server import running_server

BELOW = ">Rooms of others</h2>"
OF_ADA = "Belongs to Ada"
AS_HOST = "Settings Give up access"


class Neighbours(Town):
    """Ada owns rooms; Bob has a browser, and gets access."""

    bob: Browser
    ada: Account

    async def account_of(self, name: str) -> Account:
        found = await self.server.stores.accounts.by_user_name(name)
        assert found is not None
        return found

    async def confirm(self, name: str) -> Account:
        joining = self.server.stores.accounts.joining
        account = await self.account_of(name)
        await joining.confirm_email((await joining.confirmation_link(account)).reveal())
        return await self.account_of(name)

    async def grant(self, room: Room, level: Level) -> None:
        """Whoever is to be a host accepts."""
        bob = await self.account_of("bob")
        if level == "host":
            await self.street.host(room, bob)
        else:
            await self.server.stores.grants.add(
                room, self.server.stores.grants.by_account(level, bob)
            )

    async def team(self, level: TeamLevel) -> str:
        """Ada's and Bob's, who agree to all of it; its id."""
        bob = await self.account_of("bob")
        team = await self.street.team("Helpdesk", self.ada, bob)
        teams = self.server.stores.accounts.teams
        await teams.set_level(self.ada, team.id, level)
        await teams.agree(bob, team.id, level)
        return team.id

    async def shared(self) -> list[str]:
        """What Bob reads below the rooms of others, a line for each."""
        page = (await self.bob.get("/account/rooms")).text
        return items(Answer(200, {}, page.partition(BELOW)[2]))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Neighbours]:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        AsyncExitStack() as stack,
    ):
        town = Neighbours(Street(server, guests), url, stack)
        town.bob = await town.browser("bob")
        town.ada = await town.street.account("Ada")
        yield town


async def test_hosts_and_whoever_always_joins_find_the_rooms_of_others(town: Neighbours) -> None:
    assert BELOW not in (await town.bob.get("/account/rooms")).text
    await town.confirm("bob")
    levels: dict[str, Level] = {"attic": "join", "study": "host", "cellar": "knock"}
    for name, level in levels.items():
        await town.grant(await town.street.room(name, town.ada), level)
    by_address = await town.street.room("garden", town.ada, locked=False)
    grants = town.server.stores.grants
    await grants.add(by_address, grants.by_email("join", "bob@example.org"))
    await town.street.room("vault", town.ada)
    await town.street.knock("study", "Carol")
    await town.street.enter("garden", "Dan")
    await town.make(town.bob, "own")
    assert await town.shared() == [
        f"attic Locked Always join {OF_ADA} Give up access",
        f"garden Open Always join {OF_ADA} Give up access",
        f"study Locked Host Somebody is knocking {OF_ADA} · Nobody is there {AS_HOST}",
    ]


async def test_rooms_of_team_mates_are_there_with_the_team(town: Neighbours) -> None:
    team = await town.team("host")
    for name in ("attic", "study", "vault"):
        await town.street.room(name, town.ada)
    await town.grant(await town.room("attic"), "join")
    await town.grant(await town.room("vault"), "knock")
    assert await town.shared() == [
        f"attic Locked Always join {OF_ADA} Give up access",
        "study Locked Host Belongs to Ada · Nobody is there Through the team Helpdesk Settings",
    ]
    assert f'href="/account/teams/{team}"' in (await town.bob.get("/account/rooms")).text
    await town.server.stores.accounts.teams.set_level(town.ada, team, "knock")
    assert await town.shared() == [f"attic Locked Always join {OF_ADA} Give up access"]


async def test_what_was_only_offered_is_listed_as_the_door_has_it(town: Neighbours) -> None:
    """Host where they accepted; of a team what everybody concerned agreed to."""
    study, attic = [await town.street.room(name, town.ada) for name in ("study", "attic")]
    bob, grants = await town.account_of("bob"), town.server.stores.grants
    offer = await grants.add(study, grants.by_account("host", bob))
    assert await town.shared() == [f"study Locked Always join {OF_ADA} Give up access"]
    await grants.offers.answer(bob, offer.id, "accepted")
    assert await town.shared() == [
        f"study Locked Host {OF_ADA} · Nobody is there {AS_HOST}",
    ]
    await grants.revoke(study, offer.id)
    team = await town.team("host")
    through = "Through the team Helpdesk"
    await town.server.stores.accounts.teams.agree(town.ada, team, "join")
    assert await town.shared() == [
        f"{room.name} Locked Always join {OF_ADA} {through}" for room in (attic, study)
    ]
    await town.server.stores.accounts.teams.agree(town.ada, team, "knock")
    assert await town.shared() == []


async def test_access_is_given_up_after_asking_and_ends_what_lived_from_it(
    town: Neighbours,
) -> None:
    room = await town.street.room("study", town.ada)
    await town.confirm("bob")
    await town.grant(room, "join")
    grants = town.server.stores.grants
    offer = await grants.add(room, grants.by_email("host", "bob@example.org"))
    await grants.offers.answer(await town.account_of("bob"), offer.id, "accepted")
    token = town.bob.cookies["meetd"]
    inside = await town.street.guests.connect("Bob", Cookie=f"meetd={token}")
    await inside.ask(join_command("study", "Bob"))
    asked = await town.bob.get(f"/account/rooms/{room.id}/leave")
    assert "You are no host of this room then" in asked.text
    assert len(await town.shared()) == 1
    assert (await town.bob.post(f"/account/rooms/{room.id}/leave")).to == "/account/rooms"
    assert (await inside.seen(Ended)).why == "access ended"
    assert await town.shared() == []
    assert await grants.of(room) == []
    assert (await town.bob.get(f"/account/rooms/{room.id}")).status == 404
    assert (await town.bob.post(f"/account/rooms/{room.id}/leave")).status == 404
    bob = await town.account_of("bob")
    line = (await town.server.stores.audit.entries())[-1]
    assert (line.act, line.actor, line.subject, line.room) == (
        *("access-revoked", bob.id),
        *(bob.id, room.id),
    )


async def test_nobody_gets_more_by_giving_something_up(town: Neighbours) -> None:
    """Granted less by name than a team gives: then they knock, by name, and not the team counts."""
    await town.team("host")
    room = await town.street.room("study", town.ada)
    await town.grant(room, "join")
    assert (await town.bob.post(f"/account/rooms/{room.id}/leave")).status == 303
    assert await town.shared() == []
    (left,) = await town.server.stores.grants.of(room)
    assert left.level == "knock"
    assert (await town.bob.get(f"/account/rooms/{room.id}")).status == 404


async def test_there_is_nothing_to_give_up_without_a_grant_of_ones_own(town: Neighbours) -> None:
    """Not of one's own room, not what a team gives, not to be rid of *should knock*."""
    await town.team("host")
    study, attic = [await town.street.room(name, town.ada) for name in ("study", "attic")]
    await town.grant(attic, "knock")
    own = await town.make(town.bob, "own")
    nobodys = await town.server.stores.rooms.make("plaza")
    for path in (own, *(f"/account/rooms/{room.id}" for room in (study, attic, nobodys))):
        assert (await town.bob.get(f"{path}/leave")).status == 404
        assert (await town.bob.post(f"{path}/leave")).status == 404
    assert [grant.level for grant in await town.server.stores.grants.of(attic)] == ["knock"]


async def test_the_door_offers_rooms_one_is_host_of_and_no_others(town: Neighbours) -> None:
    levels: dict[str, Level] = {"attic": "join", "study": "host"}
    for name, level in levels.items():
        await town.grant(await town.street.room(name, town.ada), level)
    await town.make(town.bob, "own")
    assert (await town.bob.get("/account/rooms/names")).json == {"rooms": ["own", "study"]}
    await town.bob.post("/logout")
    assert (await town.bob.get("/account/rooms/names")).json == {"rooms": []}
