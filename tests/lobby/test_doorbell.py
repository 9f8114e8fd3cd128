"""A knock with nobody there reaches the host by mail and by notification, and the answer admits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from meetd.accounts.account import Account
from meetd.accounts.reach import QuietHours, Reach
from meetd.calling.call import Call, Told
from meetd.calling.caller import Caller
from meetd.lobby.doorbell import Doorbell
from meetd.protocol.door import AnswerKnock, Knock, KnockSeen, StopKnocking
from tests.support.door import Gate, Street, knock_of, place_of, state_of
from tests.support.guest import Guest, guests_at
from tests.support.postbox import Postbox, open_postbox
from tests.support.push_service import PushService, open_push_service
from tests.support.server import running_server, test_settings

PUBLIC = "http://meet.localhost"
HOST = {"Host": "meet.localhost", "Origin": PUBLIC}


@dataclass
class Evening:
    """Ada is away; she has mail and a browser with notifications."""

    street: Street
    url: str
    postbox: Postbox
    service: PushService
    ada: Account

    async def knock(self, name: str, door: str = "study", kind: str = "room") -> Guest:
        guest, _ = await self.street.look(door, name, kind=kind)
        answer = await guest.ask(Knock(name=name, message="It is me"))
        assert isinstance(answer, KnockSeen)
        return guest

    async def answer(self, path: str, verdict: str) -> str:
        """Press a button on the page behind a link, signed in nowhere."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path, data={"verdict": verdict}, headers=HOST) as response,
        ):
            return await response.text()


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with AsyncExitStack() as stack:
        postbox = await stack.enter_async_context(open_postbox())
        service = await stack.enter_async_context(open_push_service())
        mail = {
            "host": "127.0.0.1",
            "port": postbox.port,
            "encryption": "off",
            "sender": "meetd@example.org",
        }
        settings = test_settings(
            accounts={"registration": "open"},
            server={"port": 0, "public_url": PUBLIC},
            push={"services": [service.entry]},
            calls={"pause_seconds": 0},
            mail=mail,
        )
        server, _ = await stack.enter_async_context(running_server(tmp_path, settings))
        local = f"http://127.0.0.1:{server.port}"
        guests = await stack.enter_async_context(guests_at(local, **HOST))
        street = Street(server, guests)
        ada = await street.account("Ada")
        token = await server.stores.accounts.joining.confirmation_link(ada)
        await server.stores.accounts.joining.confirm_email(token.reveal())
        await street.room("study", ada)
        who = await server.stores.accounts.who(street.token(ada))
        assert who is not None
        browser = service.browser()
        await server.house.caller._push.subscribe(
            ada.id, who.session.id, **browser.offer, browser=""
        )
        yield Evening(street, local, postbox, service, ada)


def calls_of(caller: Caller) -> asyncio.Queue[str]:
    """Names of whoever is called for from now on, whatever becomes of it."""
    calls: asyncio.Queue[str] = asyncio.Queue()
    work = caller.call

    async def call(call: Call) -> Told:
        calls.put_nowait(call.knocker)
        return await work(call)

    caller.call = call  # type: ignore[method-assign]
    return calls


async def test_the_link_in_the_mail_admits_once(evening: Evening) -> None:
    bob = await evening.knock("Bob")
    letter, text = await evening.postbox.next()
    assert letter["Subject"] == "Bob knocks at study"
    await bob.seen(KnockSeen, lambda event: event.told)
    link = next(line for line in text.splitlines() if "/answer/" in line).removeprefix(PUBLIC)
    assert "Admitted" in await evening.answer(link, "admit")
    await bob.until(lambda: state_of(bob) == "admitted", "Bob was not told")
    assert "does not work any more" in await evening.answer(link, "turn_away")
    inside = await evening.street.enter("study", "Bob", place=place_of(bob))
    assert inside.people == ["Bob"]


async def test_the_action_of_the_notification_admits(evening: Evening) -> None:
    bob = await evening.knock("Bob")
    notice = (await evening.service.next()).notice
    assert notice["title"] == "Bob knocks at study"
    assert "Turned away" in await evening.answer(notice["link"], "turn_away")
    await bob.until(lambda: state_of(bob) == "turned away", "Bob was not told")


