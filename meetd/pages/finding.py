"""Somebody else, by user name or e-mail address, as an owner types it."""

import math
from typing import Final

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.accounts.identity import MAX_EMAIL, MAX_USER_NAME, check_email
from meetd.core.clock import Clock
from meetd.core.limits import Buckets
from meetd.pages.own_rooms import Wrong
from meetd.rooms.grant import Grant

MAX_TYPED: Final = MAX_EMAIL
_LOOKS: Final = 30
_PER_SECONDS: Final = 600


class Finding:
    """User names are known among people; still nobody should try out a list of them, or of
    addresses, so looking is limited per account."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._buckets = Buckets(_LOOKS / _PER_SECONDS, _LOOKS)

    def email(self, typed: str) -> str | None:
        """The address, when one was typed. Raises: AccountRefused when it is none after all."""
        return check_email(typed) if "@" in typed else None

    async def first_name(self, account_id: str) -> str:
        """Empty when that account is gone."""
        found = await self._accounts.by_id(account_id)
        return found.first_name if found else ""

    async def holder(self, email: str, asking: Account) -> Account | None:
        """Who has confirmed that address. Raises: Wrong, after too many."""
        self._check_rate(asking)
        found = await self._accounts.by_email(email)
        return found if found is not None and found.email_confirmed_at is not None else None

    async def granted(self, grant: Grant, asking: Account) -> Account | None:
        """To whom that was, by name or by an address they confirmed. Raises: Wrong, after too many
        addresses."""
        if grant.account_id is not None:
            return await self._accounts.by_id(grant.account_id)
        return await self.holder(grant.label, asking)

    async def by_user_name(self, typed: str, asking: Account) -> Account:
        """Raises: Wrong when nobody has that user name, or after too many."""
        self._check_rate(asking)
        name = typed.strip()
        found = await self._accounts.by_user_name(name) if len(name) <= MAX_USER_NAME else None
        if found is None or found.blocked_at is not None or found.closed_at is not None:
            raise Wrong("nobody_of_name", "who")
        return found

    def _check_rate(self, asking: Account) -> None:
        wait = self._buckets.take(asking.id, self._clock.monotonic())
        if wait:
            raise Wrong("too_many_names", "who", {"seconds": math.ceil(wait)}, 429)
