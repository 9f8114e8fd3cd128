"""Changing an e-mail address: both ends agree first, and for a week the old one can take it back.

An address is the way to a new password, so whoever could change it alone could take the account
over for good. Whether the new address has an account is told to its mailbox only.
"""

from collections.abc import Callable
from typing import Literal

from meetd.accounts.account import Account, SignedIn, refuse
from meetd.accounts.address_store import AddressChange, Side
from meetd.accounts.identity import check_email, email_key
from meetd.accounts.link_store import Link, Purpose
from meetd.accounts.proofs import Proofs
from meetd.accounts.signing_in import SigningIn
from meetd.accounts.stores import Stores
from meetd.core.private import Private
from meetd.storage.database import Database, Transaction

Undone = Literal["cancelled", "taken back"]

_PURPOSE: dict[Side, Purpose] = {"old": "change-old", "new": "change-new"}
_UNDO: Purpose = "change-undo"


class AddressChanges:
    """Asks, confirms, makes and takes back."""

    def __init__(
        self,
        *,
        database: Database,
        stores: Stores,
        signing_in: SigningIn,
        proofs: Proofs,
        announce_end: Callable[[str], None],
        announce_change: Callable[[str], None],
    ) -> None:
        """``announce_end`` is told whose sessions have all ended, ``announce_change`` whose address
        is another one."""
        self._database = database
        self._accounts = stores.accounts
        self._addresses = stores.addresses
        self._sessions = stores.sessions
        self._links = stores.links
        self._passkeys = stores.passkeys
        self._signing_in = signing_in
        self._proofs = proofs
        self._announce_end = announce_end
        self._announce_change = announce_change

    async def of(self, account_id: str) -> AddressChange | None:
        """The change that waits, or was made and can be taken back."""
        return await self._addresses.of(account_id)

    async def ask(self, who: SignedIn, email: str, password: str, *, network: str) -> str:
        """Begin a change. ``password`` counts when who it is was not proved lately. Returns the
        new address; whether it is free is not looked at yet.

        Raises: AccountRefused.
        """
        account = who.account
        if self._proofs.is_fresh(who):
            self._signing_in.check_attempt(account.email, network)
        else:
            await self._signing_in.check_current(account, password, network)
        new = check_email(email, "new_email")
        if email_key(new) == email_key(account.email):
            raise refuse("EmailUnchanged", "new_email")
        old_fingerprint = self._accounts.fingerprint(account.email)
        await self._addresses.ask(account, new, old_fingerprint)
        return new

    async def link(self, side: Side, account: Account) -> Private[str]:
        """A token for that address to agree with. The one before ends.

        Raises: AccountRefused when no change waits.
        """
        change = await self._addresses.of(account.id)
        if change is None or change.changed_at is not None:
            raise refuse("LinkInvalid")
        return await self._links.make(_PURPOSE[side], account_id=account.id, email=change.new)

    async def undo_link(self, account: Account) -> Private[str]:
        """A token for the old address to cancel the change, and to take it back afterwards."""
        return await self._links.make(_UNDO, account_id=account.id)

    async def confirm(self, side: Side, token: str) -> bool:
        """That address agrees. Returns whether both did, and the change is made.

        Raises: AccountRefused; then the link is not used up.
        """

        async def work(transaction: Transaction) -> str | None:
            link = await self._links.take(transaction, _PURPOSE[side], token)
            account_id = _account_of(link)
            change = await self._addresses.note_confirmed_in(transaction, account_id, side)
            if link is None or change is None or link.email != change.new:
                raise refuse("LinkInvalid")
            if change.old_confirmed_at is None or change.new_confirmed_at is None:
                return None
            await self._accounts.set_email(transaction, account_id, change.new)
            await self._addresses.note_changed_in(transaction, account_id)
            # Those that went to the old address are no longer its owner's.
            await self._links.end_all_in(transaction, account_id)
            return account_id

        changed = await self._database.write(work)
        if changed is not None:
            self._announce_change(changed)
        return changed is not None

    async def cancel(self, account: Account) -> None:
        """Its owner does not want it any more. One that was made stays."""

        async def work(transaction: Transaction) -> None:
            await self._addresses.cancel_in(transaction, account.id)
            await self._links.end_in(transaction, account.id, ("change-old", "change-new"))

        await self._database.write(work)

    async def undo(self, token: str) -> tuple[Undone, str]:
        """The old address says that it was somebody else. A change that waits is cancelled. One
        that was made is taken back, and with it everything that could let that person in again:
        sessions, links, the password, all passkeys. Returns which, and the account's id.

        Raises: AccountRefused.
        """

        async def work(transaction: Transaction) -> tuple[Undone, str]:
            account_id = _account_of(await self._links.take(transaction, _UNDO, token))
            change = await self._addresses.of_in(transaction, account_id)
            if change is None:
                raise refuse("LinkInvalid")
            await self._addresses.forget_in(transaction, account_id)
            if change.changed_at is None:
                await self._links.end_in(transaction, account_id, ("change-old", "change-new"))
                return "cancelled", account_id
            await self._take_back(transaction, change)
            return "taken back", account_id

        undone, account_id = await self._database.write(work)
        if undone == "taken back":
            self._announce_end(account_id)
        return undone, account_id

    async def _take_back(self, transaction: Transaction, change: AddressChange) -> None:
        account_id = change.account_id
        await self._accounts.set_email(transaction, account_id, change.old)
        await self._accounts.remove_password(transaction, account_id)
        await self._passkeys.remove_all_in(transaction, account_id)
        await self._sessions.end_all_in(transaction, account_id)
        await self._links.end_all_in(transaction, account_id)


def _account_of(link: Link | None) -> str:
    """Raises: AccountRefused when the link is not valid any more."""
    if link is None or link.account_id is None:
        raise refuse("LinkInvalid")
    return link.account_id
