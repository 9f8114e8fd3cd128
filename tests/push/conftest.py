"""A running server, a push service beside it, and people with accounts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from meetd.app import Server
from meetd.push.pushing import Push
from meetd.push.services import Services
from meetd.push.store import PushStore
from meetd.push.vapid import Vapid
from meetd.serving.outgoing import Outgoing
from tests.accounts.conftest import GOOD, NETWORK, HandClock, form
from tests.support.push_service import PushBrowser, PushService, open_push_service
from tests.support.server import running_server, test_settings


@dataclass
class House:
    """Everything a test of notifications needs."""

    server: Server
    service: PushService
    push: Push
    outgoing: Outgoing
    clock: HandClock

    async def person(self, email: str = "ada@example.org") -> tuple[str, str]:
        """A new account's id, and that of its session."""
        account = await self.server.stores.accounts.joining.sign_up(form(email), NETWORK)
        return account.id, await self.session(email)

    async def session(self, email: str = "ada@example.org") -> str:
        """A new one's id."""
        token = await self.server.stores.accounts.signing_in.sign_in(
            email, GOOD, network=NETWORK, browser="Firefox, Linux", instead_of=None
        )
        who = await self.server.stores.accounts.who(token.reveal())
        assert who is not None
        return who.session.id

    async def subscribe(self, account_id: str, session_id: str, **changes: Any) -> PushBrowser:
        browser = self.service.browser()
        await self.push.subscribe(
            account_id, session_id, **{**browser.offer, "browser": "Firefox, Linux"} | changes
        )
        return browser

    async def quiet(self) -> None:
        """When nothing is on its way any more."""
        while len(self.push._errands):
            await self.push._errands.finished()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = HandClock()
    settings = test_settings(accounts={"registration": "open"})
    async with (
        open_push_service() as service,
        running_server(tmp_path, settings, clock) as (server, _),
    ):
        outgoing = Outgoing()
        push = Push(
            store=await PushStore.open(server.stores.database, server.stores.vault, clock),
            services=Services((service.entry, "*.push.example.org")),
            vapid=await Vapid.open(server.stores.vault, "mailto:keeper@example.org", clock),
            send=outgoing,
            pause=0,
        )
        yield House(server, service, push, outgoing, clock)
        await push.close()
        await outgoing.close()
