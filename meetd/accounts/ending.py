"""Accounts that nobody signs in to end: told 30 and 7 days before, erased then. Everything is
counted in days in UTC, so that a run at any hour of the day comes to the same."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from meetd.accounts.account import Account
from meetd.accounts.ending_store import EndingStore, Unused
from meetd.accounts.store import AccountStore
from meetd.core.clock import Clock
from meetd.core.periods import DAY, Months, day_of, midnight

NOTICES: Final = (30, 7)
"""Days before the end."""

Tell = Callable[[Account, int], Awaitable[bool]]
"""Tells somebody the midnight (ms since the epoch) when their account ends. Returns whether that
went out."""


class Ending:
    """Of all accounts of a server."""

    def __init__(
        self, store: EndingStore, accounts: AccountStore, period: Months, clock: Clock
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock
        self._tell: Tell | None = None
        self.period = period

    def tell_by(self, tell: Tell) -> None:
        """How people are told, besides the pages of the server."""
        self._tell = tell

    async def of(self, account: Account) -> int | None:
        """The midnight when that account ends, once there is a notice about it."""
        unused = await self._store.of(account.id)
        return self._end(unused) if unused and unused.days is not None else None

    async def give_notices(self) -> tuple[int, int]:
        """Tell everybody whose notice is due. Returns how many were told, and how many could not
        be: they are told the next time, and their account stays until then."""
        now = self._clock.now()
        given = failed = 0
        for unused in await self._store.to_tell(self.period.cutoff(now + NOTICES[0] * DAY)):
            days = self._notice_due(unused, now)
            if days is None:
                continue
            if await self._give(unused, days, now):
                given += 1
            else:
                failed += 1
        return given, failed

    async def due(self, cutoff: int) -> list[str]:
        """Ids of accounts to erase now: last used before ``cutoff``, and told at least seven days
        ago. After a standstill they are told late, and so go late."""
        told_before = midnight(day_of(self._clock.now()) - timedelta(days=NOTICES[-1] - 1))
        return await self._store.due(cutoff, told_before, NOTICES[-1])

    async def _give(self, unused: Unused, days: int, now: int) -> bool:
        account = await self._accounts.by_id(unused.account_id)
        if account is None:
            return True
        told = Unused(unused.account_id, unused.used_at, days, now)
        if self._tell is not None and not await self._tell(account, self._end(told)):
            return False
        await self._store.note(unused, days, now)
        return True

    def _notice_due(self, unused: Unused, now: int) -> int | None:
        """30, 7, or none now."""
        left = (self.period.ends(unused.used_at) - midnight(day_of(now))) // DAY
        fitting = [days for days in NOTICES if left <= days]
        return fitting[-1] if fitting and (unused.days or DAY) > fitting[-1] else None

    def _end(self, unused: Unused) -> int:
        """Not before seven days after the last notice."""
        end = self.period.ends(unused.used_at)
        if unused.days != NOTICES[-1] or unused.given_at is None:
            return end
        return max(end, midnight(day_of(unused.given_at)) + NOTICES[-1] * DAY)
