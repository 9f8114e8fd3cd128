"""What is kept of how rooms are used."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from meetd.core.holdings import Sweep, Traces, Until
from meetd.core.periods import Period
from meetd.usage.stay import Stay
from meetd.usage.store import UsageStore


class UsageHolding:
    """Stays, for as long as the setting says. Sums of months are about nobody, and stay."""

    tables = frozenset({"usage_stays", "usage_months"})

    def __init__(self, store: UsageStore, kept_for: Period) -> None:
        self._store = store
        self.kinds: Mapping[str, Until] = {"stay": kept_for}
        self.visitor_kinds = self.kinds
        self.sweeps = (Sweep("stays", kept_for, store.old.due, store.old.remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for stay in await self._store.of_account(person):
            yield _row(stay)

    async def count_for(self, person: str) -> int:
        return await self._store.count_of_account(person)

    async def erase_for(self, person: str) -> int:
        return await self._store.erase_account(person)

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        for stay in await self._store.of_visitor(traces.visitor):
            yield _row(stay)

    async def rename_visitor(self, traces: Traces, name: str) -> int:  # noqa: ARG002
        """No name is kept here."""
        return 0

    async def erase_visitor(self, traces: Traces) -> int:
        return await self._store.erase_visitor(traces.visitor)


def _row(stay: Stay) -> dict[str, Any]:
    return {"kind": "stay", **msgspec.structs.asdict(stay), "minutes": stay.minutes}
