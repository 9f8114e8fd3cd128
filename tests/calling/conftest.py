"""A running server with a postbox, a push service and a lobby that remembers what it was told."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from meetd.accounts.account import Account
from meetd.app import Server
from meetd.calling.call import Call, Outcome, Verdict
from meetd.core.ids import new_id
from meetd.core.refusals import Refusal
from tests.accounts.conftest import GOOD, NETWORK, HandClock, form
from tests.support.people import Browser, browser_at
from tests.support.postbox import Postbox, open_postbox
from tests.support.push_service import PushBrowser, PushService, open_push_service
from tests.support.server import running_server, test_settings

PUBLIC = "http://meet.localhost"
HOST: dict[str, Any] = {"Host": "meet.localhost", "Origin": PUBLIC}


@dataclass
class Lobby:
    """Stands for whoever keeps the knocks."""

    outcome: Outcome = "done"
    refusal: Refusal | None = None
    answers: list[tuple[str, str, Verdict]] = field(default_factory=list)

    async def answer(self, knock_id: str, account_id: str, verdict: Verdict) -> Outcome:
        if self.refusal is not None:
            raise self.refusal
        self.answers.append((knock_id, account_id, verdict))
        return self.outcome


@dataclass
class House:
    """Everything a test of calls needs."""

    server: Server
    postbox: Postbox
    service: PushService
    lobby: Lobby
    clock: HandClock

    async def host(self, email: str = "ada@example.org", *, confirmed: bool = True) -> Account:
        accounts = self.server.stores.accounts
        account: Account = await accounts.joining.sign_up(form(email), NETWORK)
        if confirmed:
            token = await accounts.joining.confirmation_link(account)
            await accounts.joining.confirm_email(token.reveal())
        return account

    async def browser_of(self, host: Account) -> PushBrowser:
        """With notifications."""
        token = await self.server.stores.accounts.signing_in.sign_in(
            host.email, GOOD, network=NETWORK, browser="", instead_of=None
        )
        who = await self.server.stores.accounts.who(token.reveal())
        assert who is not None
        browser = self.service.browser()
        push = self.server.house.caller._push
        await push.subscribe(host.id, who.session.id, **browser.offer, browser="")
        return browser

    def knock(self, *hosts: Account, **changes: Any) -> Call:
        values: dict[str, Any] = {
            "knock_id": new_id(),
            "door": "garden",
            "knocker": "Bob",
            "message": "It is me",
            "knocked_at": self.clock.now(),
            "account_ids": tuple(host.id for host in hosts),
            "network": new_id(),
        }
        return Call(**values | changes)

    async def call(self, *hosts: Account, **changes: Any) -> Call:
        """A knock of a network of its own; waits until everything has gone out."""
        call = self.knock(*hosts, **changes)
        await self.server.house.caller.call(call)
        await self.quiet()
        return call

    async def quiet(self) -> None:
        """When nothing is on its way any more."""
        caller = self.server.house.caller
        waiting = (caller._errands, caller._post._errands, caller._push._errands)
        while any(waiting):
            for errands in waiting:
                await errands.finished()

    async def link(self, host: Account, **changes: Any) -> str:
        """The path of a link to answer, as it came by mail."""
        await self.call(host, **changes)
        _, text = await self.postbox.next()
        return link_in(text)


def link_in(text: str) -> str:
    return next(line for line in text.splitlines() if "/answer/" in line).removeprefix(PUBLIC)


def token_in(link: str) -> str:
    return link.rpartition("/")[2]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = HandClock()
    async with AsyncExitStack() as stack:
        postbox = await stack.enter_async_context(open_postbox())
        service = await stack.enter_async_context(open_push_service())
        settings = test_settings(
            accounts={"registration": "open"},
            server={"port": 0, "public_url": PUBLIC},
            push={"services": [service.entry]},
            mail={
                "host": "127.0.0.1",
                "port": postbox.port,
                "encryption": "off",
                "sender": "meetd@example.org",
            },
        )
        server, _ = await stack.enter_async_context(running_server(tmp_path, settings, clock))
        lobby = Lobby()
        server.house.caller.answers_go_to(lobby)
        yield House(server, postbox, service, lobby, clock)


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    """Of somebody who is not signed in."""
    async with browser_at(f"http://127.0.0.1:{house.server.port}") as browser:
        yield browser
