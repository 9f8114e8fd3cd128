"""Support entry: deliberate, visible, told to the owner, and kept for ever."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.accounts.account import Account
from meetd.accounts.joining import SignUp
from meetd.core.private import Private
from meetd.core.refusals import NotAHost, RoomNotOwned, StorageFailed, TextEmpty
from meetd.protocol.hosting import LockRoom, MakeHost
from meetd.protocol.people import ParticipantChanged, ParticipantJoined, Rename
from meetd.protocol.session import Ended, Refused, Welcome
from tests.support.door import Street, join_as
from tests.support.guest import guests_at
from tests.support.people import administrator_at, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})
BOTH = ["support-entry-began", "support-entry-ended"]
REASON = "Ada asked on the phone why nobody hears her"


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with running_server(tmp_path, SETTINGS) as (server, url), guests_at(url) as guests:
        yield Street(server, guests)


async def administrator(street: Street) -> Account:
    token = await street.server.stores.accounts.joining.administrator_link()
    assert token is not None
    sign_up = SignUp(
        "administrator", token, "root@example.org", "Root", "Keeper", "keeper",
        Private("correct horse battery"), terms=True, age=True,
    )  # fmt: skip
    account = await street.server.stores.accounts.joining.sign_up(sign_up, "203.0.113.7")
    await street.sign_in(account)
    return account


async def test_an_administrator_enters_once_by_a_written_reason(street: Street) -> None:
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada)
    owner = await street.enter("study", "Ada", ada)
    assert await street.refused("study", "Keeper", keeper) == "KnockFirst"
    with pytest.raises(TextEmpty):
        await street.server.house.support.begin(keeper, room, "  why   ")
    await street.server.house.support.begin(keeper, room, REASON)
    _, seen = await street.look("study", "Keeper", keeper)
    assert seen.opens == "join"
    inside = await street.enter("study", "Keeper", keeper)
    joined = await owner.seen(ParticipantJoined)
    assert (joined.participant.role, joined.participant.reason) == ("support", REASON)
    assert (await inside.refused(LockRoom(locked=False))).refusal.code == "NotAHost"
    assert await street.refused("study", "Keeper again", keeper) == "KnockFirst"
    await inside.leave()
    await street.server.gathering.meetings.stop()  # what nobody waits for is done by then
    began, ended = await street.server.stores.audit.entries()
    assert (began.act, began.actor, began.room) == ("support-entry-began", keeper.id, room.id)
    assert began.details == {"reason": REASON}
    assert (ended.act, ended.room) == ("support-entry-ended", room.id)
    assert (await street.server.stores.audit.verify()).problem is None


async def test_one_reason_lets_in_once_also_at_the_same_moment(street: Street) -> None:
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada)
    await street.enter("study", "Ada", ada)
    await street.server.house.support.begin(keeper, room, REASON)
    tabs = [await street.connect("Keeper", keeper) for _ in range(4)]
    answers = await asyncio.gather(*(tab.ask(join_as("study", "Keeper")) for tab in tabs))
    assert sum(isinstance(answer, Welcome) for answer in answers) == 1, answers
    refused = [answer.refusal.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["KnockFirst"] * 3


async def test_whoever_is_refused_meanwhile_did_not_use_the_reason(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada)
    await street.server.house.support.begin(keeper, room, REASON)

    async def no_disk(*_: object) -> None:
        raise StorageFailed

    with monkeypatch.context() as broken:
        broken.setattr(street.server.stores.passes, "make", no_disk)
        assert await street.refused("study", "Keeper", keeper) == "StorageFailed"
    await street.enter("study", "Keeper", keeper)


async def test_nobody_else_enters_for_support(street: Street) -> None:
    ada, eve, keeper = (
        await street.account("Ada"),
        await street.account("Eve"),
        await administrator(street),
    )
    room = await street.room("study", ada)
    with pytest.raises(NotAHost):
        await street.server.house.support.begin(eve, room, REASON)
    with pytest.raises(RoomNotOwned):
        await street.server.house.support.begin(
            keeper, await street.server.stores.rooms.make("plaza"), REASON
        )
    await street.server.house.support.begin(keeper, room, REASON)
    assert await street.refused("study", "Eve", eve) == "KnockFirst"
    assert await street.refused("study", "Eve") == "KnockFirst"


async def test_signing_out_ends_the_support(street: Street) -> None:
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada)
    await street.server.house.support.begin(keeper, room, REASON)
    inside = await street.enter("study", "Keeper", keeper)
    await street.server.stores.accounts.sign_out(street.token(keeper))
    assert (await inside.seen(Ended)).why == "access ended"
    await street.server.gathering.meetings.stop()
    assert [line.act for line in await street.server.stores.audit.entries()] == BOTH


async def test_support_cannot_be_hidden(street: Street) -> None:
    """Not by a role, not by another name, not by an open door; and its end is always written."""
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada, locked=False)
    await street.server.house.support.begin(keeper, room, REASON)
    owner = await street.enter("study", "Ada", ada)
    inside = await street.enter("study", "Somebody nice", keeper)
    (support,) = [one for one in owner.snapshot.participants if one.id == inside.id]
    assert (support.role, support.name) == ("support", keeper.name)
    refused = await owner.refused(MakeHost(participant=inside.id, host=True))
    assert refused.refusal.code == "NotForSupport"
    assert (await inside.refused(Rename(name="Bob"))).refusal.code == "NotForSupport"
    await street.server.gathering.meetings.stop()
    assert [line.act for line in await street.server.stores.audit.entries()] == BOTH


async def test_everybody_reads_the_reason_also_who_comes_later(street: Street) -> None:
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada, locked=False)
    await street.server.house.support.begin(keeper, room, "An older matter altogether")
    await street.server.house.support.begin(keeper, room, REASON)
    await street.enter("study", "Keeper", keeper)
    visitor = await street.enter("study", "Bob")
    reasons = {one.role: one.reason for one in visitor.snapshot.participants}
    assert reasons == {"support": REASON, "guest": ""}


async def test_whoever_is_granted_access_meanwhile_is_there_for_support_no_more(
    street: Street,
) -> None:
    ada, keeper = await street.account("Ada"), await administrator(street)
    room = await street.room("study", ada)
    await street.server.house.support.begin(keeper, room, REASON)
    inside = await street.enter("study", "Keeper", keeper)
    await street.host(room, keeper)
    await inside.seen(ParticipantChanged, lambda event: event.participant.role == "host")
    await inside.leave()
    await street.server.gathering.meetings.stop()
    assert [line.act for line in await street.server.stores.audit.entries()] == BOTH


async def test_the_page_is_for_administrators_only(tmp_path: Path) -> None:
    async with running_server(tmp_path, SETTINGS) as (server, url), browser_at(url) as browser:
        assert (await browser.get("/admin/support")).status == 404
        await administrator_at(server, browser)
        assert "Enter for support" in (await browser.get("/admin/support")).text
        wrong = await browser.post("/admin/support", {"room": "nothing", "reason": REASON})
        assert wrong.status == 404
        assert "no room with this name" in wrong.alert
        await browser.post("/logout")
        await browser.sign_up("eve@example.org", user_name="eve")
        assert (await browser.get("/admin/support")).status == 404
        assert (await browser.post("/admin/support", {"room": "x"})).status == 404
