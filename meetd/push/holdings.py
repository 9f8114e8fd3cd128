"""What is kept about browsers that take notifications: shown, erased and purged."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.core.holdings import Sweep, Until
from meetd.push.store import PushStore


class PushHolding:
    """Everything in ``push`` about a person, ``person`` being the account's id. A browser goes with
    the session that it was made in, however seldom somebody knocks."""

    tables = frozenset({"push_subscriptions"})
    kinds: Mapping[str, Until] = {"notifications": "changed"}
    sweeps: tuple[Sweep, ...] = ()

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
