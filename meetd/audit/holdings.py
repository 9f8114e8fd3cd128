"""What the audit log keeps about people."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from meetd.audit.access_log import AccessLog
from meetd.audit.entry import Act
from meetd.audit.log import AuditLog
from meetd.core.holdings import Sweep, Traces, Until
from meetd.core.periods import Period

_UNSAID: Final[frozenset[Act]] = frozenset({"hold-placed", "hold-lifted", "hold-refused"})
"""Whoever is held might act on it: holds are administrators' alone to see."""


class AuditHolding:
    """Shown, and never erased: see ``erase_for``."""

    tables = frozenset({"audit_log"})
    kinds: Mapping[str, Until] = {"audit": "ever"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """Every line where they acted or were acted upon, but for legal holds."""
        async for entry in self._log.about(person):
            if entry.act in _UNSAID:
                continue
            yield {
                "kind": "audit",
                "number": entry.number,
                "at": entry.at,
                "act": entry.act,
                "role": "actor" if entry.actor == person else "subject",
                "room": entry.room,
                "details": dict(entry.details or {}),
            }

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        """Nothing, by design. What administrators did is kept for ever, so that nobody can do
        something and make it undone by erasing an account; one line less would break the chain.
        The lines hold random ids, which say nothing any more once the account is erased, and
        encrypted what was written as the reason."""
        return 0


class AccessLogHolding:
    """Shown, and never erased: with the key of the account goes what says whose lines they are, and
    with the browser of somebody without one what says which participants they were."""

    tables = frozenset({"access_log", "access_log_base"})

    def __init__(self, log: AccessLog, kept_for: Period) -> None:
        self._log = log
        self.kinds: Mapping[str, Until] = {"access log": kept_for}
        self.visitor_kinds = self.kinds
        self.sweeps = (Sweep("access log", kept_for, log.due, log.remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """Every line where they acted or were acted upon."""
        alias = await self._log.alias(person)
        async for line in self._log.lines(person=person):
            yield {
                "kind": "access log",
                "at": line.at,
                "act": line.act,
                "what": line.what,
                "role": "actor" if line.actor == alias else "subject",
                "room": line.room,
            }

    async def count_for(self, person: str) -> int:
        return await self._log.count(person)

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        """Nothing: a line less would break the chain."""
        return 0

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        """When they came into rooms in which they left something, and went."""
        async for line in self._log.lines_of(traces.rooms):
            yield {"kind": "access log", "done_at": line.at, "act": line.act}

    async def rename_visitor(self, traces: Traces, name: str) -> int:  # noqa: ARG002
        """No name is kept here."""
        return 0

    async def erase_visitor(self, traces: Traces) -> int:  # noqa: ARG002
        """Nothing, as of an account."""
        return 0
