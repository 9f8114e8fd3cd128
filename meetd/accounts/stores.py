"""Everything that accounts keep, opened together."""

from dataclasses import dataclass

from meetd.accounts.address_store import AddressStore
from meetd.accounts.ending_store import EndingStore
from meetd.accounts.link_store import LinkStore
from meetd.accounts.passkey_store import PasskeyStore
from meetd.accounts.reach_store import ReachStore
from meetd.accounts.session_store import DAY, Lifetimes, SessionStore
from meetd.accounts.store import AccountStore
from meetd.accounts.team_store import TeamStore
from meetd.config.settings import Accounts as Settings
from meetd.core.clock import Clock
from meetd.storage.database import Database
from meetd.storage.vault import Vault


@dataclass(frozen=True)
class Stores:
    """One for each of their tables, or two that belong together."""

    accounts: AccountStore
    sessions: SessionStore
    links: LinkStore
    passkeys: PasskeyStore
    addresses: AddressStore
    reach: ReachStore
    teams: TeamStore
    ending: EndingStore

    @classmethod
    async def open(
        cls, settings: Settings, database: Database, vault: Vault, clock: Clock
    ) -> "Stores":
        """With the keys they need of the vault."""
        accounts = await AccountStore.open(database, vault, clock)
        lifetimes = Lifetimes(settings.session_idle_days * DAY, settings.session_days * DAY)
        return cls(
            accounts=accounts,
            sessions=SessionStore(database, accounts, lifetimes, clock),
            links=await LinkStore.open(database, vault, clock),
            passkeys=await PasskeyStore.open(database, vault, clock),
            addresses=await AddressStore.open(database, vault, clock),
            reach=ReachStore(database, vault),
            teams=TeamStore(database, clock),
            ending=EndingStore(database),
        )
