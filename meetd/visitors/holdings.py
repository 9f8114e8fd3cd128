"""What is kept of browsers of people without an account."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.core.holdings import ImpersonalHolding, Sweep, Traces, Until
from meetd.core.periods import Period
from meetd.visitors.store import VisitorStore


class VisitorHolding(ImpersonalHolding):
    """By what somebody without an account finds again what they left. No account has any."""

    tables = frozenset({"visitors", "visitor_participants", "visitor_knocks"})

    def __init__(self, store: VisitorStore, unused: Period) -> None:
        self._store = store
        self.visitor_kinds: Mapping[str, Until] = {"browser": unused}
        self.sweeps = (Sweep("visitors", unused, store.unused.due, store.unused.remove),)

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        """Not the token: only its hash is here."""
        browser = await self._store.look(traces.visitor)
        if browser is not None:
            yield {
                "kind": "browser",
                "made_at": browser.made_at,
                "last_used_at": browser.used_at,
                "rooms": list(browser.rooms),
            }

    async def rename_visitor(self, traces: Traces, name: str) -> int:  # noqa: ARG002
        """No name is kept here."""
        return 0

    async def erase_visitor(self, traces: Traces) -> int:
        """It leads on to what is spared."""
        return await self._store.forget(traces.visitor, traces.spared)
