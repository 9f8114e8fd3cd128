"""The promise every feature makes that keeps something: it can be shown, erased and purged.

``lifecycle`` and ``privacy`` know only this protocol, so that no feature can be forgotten; a test
demands that every table of the schema is claimed by exactly one holding.
"""

from collections.abc import AsyncIterator
from typing import Any, Protocol


class Holding(Protocol):
    """Anything kept about a person or a room."""

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables that this feature alone writes."""
        ...

    def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """Every row kept about that account, as plain data for the person to read."""
        ...

    async def erase_for(self, person: str) -> int:
        """Remove what is kept about that account. Returns the number of rows."""
        ...

    async def purge_before(self, cutoff: int) -> int:
        """Remove what was last used before ``cutoff`` (ms since the epoch). Returns the number of
        rows."""
        ...


class ImpersonalHolding:
    """The part of a holding whose rows name no account: nothing to show or erase for a person."""

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:  # noqa: ARG002
        nothing: tuple[dict[str, Any], ...] = ()
        for row in nothing:
            yield row

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        return 0
