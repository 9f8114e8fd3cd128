"""What doors ask: who is this, and what they may do with their own account."""

from collections.abc import AsyncIterator, Callable
from typing import Final, Literal, Protocol

from meetd.accounts.account import Account, Consent, Session, SignedIn, refuse
from meetd.accounts.address_changes import AddressChanges
from meetd.accounts.attempts import Attempts
from meetd.accounts.challenges import Challenges
from meetd.accounts.closing import Closing
from meetd.accounts.ending import Ending
from meetd.accounts.holdings import AccountHolding
from meetd.accounts.identity import check_identity
from meetd.accounts.joining import Joining
from meetd.accounts.passkeys import Passkeys
from meetd.accounts.passwords import Passwords
from meetd.accounts.proofs import Proofs
from meetd.accounts.session_store import SessionsEnded
from meetd.accounts.signing_in import SigningIn
from meetd.accounts.store import Also
from meetd.accounts.stores import Stores
from meetd.accounts.teams import Teams
from meetd.config.settings import Accounts as Settings
from meetd.core.clock import Clock
from meetd.core.periods import Months
from meetd.core.private import Private
from meetd.storage.database import Database, Transaction
from meetd.storage.vault import Vault

UNUSED: Final = Months(24)
"""How long an account stays that nobody signs in to, unless the settings say otherwise."""

_Act = Literal["account-blocked", "account-erased"]


class Log(Protocol):
    """The audit log, as far as it is needed here: a line in the transaction of the act."""

    async def append_in(
        self, transaction: Transaction, act: _Act, *, actor: str, subject: str
    ) -> object: ...

    async def note_held(self, what: str, *, actor: str) -> None: ...


