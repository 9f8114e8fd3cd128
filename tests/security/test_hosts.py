"""What hosts who are not the owner may do with a room, asked anew with each request: look after its
meetings and its guests, and nothing that makes or unmakes hosts or is about the room itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.accounts.account import Account
from meetd.core.refusals import HostRoleStands
from meetd.protocol.hosting import MakeHost
from meetd.protocol.people import ParticipantChanged
from meetd.protocol.session import Welcome
from meetd.rooms.grant import Grant, Level
from meetd.rooms.room import Room
from tests.support.door import Street
from tests.support.guest import guests_at, join_command
from tests.support.people import Browser, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})
MEETING: dict[str, dict[str, str]] = {
    "lock": {"locked": ""},
    "settings": {"limit": "7", "share": "hosts", "chat": "hosts", "draw": "hosts"},
    "greeting": {"greeting": "Ring twice"},
    "picture/remove": {},
    "access/grant": {"who": "frank@example.org", "level": "join"},
    "access/link": {"label": "club", "level": "knock", "lasts": "day", "uses": ""},
    "access/revoke": {"grant": "none"},
}
"""What every host who is one for good may send."""
OWNERS: dict[str, dict[str, str]] = {
    "name": {"name": "stolen"},
    "transfer": {"who": "eve", "confirm": "study"},
    "delete": {"confirm": "study"},
}


class Hosted:
    """Ada owns the study; Eve has an account and a browser, and is or becomes a host there."""

    def __init__(self, street: Street, ada: Account, room: Room, eve: Browser) -> None:
        self.street = street
        self.ada = ada
        self.room = room
        self.eve = eve
        self.here = f"/account/rooms/{room.id}"

    async def account(self) -> Account:
        found = await self.street.server.stores.accounts.by_user_name("eve")
        assert found is not None
        return found

    async def grant(self, account: Account, level: Level) -> Grant:
        grants = self.street.server.stores.grants
        return await grants.add(self.room, grants.by_account(level, account))

    async def make_host(self) -> Grant:
        return await self.street.host(self.room, await self.account())

    async def join_team(self) -> None:
        """Eve and Ada are hosts in one another's rooms."""
        teams = self.street.server.stores.accounts.teams
        team = await self.street.team("Helpdesk", self.ada, await self.account())
        await teams.set_level(self.ada, team.id, "host")
        await teams.agree(await self.account(), team.id, "host")

    async def now(self) -> Room | None:
        return await self.street.server.stores.rooms.by_id(self.room.id)

    async def granted(self) -> list[tuple[str, str]]:
        found = await self.street.server.stores.grants.of(self.room)
        return sorted((grant.label.lower(), grant.level) for grant in found)


@pytest.fixture
async def hosted(tmp_path: Path) -> AsyncIterator[Hosted]:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        browser_at(url) as eve,
    ):
        street = Street(server, guests)
        ada = await street.account("Ada")
        room = await street.room("study", ada)
        await eve.sign_up("eve@example.org", user_name="eve")
        yield Hosted(street, ada, room, eve)


@pytest.mark.parametrize("way", ["grant", "team"])
async def test_a_host_looks_after_meetings_and_guests(hosted: Hosted, way: str) -> None:
    await (hosted.make_host() if way == "grant" else hosted.join_team())
    for page in ("", "/access"):
        assert (await hosted.eve.get(hosted.here + page)).status == 200
    for name, form in MEETING.items():
        answer = await hosted.eve.post(f"{hosted.here}/{name}", form)
        assert answer.status in {200, 303}, name
    room = await hosted.now()
    assert room is not None
    assert (room.locked, room.settings.participant_limit, room.settings.greeting) == (
        *(False, 7),
        "Ring twice",
    )
    assert {"club", "frank@example.org"} <= {label for label, _ in await hosted.granted()}


