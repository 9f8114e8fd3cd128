"""What is kept about browsers that take notifications: shown, erased and purged."""

from collections.abc import AsyncIterator
from typing import Any

from meetd.push.store import PushStore


class PushHolding:
    """Everything in ``push`` about a person, ``person`` being the account's id."""

    tables = frozenset({"push_subscriptions"})

    def __init__(self, store: PushStore) -> None:
        self._store = store

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """The browsers. Not their addresses and keys: whoever finds the export could write to
        them."""
        for subscription in await self._store.of(person):
            yield {
                "kind": "notifications",
                "id": subscription.id,
                "browser": subscription.browser,
                "made_at": subscription.made_at,
                "last_used_at": subscription.last_used_at,
            }

    async def erase_for(self, person: str) -> int:
        return await self._store.erase(person)

    async def purge_before(self, cutoff: int) -> int:
        return await self._store.purge_before(cutoff)
