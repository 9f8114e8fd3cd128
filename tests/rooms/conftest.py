"""Rooms and grants on a real database, with a clock that tests move."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from meetd.accounts.account import Account
from meetd.accounts.identity import check_identity
from meetd.core.refusals import InviteLinkInvalid
from meetd.rooms.room import Room
from meetd.storage.directory import DataDirectory
from meetd.stores import Stores, open_stores
from tests.accounts.conftest import NETWORK, HandClock, form
from tests.support.server import prepare_data, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})


class Estate:
    """The stores of one data directory."""

    def __init__(self, stores: Stores, clock: HandClock) -> None:
        self.stores = stores
        self.rooms = stores.rooms
        self.grants = stores.grants
        self.clock = clock

    async def account(self, name: str) -> Account:
        """Somebody whose e-mail address is known to be theirs."""
        identity = check_identity(f"{name}@example.org", name, "Example", name)
        return await self.stores.accounts.joining.add(identity, None, administrator=False)

    async def signed_up(self, name: str) -> Account:
        """Somebody who has not confirmed their e-mail address yet."""
        sign_up = form(f"{name}@example.org", user_name=name)
        account: Account = await self.stores.accounts.joining.sign_up(sign_up, NETWORK)
        assert account.email_confirmed_at is None
        return account

    async def confirmed(self, account: Account) -> Account:
        """The same, once the address is confirmed."""
        joining = self.stores.accounts.joining
        await joining.confirm_email((await joining.confirmation_link(account)).reveal())
        changed = await self.stores.accounts.by_id(account.id)
        assert changed is not None
        assert changed.email_confirmed_at is not None
        return changed

    async def uses(self, grant_id: str, account: Account | None = None) -> bool:
        """Enter with it; whether that was possible."""
        with suppress(InviteLinkInvalid):
            await self.stores.database.write(await self.grants.using(grant_id, account))
            return True
        return False

    async def room(self, name: str, owner: Account) -> Room:
        return await self.rooms.make_owned(name, owner.id, locked=True)

    async def labels(self, room: Room, account: Account | None = None, key: str = "") -> list[str]:
        """What stands for that account or key."""
        standing = await self.grants.standing(room.id, account, key or None)
        return sorted(grant.label for grant in standing)


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    await prepare_data(tmp_path)
    clock = HandClock()
    async with AsyncExitStack() as stack:
        directory = DataDirectory(tmp_path)
        yield Estate(await open_stores(stack, SETTINGS, directory, clock), clock)