class Accounts:
    """Everybody with an account. ``joining`` makes them, ``signing_in`` lets them in, ``reach``
    knows how they want to be told of a knock."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        stores: Stores,
        clock: Clock,
        log: Log,
        needs_confirmation: bool,
        unused: Months,
    ) -> None:
        """``unused``: how long an account stays that nobody signs in to."""
        passwords, attempts = Passwords(), Attempts(settings, clock)
        self._store = stores.accounts
        self._sessions = stores.sessions
        self._log = log
        self._changed: list[Callable[[str], None]] = []
        self._ended: list[SessionsEnded] = []
        self._sessions.on_ended(self._announce_end)
        self.holding = AccountHolding(stores)
        self.ending = Ending(stores.ending, stores.accounts, unused, clock)
        self.proofs = Proofs(clock)
        self.reach = stores.reach
        self.teams = Teams(stores.teams, stores.accounts, clock)
        self.joining = Joining(
            settings=settings,
            database=database,
            vault=vault,
            accounts=stores.accounts,
            links=stores.links,
            passwords=passwords,
            attempts=attempts,
        )
        self.signing_in = SigningIn(
            database=database,
            stores=stores,
            passwords=passwords,
            attempts=attempts,
            needs_confirmation=needs_confirmation,
            announce_end=self._announce_end,
        )
        self.passkeys = Passkeys(
            stores=stores,
            attempts=attempts,
            challenges=Challenges(clock),
            proofs=self.proofs,
            needs_confirmation=needs_confirmation,
        )
        self.closing = Closing(
            database, stores, self.signing_in, self.proofs, self._announce_end, log
        )
        self.address_changes = AddressChanges(
            database=database,
            stores=stores,
            signing_in=self.signing_in,
            proofs=self.proofs,
            announce_end=self._announce_end,
            announce_change=self._announce_change,
        )

    @classmethod
    async def open(
        cls,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        clock: Clock,
        log: Log,
        needs_confirmation: bool = False,
        unused: Months = UNUSED,
    ) -> "Accounts":
        """With the keys it needs of the vault."""
        return cls(
            settings=settings,
            database=database,
            vault=vault,
            stores=await Stores.open(settings, database, vault, clock),
            clock=clock,
            log=log,
            needs_confirmation=needs_confirmation,
            unused=unused,
        )

    def on_changed(self, listener: Callable[[str], None]) -> None:
        """Called with the id of an account whose e-mail address is another one now."""
        self._changed.append(listener)

    def on_sessions_ended(self, listener: SessionsEnded) -> None:
        """Whoever holds something live that rests on a session wants to know when it ends."""
        self._ended.append(listener)

    def on_signed_in(self, listener: Callable[[str], None]) -> None:
        """Called with the id of an account that somebody signed in to."""
        self._sessions.on_begun(listener)

    async def who(self, token: str) -> SignedIn | None:
        """Who is signed in with that token. Unknown, over and blocked are all nobody."""
        return await self._sessions.find(token)

    async def is_signed_in(self, who: SignedIn) -> bool:
        """Does that session still stand?"""
        return any(one.id == who.session.id for one in await self._sessions.of(who.account.id))

    async def by_id(self, account_id: str) -> Account | None:
        return await self._store.by_id(account_id)

    async def active(self, account_id: str) -> Account | None:
        """As it is now; ``None`` when it is blocked, closed or gone."""
        account = await self.by_id(account_id)
        is_there = account is not None and account.blocked_at is None
        return account if is_there and account and account.closed_at is None else None

    async def by_email(self, email: str) -> Account | None:
        return await self._store.by_email(email)

    async def by_user_name(self, user_name: str) -> Account | None:
        return await self._store.by_user_name(user_name)

    async def is_free(self, email: str) -> bool:
        """Could somebody have that address?"""
        return await self._store.is_free(email)

    async def reception_of(self, name: str) -> str | None:
        """Id of the account (unless blocked) or team whose reception has that name. Opens nothing
        encrypted: as quick for a name that is nobody's."""
        account_id = await self._store.id_by_user_name(name)
        team_id = await self.teams.store.id_by_name(name)
        return account_id or team_id

    def all(self) -> AsyncIterator[Account]:
        """Every account, oldest first."""
        return self._store.all()

    async def some(self, offset: int, limit: int) -> list[Account]:
        """At most ``limit`` accounts, oldest first, without the first ``offset``."""
        return await self._store.some(offset, limit)

    async def sessions(self, account_id: str) -> list[Session]:
        return await self._sessions.of(account_id)

    async def consents(self, account_id: str) -> list[Consent]:
        return await self._store.consents(account_id)

    async def change_names(
        self, account: Account, first_name: str, last_name: str, user_name: str
    ) -> None:
        """Raises: AccountRefused with everything that is wrong at once."""
        wanted = user_name or account.user_name
        identity = check_identity(account.email, first_name, last_name, wanted)
        await self._store.set_identity(account.id, identity)

    async def sign_out(self, token: str) -> None:
        """End the session of that token; nothing happens when there is none."""
        found = await self._sessions.find(token)
        await self._sessions.end_token(token)
        if found is not None:
            self._announce_end(found.account.id, found.session.id)

    async def end_session(self, account: Account, session_id: str) -> bool:
        """End one of their own sessions. Returns whether there was one."""
        ended = await self._sessions.end(account.id, session_id)
        if ended:
            self._announce_end(account.id, session_id)
        return ended

    async def end_all_sessions(self, account: Account) -> None:
        await self._sessions.end_all(account.id)
        self._announce_end(account.id)

    async def invite(self, who: Account, email: str) -> Private[str]:
        """A token for one account. Administrators only.

        Raises: AccountRefused.
        """
        if not who.administrator:
            raise refuse("InvitationNeeded")
        return await self.joining.invite(email)

    async def block(self, account: Account, *, actor: str) -> None:
        """For ever. Sessions and links end at once. ``actor``: id of the account that does it."""
        await self._store.block(account.id, self._line("account-blocked", actor, account))
        self._announce_end(account.id)

    async def erase(self, account: Account, *, actor: str) -> None:
        """Everything kept about them here, with their key. ``actor`` as for ``block``.

        Raises: AccountRefused when it is held.
        """
        await self._store.erase(account.id, self._line("account-erased", actor, account))
        self._announce_end(account.id)

    def _line(self, act: _Act, actor: str, account: Account) -> Also:
        """A line of the audit log, to be written with the act."""

        async def also(transaction: Transaction) -> None:
            await self._log.append_in(transaction, act, actor=actor, subject=account.id)

        return also

    def _announce_change(self, account_id: str) -> None:
        for listener in self._changed:
            listener(account_id)

    def _announce_end(self, account_id: str, session_id: str | None = None) -> None:
        for listener in self._ended:
            listener(account_id, session_id)