@pytest.mark.parametrize("way", ["grant", "team"])
async def test_what_is_the_owners_is_refused_to_every_other_host(hosted: Hosted, way: str) -> None:
    await (hosted.make_host() if way == "grant" else hosted.join_team())
    page = (await hosted.eve.get(hosted.here)).text
    for name, form in OWNERS.items():
        assert f'action="{hosted.here}/{name}' not in page
        assert (await hosted.eve.post(f"{hosted.here}/{name}", form)).status == 404, name
    assert await hosted.now() == hosted.room
    assert "belongs to Ada" in page


async def test_a_host_makes_and_unmakes_no_host(hosted: Hosted) -> None:
    """Not by a level the page does not show, not by granting less to one, not by revoking."""
    bob, grace = await hosted.street.account("Bob"), await hosted.street.account("Grace")
    own, other = await hosted.make_host(), await hosted.grant(bob, "host")
    grants = hosted.street.server.stores.grants
    await grants.add(hosted.room, grants.by_email("host", "heidi@example.org"))
    before = await hosted.granted()
    access = f"{hosted.here}/access"
    page = (await hosted.eve.get(access)).text
    assert 'value="host"' not in page
    assert 'name="grant"' not in page
    for form in ({"who": "grace", "level": "host"}, {"who": "x@example.org", "level": "host"}):
        assert (await hosted.eve.post(f"{access}/grant", form)).status == 400
    link = {"label": "", "level": "host", "lasts": "never", "uses": ""}
    assert (await hosted.eve.post(f"{access}/link", link)).status == 400
    for who in ("bob", "eve", "ada", "heidi@example.org"):
        for level in ("knock", "join"):
            answer = await hosted.eve.post(f"{access}/grant", {"who": who, "level": level})
            assert (answer.status, "Ask its owner" in answer.alert) == (409, True), who
    for grant in (own, other):
        answer = await hosted.eve.post(f"{access}/revoke", {"grant": grant.id})
        assert (answer.status, "Ask its owner" in answer.alert) == (409, True)
    assert await hosted.granted() == before
    form = {"who": "grace", "level": "join"}
    assert (await hosted.eve.post(f"{access}/grant", form)).status == 303
    assert (grace.user_name.lower(), "join") in await hosted.granted()


async def test_a_host_takes_no_host_away_that_a_team_made(hosted: Hosted) -> None:
    """What is granted by name counts more than a team, so less by name would take it away."""
    await hosted.join_team()
    joining = hosted.street.server.stores.accounts.joining
    eve = await hosted.account()
    await joining.confirm_email((await joining.confirmation_link(eve)).reveal())
    bob = await hosted.street.account("Bob")
    await hosted.street.host(hosted.room, bob)
    async with browser_at(hosted.eve.url) as browser:
        await browser.sign_in(bob.email)
        for who in ("eve", "EVE@example.org"):
            form = {"who": who, "level": "knock"}
            answer = await browser.post(f"{hosted.here}/access/grant", form)
            assert (answer.status, "Ask its owner" in answer.alert) == (409, True), who
    assert (await hosted.eve.get(hosted.here)).status == 200


async def test_the_store_itself_spares_hosts(hosted: Hosted) -> None:
    """Two at once: the owner makes somebody a host while a host grants them less."""
    bob = await hosted.street.account("Bob")
    grant, grants = await hosted.grant(bob, "host"), hosted.street.server.stores.grants
    with pytest.raises(HostRoleStands):
        await grants.add(hosted.room, grants.by_account("join", bob), spares_hosts=True)
    with pytest.raises(HostRoleStands):
        await grants.revoke(hosted.room, grant.id, spares_hosts=True)
    assert await hosted.granted() == [("bob", "host")]


