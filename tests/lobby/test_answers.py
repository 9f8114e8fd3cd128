"""Hosts who answer while something else happens to their role, or to the knock."""

import asyncio
from typing import Any

import pytest

from meetd.protocol.door import AdmitAll, AnswerKnock, KnockSeen, Look, StopKnocking
from meetd.protocol.door import Knock as KnockCommand
from meetd.protocol.hosting import MakeHost
from meetd.protocol.session import Refused
from tests.support.door import (
    Before,
    Gate,
    Street,
    at_the_door,
    knock_of,
    place_of,
    state_of,
)

ANSWERS = ("admit once", "admit for meeting", "always admit", "ask to wait", "turn away")


@pytest.mark.parametrize("answer", [*ANSWERS, "all"])
async def test_a_host_by_grant_who_loses_the_role_while_answering_answers_nothing(
    street: Street, answer: Any
) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    grant = await street.host(room, carol)
    host, bob = await street.watch(carol), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.house.doors, "may_answer")
    command = AnswerKnock(knock=knock.id, answer=answer)
    asked = AdmitAll(door="study") if answer == "all" else command
    asking = asyncio.create_task(host.ask(asked))
    await gate.reached.wait()
    await grants.revoke(room, grant.id)
    gate.open()
    refused = await asking
    assert isinstance(refused, Refused)
    assert refused.refusal.code == "NotAHost"
    assert state_of(bob) == "waiting"
    assert [one.level for one in await grants.of(room)] == []
    owner = await street.watch(ada)
    assert not (await knock_of(owner, "Bob")).asked_to_wait


@pytest.mark.parametrize("answer", ["admit once", "turn away", "ask to wait"])
async def test_a_host_of_the_meeting_who_loses_the_role_while_answering_answers_nothing(
    street: Street, answer: Any
) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada, locked=False)
    owner, eve = await street.enter("study", "Ada", ada), await street.enter("study", "Eve")
    await owner.ask(MakeHost(participant=eve.id, host=True))
    await street.server.stores.rooms.set_locked(room, locked=True)
    bob = await street.knock("study", "Bob")
    knock = await knock_of(eve, "Bob")
    work = "ask_to_wait" if answer == "ask to wait" else "settle"
    held = Before(street.server.stores.knocks, work)
    asking = asyncio.create_task(eve.ask(AnswerKnock(knock=knock.id, answer=answer)))
    await held.reached.wait()
    await owner.ask(MakeHost(participant=eve.id, host=False))
    held.open()
    refused = await asking
    assert isinstance(refused, Refused)
    assert refused.refusal.code == "NotAHost"
    assert state_of(bob) == "waiting"


@pytest.mark.parametrize(
    ("answer", "end", "code"),
    [
        ("admit once", "revoke", "NotAHost"),
        ("always admit", "revoke", "NotAHost"),
        ("admit once", "delete", "NoSuchRoom"),
        ("always admit", "delete", "NoSuchRoom"),
    ],
)
async def test_a_reception_lets_into_no_room_that_is_not_the_hosts_any_more(
    street: Street, answer: Any, end: str, code: str
) -> None:
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room, grants = await street.room("study", ada), street.server.stores.grants
    grant = await street.host(room, carol)
    host = await street.watch(carol)
    bob, _ = await street.look("carol", "Bob", kind="reception")
    await bob.ask(KnockCommand(name="Bob"))
    knock = await knock_of(host, "Bob")
    held = Before(street.server.stores.knocks, "settle")
    act = AnswerKnock(knock=knock.id, answer=answer, room="study")
    asking = asyncio.create_task(host.ask(act))
    await held.reached.wait()
    if end == "revoke":
        await grants.revoke(room, grant.id)
    else:
        await street.server.stores.rooms.delete(room)
    held.open()
    refused = await asking
    assert isinstance(refused, Refused)
    assert refused.refusal.code == code
    assert state_of(bob) == "waiting"
    assert await grants.of(room) == []


@pytest.mark.parametrize("answer", ["admit once", "admit for meeting", "turn away"])
async def test_an_answer_that_crosses_stop_knocking_finds_nobody(
    street: Street, answer: Any
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock, place = await knock_of(host, "Bob"), place_of(bob)
    gate = Gate(street.server.house.doors, "may_answer")
    asking = asyncio.create_task(host.ask(AnswerKnock(knock=knock.id, answer=answer)))
    await gate.reached.wait()
    await bob.ask(StopKnocking())
    gate.open()
    refused = await asking
    assert isinstance(refused, Refused)
    assert refused.refusal.code == "KnockGone"
    assert await street.refused("study", "Bob", place=place) == "KnockFirst"
    await host.until(lambda: at_the_door(host) == {}, "Bob is still shown")


async def test_stop_knocking_that_crosses_an_answer_changes_nothing(street: Street) -> None:
    """The visitor gave the place up; what was answered stays answered."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.stores.knocks, "settle")
    asking = asyncio.create_task(host.ask(AnswerKnock(knock=knock.id, answer="admit once")))
    await gate.reached.wait()
    stopping = asyncio.create_task(bob.ask(StopKnocking()))
    gate.open()
    await asyncio.gather(asking, stopping)
    assert not isinstance(asking.result(), Refused)
    await host.until(lambda: at_the_door(host) == {}, "Bob is still shown")


@pytest.mark.parametrize("kind", ["account", "email", "link", "unnamed link", "nothing"])
async def test_hosts_see_what_was_granted_to_whoever_should_knock(
    street: Street, kind: str
) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    grants, joining = street.server.stores.grants, street.server.stores.accounts.joining
    await joining.confirm_email((await joining.confirmation_link(bob)).reveal())
    key = None
    match kind:
        case "account":
            await grants.add(room, grants.by_account("knock", bob))
        case "email":
            await grants.add(room, grants.by_email("knock", bob.email))
        case "link" | "unnamed link":
            new, made = grants.by_link("knock", "choir" if kind == "link" else "")
            await grants.add(room, new)
            key = made.reveal()
    host = await street.watch(ada)
    new, other = grants.by_link("host", "club")
    await grants.add(room, new)
    by_link = await street.enter("study", "Carol", key=other.reveal())
    page = await street.connect("Bob", None if key else bob)
    await page.ask(Look(name="study", key=key))
    assert isinstance(await page.ask(KnockCommand(name="Bob")), KnockSeen)
    knock = await knock_of(host, "Bob")
    expected = {
        "account": ("account", bob.user_name),
        "email": ("email", bob.email),
        "link": ("link", "choir"),
        "unnamed link": ("link", ""),
        "nothing": (None, ""),
    }
    assert (knock.known, knock.invited) == expected[kind]
    knock = await knock_of(by_link, "Bob")
    private = kind in {"account", "email"}
    assert (knock.known, knock.invited) == ((None, "") if private else expected[kind])
