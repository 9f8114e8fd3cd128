"""Accounts on a real database, with a clock that tests move."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from meetd.accounts.accounts import Accounts
from meetd.accounts.joining import SignUp
from meetd.audit.log import AuditLog
from meetd.config.settings import Accounts as Settings
from meetd.core.private import Private
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key_source import load_master_key
from meetd.storage.vault import Vault
from tests.support.server import prepare_data

GOOD = "correct horse battery"
NETWORK = "203.0.113.7"
Open = Callable[..., Awaitable["House"]]


class HandClock:
    """Time moved by hand."""

    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1_000

    def forward(self, *, days: float = 0, seconds: float = 0) -> None:
        self.ms += round(days * 86_400_000 + seconds * 1_000)


class House:
    """What a test needs to look behind the accounts as well."""

    def __init__(self, accounts: Accounts, database: Database, keys: Database, clock: HandClock):
        self.accounts = accounts
        self.database = database
        self.keys = keys
        self.clock = clock

    async def sign_up(self, email: str = "ada@example.org", **changes: Any) -> Any:
        return await self.accounts.joining.sign_up(form(email, **changes), NETWORK)

    async def sign_in(self, email: str = "ada@example.org", password: str = GOOD) -> str:
        token = await self.accounts.signing_in.sign_in(
            email, password, network=NETWORK, browser="Firefox, Linux", instead_of=None
        )
        return token.reveal()


def form(email: str = "ada@example.org", **changes: Any) -> SignUp:
    values: dict[str, Any] = {
        "way": "open",
        "token": Private(""),
        "email": email,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "user_name": "",
        "password": Private(GOOD),
        "terms": True,
        "age": True,
    }
    return SignUp(**values | changes)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    """``await opened(...)``: accounts with those settings; registration is open unless said."""
    async with AsyncExitStack() as stack:

        async def start(*, needs_confirmation: bool = False, **settings: Any) -> House:
            await prepare_data(tmp_path)
            directory = DataDirectory(tmp_path)
            clock = HandClock()
            database = Database(directory.database)
            keys = Database(directory.keys_database, readers=1)
            for each in (database, keys):
                await each.open()
                stack.push_async_callback(each.close)
            vault = Vault(keys, load_master_key(directory, ""), clock)
            accounts = await Accounts.open(
                settings=Settings(**{"registration": "open"} | settings),
                database=database,
                vault=vault,
                clock=clock,
                log=await AuditLog.open(database, vault, clock),
                needs_confirmation=needs_confirmation,
            )
            return House(accounts, database, keys, clock)

        yield start


@pytest.fixture
async def house(opened: Open) -> House:
    return await opened()