async def test_nobody_is_called_who_watches_the_door(evening: Evening) -> None:
    host = await evening.street.watch(evening.ada)
    bob = await evening.knock("Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    await bob.until(lambda: state_of(bob) == "admitted", "Bob was not told")
    assert evening.postbox.letters == []


async def test_a_reception_of_nobody_says_that_somebody_was_told_too(evening: Evening) -> None:
    """Else whoever knocks would learn which user names exist."""
    known = await evening.knock("Bob", evening.ada.user_name, "reception")
    unknown = await evening.knock("Bob", "nobody-at-all", "reception")
    for guest in (known, unknown):
        await guest.seen(KnockSeen, lambda event: event.told)


async def test_a_host_who_could_not_be_told_is_called_again_while_somebody_waits(
    evening: Evening,
) -> None:
    server = evening.street.server
    server.gathering.doorbell._pause_seconds = 0.05
    night = QuietHours(0, 1_439, "UTC")
    await server.stores.accounts.reach.keep(evening.ada.id, Reach(quiet=night))
    rings = calls_of(server.house.caller)
    bob, eve = await evening.knock("Bob"), await evening.knock("Eve")
    await eve.ask(StopKnocking())
    async with asyncio.timeout(10):
        while [await rings.get(), await rings.get()] != ["Bob", "Bob"]:
            """Eve had rung before she left."""
    assert not any(event.told for event in bob.events if isinstance(event, KnockSeen))
    await server.stores.accounts.reach.keep(evening.ada.id, Reach())
    letter, _ = await evening.postbox.next()
    assert letter["Subject"] == "Bob knocks at study"
    await bob.seen(KnockSeen, lambda event: event.told)
    await server.gathering.doorbell._errands.finished()
    assert server.gathering.doorbell._waiting == {}, "it rings although everybody was told"
    assert evening.postbox.letters == []


async def test_who_waited_when_the_server_stopped_is_rung_for(evening: Evening) -> None:
    server = evening.street.server
    night = QuietHours(0, 1_439, "UTC")
    await server.stores.accounts.reach.keep(evening.ada.id, Reach(quiet=night))
    bob = await evening.knock("Bob")
    await server.gathering.doorbell.close()
    await server.stores.accounts.reach.keep(evening.ada.id, Reach())
    after = Doorbell(
        lobbies=server.house.lobbies,
        doorstep=server.gathering.doorstep,
        desk=server.gathering.doorbell._desk,
        doors=server.house.doors,
        accounts=server.stores.accounts,
        caller=server.house.caller,
        pause_seconds=0,
        unanswered_seconds=0.05,
    )
    after.open()
    await evening.postbox.next()
    await bob.seen(KnockSeen, lambda event: event.told)
    await after.close()


async def test_a_visitor_who_leaves_while_hosts_are_called_leaves_no_link(
    evening: Evening,
) -> None:
    server = evening.street.server
    gate = Gate(server.house.caller, "call")
    bob = await evening.knock("Bob")
    await gate.reached.wait()
    await bob.ask(StopKnocking())
    gate.open()
    _, text = await evening.postbox.next()
    link = next(line for line in text.splitlines() if "/answer/" in line).removeprefix(PUBLIC)
    await server.gathering.doorbell._errands.finished()
    assert "does not work any more" in await evening.answer(link, "admit")


@pytest.mark.parametrize("quiet", [None, QuietHours(0, 1_439, "UTC")])
async def test_a_reception_says_the_same_whoever_receives_there(
    evening: Evening, quiet: QuietHours | None
) -> None:
    """Asleep, called too often, or nobody at all: the same messages in the same order."""
    reach = Reach(quiet=quiet, by_mail=quiet is None)
    await evening.street.server.stores.accounts.reach.keep(evening.ada.id, reach)
    heard = []
    for door in (evening.ada.user_name, "nobody-at-all"):
        guest = await evening.knock("Bob", door, "reception")
        await guest.seen(KnockSeen, lambda event: event.told)
        heard.append(
            [(type(event).__name__, getattr(event, "told", None)) for event in guest.events]
        )
    assert heard[0] == heard[1]
