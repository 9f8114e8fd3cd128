"""Proving who somebody is: signing in, changing and resetting the password.

Every change of privilege gives a new session; none goes on (session fixation). Unknown, blocked and
wrong get one answer, after the same work.
"""

from collections.abc import Callable, Mapping

from meetd.accounts.account import Account, AccountRefused, SignedIn, refuse
from meetd.accounts.attempts import Attempts
from meetd.accounts.consent import CURRENT, consent_problems
from meetd.accounts.identity import Identity
from meetd.accounts.passwords import Passwords, check_password, normalise_password
from meetd.accounts.stores import Stores
from meetd.core.private import Private
from meetd.storage.database import Database, Transaction


class SigningIn:
    """Checks passwords and begins sessions."""

    def __init__(
        self,
        *,
        database: Database,
        stores: Stores,
        passwords: Passwords,
        attempts: Attempts,
        needs_confirmation: bool,
        announce_end: Callable[[str], None],
    ) -> None:
        """``needs_confirmation``: mail can be sent, so addresses have to be confirmed.
        ``announce_end`` is told whose sessions have all ended."""
        self._database = database
        self._accounts = stores.accounts
        self._sessions = stores.sessions
        self._links = stores.links
        self._addresses = stores.addresses
        self._passwords = passwords
        self._attempts = attempts
        self._announce_end = announce_end
        self.needs_confirmation = needs_confirmation

    def check_attempt(self, email: str, network: str) -> None:
        """Raises: AccountRefused when there were too many."""
        self._attempts.check(network, self._accounts.fingerprint(email))

    async def sign_in(
        self, email: str, password: str, *, network: str, browser: str, instead_of: str | None
    ) -> Private[str]:
        """A new session's token. ``instead_of``: the token the browser came with; it ends.

        Raises: AccountRefused: one answer for an unknown address, a wrong password, no password
        and a blocked account.
        """
        self.check_attempt(email, network)
        found = await self._accounts.password_of(email)
        fits = await self._passwords.fits(password, found and found[1])
        if not fits or found is None:
            raise refuse("SignInFailed")
        account_id, hashed = found
        account = await self._accounts.by_id(account_id)
        if account is None or account.blocked_at is not None:
            raise refuse("SignInFailed")
        if self.needs_confirmation and account.email_confirmed_at is None:
            raise refuse("NotConfirmed", "email")
        if await self._passwords.is_outdated(hashed):
            await self._rehash(account_id, password)
        return await self._sessions.begin(account_id, browser, instead_of)

    async def begin(self, account_id: str, browser: str, instead_of: str | None) -> Private[str]:
        """A session for somebody who has just proved who they are in another way."""
        return await self._sessions.begin(account_id, browser, instead_of)

    async def prove(self, who: SignedIn, password: str, *, network: str) -> Private[str]:
        """The session's new token, with which it counts as proved.

        Raises: AccountRefused.
        """
        await self.check_current(who.account, password, network)
        return await self._sessions.prove(who.session.id)

    async def change_password(
        self, who: SignedIn, current: str, new: str, *, network: str, browser: str
    ) -> Private[str]:
        """Everybody else who is signed in as them is out; this browser gets a new session.

        Raises: AccountRefused.
        """
        account = who.account
        await self.check_current(account, current, network)
        await self._set(account.id, await self._hash(new, account))
        return await self._sessions.begin(account.id, browser)

    async def check_reset(self, token: str) -> bool:
        """May a new password be chosen with that link? Returns whether consent is to be asked.

        Raises: AccountRefused.
        """
        link = await self._links.look("reset", token)
        if link is None or link.account_id is None:
            raise refuse("LinkInvalid")
        return not await self._accounts.consents(link.account_id)

    async def reset_password(
        self, token: str, new: str, *, terms: bool, age: bool, network: str
    ) -> str:
        """Choose a new password with a link, which came to their address or from whoever runs the
        server. All sessions and links of the account end. Returns the account's id.

        Raises: AccountRefused.
        """
        self._attempts.check(network)
        asks = await self.check_reset(token)
        link = await self._links.look("reset", token)
        account = await self._accounts.by_id((link and link.account_id) or "")
        if account is None or account.blocked_at is not None:
            raise refuse("LinkInvalid")
        if asks and (problems := consent_problems(terms=terms, age=age)):
            raise AccountRefused(*problems)
        hashed = await self._hash(new, account)
        await self._set(account.id, hashed, token=token, consents=CURRENT if asks else {})
        return account.id

    async def check_current(self, account: Account, password: str, network: str) -> None:
        """Is it their password? Counts as an attempt.

        Raises: AccountRefused.
        """
        self.check_attempt(account.email, network)
        hashed = await self._accounts.password_by_id(account.id)
        if not await self._passwords.fits(password, hashed):
            raise refuse("PasswordWrong", "current")

    async def _hash(self, password: str, account: Account) -> Private[str]:
        identity = Identity(account.email, account.first_name, account.last_name, account.user_name)
        return await self._passwords.hash(check_password(password, identity.words))

    async def _set(
        self,
        account_id: str,
        hashed: Private[str],
        token: str | None = None,
        consents: Mapping[str, str] | None = None,
    ) -> None:
        async def work(transaction: Transaction) -> None:
            if token is not None:
                if await self._links.take(transaction, "reset", token) is None:
                    raise refuse("LinkInvalid")
                await self._accounts.confirm_email(transaction, account_id)
                await self._accounts.add_consents(transaction, account_id, consents or {})
            await self._accounts.set_password(transaction, account_id, hashed)
            await self._sessions.end_all_in(transaction, account_id)
            await self._links.end_all_in(transaction, account_id)
            await self._addresses.cancel_in(transaction, account_id)

        await self._database.write(work)
        self._announce_end(account_id)

    async def _rehash(self, account_id: str, password: str) -> None:
        hashed = await self._passwords.hash(normalise_password(password))

        async def work(transaction: Transaction) -> None:
            await self._accounts.set_password(transaction, account_id, hashed)

        await self._database.write(work)
