"""Somebody closes their account: at once for everybody, and for a week they can come back."""

from collections.abc import Callable
from typing import Final, Protocol

from meetd.accounts.account import Account, AccountRefused, SignedIn, refuse
from meetd.accounts.proofs import Proofs
from meetd.accounts.signing_in import SigningIn
from meetd.accounts.stores import Stores
from meetd.core.periods import DAY, Span
from meetd.storage.database import Database, Transaction

TO_COME_BACK: Final = Span(7 * DAY)
"""After that the account is erased. A sign-in before opens it again (``SessionStore.begin``)."""


class Log(Protocol):
    """The audit log, as far as it is needed here."""

    async def note_held(self, what: str, *, actor: str) -> None: ...


class Closing:
    """Of all accounts of a server."""

    def __init__(
        self,
        database: Database,
        stores: Stores,
        signing_in: SigningIn,
        proofs: Proofs,
        announce_end: Callable[[str], None],
        log: Log,
    ) -> None:
        self._log = log
        self._database = database
        self._accounts = stores.accounts
        self._sessions = stores.sessions
        self._links = stores.links
        self._signing_in = signing_in
        self._proofs = proofs
        self._announce_end = announce_end
        self.due = stores.accounts.closed_before

    async def close(self, who: SignedIn, password: str, network: str) -> None:
        """Sessions and links end at once. ``password`` is looked at unless they proved lately who
        they are.

        Raises: AccountRefused.
        """
        account = who.account
        if not self._proofs.is_fresh(who):
            await self._signing_in.check_current(account, password, network)
        try:
            await self._close(account)
        except AccountRefused as refused:
            if refused.problems[0].reason == "AccountHeld":
                await self._log.note_held("close account", actor=account.id)
            raise
        self._announce_end(account.id)

    async def _close(self, account: Account) -> None:
        async def work(transaction: Transaction) -> None:
            await self._accounts.check_not_held(transaction, account.id)
            if not await self._accounts.close_in(transaction, account.id):
                raise refuse("LastKeeper")
            await self._sessions.end_all_in(transaction, account.id)
            await self._links.end_all_in(transaction, account.id)

        await self._database.write(work)