@pytest.mark.parametrize("level", ["knock", "join"])
@pytest.mark.parametrize("way", ["user name", "address"])
async def test_a_host_makes_no_host_by_taking_less_back(
    hosted: Hosted, way: str, level: Level
) -> None:
    """What the owner granted by name counts more than the team that would make them a host."""
    street, grants = hosted.street, hosted.street.server.stores.grants
    bob, eve = await street.account("Bob"), await hosted.account()
    joining = street.server.stores.accounts.joining
    await joining.confirm_email((await joining.confirmation_link(bob)).reveal())
    team = await street.team("Helpdesk", hosted.ada, eve, bob)
    await street.agree(team, "host", hosted.ada, eve, bob)
    by_name, by_address = grants.by_account(level, bob), grants.by_email(level, bob.email)
    row = await grants.add(hosted.room, by_name if way == "user name" else by_address)
    access = f"{hosted.here}/access"
    revoked = await hosted.eve.post(f"{access}/revoke", {"grant": row.id})
    assert (revoked.status, "Ask its owner" in revoked.alert) == (409, True)
    if level == "knock":
        assert row.id not in (await hosted.eve.get(access)).text
        form = {"who": "bob" if way == "user name" else bob.email, "level": "join"}
        raised = await hosted.eve.post(f"{access}/grant", form)
        assert (raised.status, "Ask its owner" in raised.alert) == (409, True)
    assert [(one.id, one.level) for one in await grants.of(hosted.room)] == [(row.id, level)]


async def test_a_host_takes_back_what_keeps_nobody_from_being_one(hosted: Hosted) -> None:
    await hosted.make_host()
    frank = await hosted.street.account("Frank")
    row = await hosted.grant(frank, "join")
    form = {"grant": row.id}
    assert (await hosted.eve.post(f"{hosted.here}/access/revoke", form)).status == 303
    assert await hosted.granted() == [("eve", "host")]


async def test_a_role_for_one_meeting_opens_no_page(hosted: Hosted) -> None:
    """Handed on in the meeting, or a host's link: both end with the browser that has them."""
    grants = hosted.street.server.stores.grants
    await hosted.grant(await hosted.account(), "join")
    new, key = grants.by_link("host", "club")
    await grants.add(hosted.room, new)
    owner = await hosted.street.enter("study", "Ada", hosted.ada)
    token = hosted.eve.cookies["meetd"]
    guest = await hosted.street.guests.connect("Eve", Cookie=f"meetd={token}")
    assert isinstance(await guest.ask(join_command("study", "Eve")), Welcome)
    await owner.ask(MakeHost(participant=guest.id, host=True))
    await guest.seen(ParticipantChanged, lambda event: event.participant.role == "host")
    frank = await hosted.street.enter("study", "Frank", key=key.reveal())
    assert frank.snapshot.participants[-1].role == "host"
    for page in ("", "/access"):
        assert (await hosted.eve.get(hosted.here + page)).status == 404


async def test_what_was_only_offered_opens_no_page(hosted: Hosted) -> None:
    """Granted *host* and not answered, or in a team that does more than they agreed to."""
    eve, teams = await hosted.account(), hosted.street.server.stores.accounts.teams
    await hosted.grant(eve, "host")
    team = await hosted.street.team("Helpdesk", hosted.ada, eve)
    await teams.set_level(hosted.ada, team.id, "host")
    await teams.agree(eve, team.id, "join")
    for page in ("", "/access"):
        assert (await hosted.eve.get(hosted.here + page)).status == 404
    for name, form in (MEETING | OWNERS).items():
        assert (await hosted.eve.post(f"{hosted.here}/{name}", form)).status == 404, name
    assert await hosted.now() == hosted.room


async def test_a_host_who_loses_the_role_is_refused_with_the_next_request(hosted: Hosted) -> None:
    grant = await hosted.make_host()
    assert (await hosted.eve.get(f"{hosted.here}/access")).status == 200
    await hosted.street.server.stores.grants.revoke(hosted.room, grant.id)
    for name, form in (MEETING | OWNERS).items():
        assert (await hosted.eve.post(f"{hosted.here}/{name}", form)).status == 404, name
    assert await hosted.now() == hosted.room
    assert await hosted.granted() == []


async def test_support_entries_are_told_to_the_owner_only(hosted: Hosted) -> None:
    await hosted.make_host()
    page = (await hosted.eve.get(hosted.here)).text
    assert "Support entries" not in page
