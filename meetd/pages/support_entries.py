"""What an owner sees of support entries into a room: who, when, why, and for how long."""

from dataclasses import dataclass
from typing import Final

from meetd.accounts.accounts import Accounts
from meetd.audit.entry import Act, Entry
from meetd.audit.log import AuditLog
from meetd.rooms.room import Room

_ACTS: Final[tuple[Act, ...]] = ("support-entry-began", "support-entry-ended")


@dataclass(frozen=True)
class SupportVisit:
    """``by``: empty when that account was erased. ``at`` in milliseconds since the Unix epoch;
    ``minutes``, begun ones counted; ``None`` when nobody came in, or is there still."""

    by: str
    at: int
    reason: str
    minutes: int | None


class SupportEntries:
    """Reads them from the audit log."""

    def __init__(self, log: AuditLog, accounts: Accounts) -> None:
        self._log = log
        self._accounts = accounts

    async def of(self, room: Room) -> list[SupportVisit]:
        """Newest first."""
        ended: dict[str, Entry] = {}
        visits = []
        for entry in await self._log.about_room(room.id, _ACTS):
            if entry.act == "support-entry-ended":
                ended[entry.actor] = entry
            else:  # an end that comes after it and before the same person's next beginning
                visits.append(await self._visit(entry, ended.pop(entry.actor, None)))
        return visits

    async def _visit(self, began: Entry, ended: Entry | None) -> SupportVisit:
        account = await self._accounts.by_id(began.actor)
        seconds = (ended.details or {}).get("seconds") if ended else None
        return SupportVisit(
            by=account.name if account else "",
            at=began.at,
            reason=str((began.details or {}).get("reason", "")),
            minutes=int(seconds) // 60 + 1 if seconds is not None else None,
        )
