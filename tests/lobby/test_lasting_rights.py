"""Rights end with what they rest on: the session, the address, the role that was handed on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.protocol.door import AdmitAll, AnswerKnock
from meetd.protocol.hosting import LockRoom, MakeHost, Remove, SendToLobby
from meetd.protocol.people import ParticipantChanged
from meetd.protocol.session import Ended
from tests.support.clock import MovedClock
from tests.support.door import Street, at_the_door, knock_of, state_of, street_at
from tests.support.guest import guests_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with running_server(tmp_path, SETTINGS) as (server, url), guests_at(url) as guests:
        yield Street(server, guests)


async def test_whoever_signs_in_in_the_same_browser_takes_nothing_over(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    await street.room("study", ada)
    watching = await street.watch(ada)
    inside = await street.enter("study", "Ada", ada)
    await street.server.stores.accounts.signing_in.begin(carol.id, "Firefox", street.token(ada))
    assert (await watching.seen(Ended)).why == "access ended"
    assert (await inside.seen(Ended)).why == "access ended"


async def test_access_by_an_address_ends_with_the_address(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    token = await street.server.stores.accounts.joining.confirmation_link(carol)
    await street.server.stores.accounts.joining.confirm_email(token.reveal())
    grants = street.server.stores.grants
    grant = await grants.add(room, grants.by_email("host", carol.email))
    confirmed = await street.server.stores.accounts.by_id(carol.id)
    assert confirmed is not None
    await grants.offers.answer(confirmed, grant.id, "accepted")
    inside = await street.enter("study", "Carol", carol)
    watching = await street.watch(carol)
    await street.knock("study", "Bob")
    knock = await knock_of(watching, "Bob")
    changes = street.server.stores.accounts.address_changes
    who = await street.server.stores.accounts.who(street.token(carol))
    assert who is not None
    await changes.ask(who, "carol-new@example.org", "correct horse battery", network="203.0.113.7")
    await changes.confirm("old", (await changes.link("old", carol)).reveal())
    await changes.confirm("new", (await changes.link("new", carol)).reveal())
    assert (await inside.seen(Ended)).why == "access ended"
    refused = await watching.refused(AnswerKnock(knock=knock.id, answer="admit once"))
    assert refused.refusal.code == "NotAHost"


async def test_a_role_that_was_handed_on_reaches_no_owner(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada, locked=False)
    owner = await street.enter("study", "Ada", ada)
    bob = await street.enter("study", "Bob")
    await owner.ask(MakeHost(participant=bob.id, host=True))
    await bob.seen(ParticipantChanged, lambda event: event.participant.role == "host")
    await bob.ask(LockRoom(locked=True))
    for act in (Remove(participant=owner.id), SendToLobby(participant=owner.id)):
        assert (await bob.refused(act)).refusal.code == "HostRoleStands"
    assert owner.people == ["Ada", "Bob"]


async def test_whoever_is_no_host_any_more_sees_nobody_at_the_door(street: Street) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    await street.host(room, carol)
    inside = await street.enter("study", "Carol", carol)
    await street.knock("study", "Bob")
    await knock_of(inside, "Bob")
    await grants.add(room, grants.by_account("join", carol))
    await inside.until(lambda: not at_the_door(inside), "Carol should see nobody knock")
    await street.knock("study", "Dan")
    await knock_of(await street.watch(ada), "Dan")
    assert at_the_door(inside) == {}


async def test_a_host_for_some_time_answers_nobody_after_its_end(tmp_path: Path) -> None:
    """Neither at the door nor in the meeting, where nothing has changed since."""
    clock = MovedClock()
    async with street_at(tmp_path, clock) as street:
        ada, carol = await street.account("Ada"), await street.account("Carol")
        room, grants = await street.room("study", ada), street.server.stores.grants
        new, key = grants.by_link("host", "club", expires_at=clock.now() + 3_600_000)
        await grants.add(room, new)
        inside = await street.enter("study", "Carol", carol, key=key.reveal())
        (offer,) = await grants.offers.offered_to(carol)
        await grants.offers.answer(carol, offer.id, "accepted")
        watching = await street.watch(carol)
        await street.knock("study", "Bob")
        knock = await knock_of(inside, "Bob")
        assert (knock.may_always, (await knock_of(watching, "Bob")).may_always) == (True, True)
        clock.forward(hours=2)
        for page in (inside, watching):
            for answer in ("admit once", "always admit", "turn away", "ask to wait"):
                refused = await page.refused(AnswerKnock(knock=knock.id, answer=answer))
                assert refused.refusal.code == "NotAHost", answer
            assert (await page.refused(AdmitAll(door="study"))).refusal.code == "NotAHost"
        await grants.add(room, grants.by_account("join", ada))
        await watching.until(lambda: not at_the_door(watching), "Carol still sees who knocks")


async def test_a_host_by_a_link_admits_for_a_meeting_at_most(street: Street) -> None:
    ada = await street.account("Ada")
    room, grants = await street.room("study", ada), street.server.stores.grants
    new, key = grants.by_link("host", "club")
    await grants.add(room, new)
    inside = await street.enter("study", "Carol", key=key.reveal())
    visitor = await street.knock("study", "Bob")
    knock = await knock_of(inside, "Bob")
    assert not knock.may_always
    refused = await inside.refused(AnswerKnock(knock=knock.id, answer="always admit"))
    assert refused.refusal.code == "LastingHostsOnly"
    assert [one.kind for one in await grants.of(room)] == ["link"]
    await inside.ask(AnswerKnock(knock=knock.id, answer="admit for meeting"))
    await visitor.until(lambda: state_of(visitor) == "admitted", "Bob was not let in")
