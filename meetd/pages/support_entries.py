"""What an owner sees of support entries into a room: who, when, why, and for how long."""

from dataclasses import dataclass
from typing import Final

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.audit.entry import Act, Entry
from meetd.audit.log import AuditLog
from meetd.rooms.room import Room
from meetd.rooms.support_store import SupportStore, Unread

_ACTS: Final[tuple[Act, ...]] = ("support-entry-began", "support-entry-ended")


@dataclass(frozen=True)
class SupportVisit:
    """``by``: empty when that account was erased. ``at`` in milliseconds since the Unix epoch;
    ``minutes``, begun ones counted; ``None`` when nobody came in, or is there still. ``cut_off``:
    the server stopped in the middle, and it may have been longer."""

    by: str
    at: int
    reason: str
    minutes: int | None
    cut_off: bool


@dataclass(frozen=True)
class UnreadVisit:
    """One that its owner has not read of yet."""

    unread: Unread
    visit: SupportVisit


class SupportEntries:
    """Reads them from the audit log."""

    def __init__(self, log: AuditLog, store: SupportStore, accounts: Accounts) -> None:
        self._log = log
        self._store = store
        self._accounts = accounts

    async def of(self, room: Room) -> list[SupportVisit]:
        """Newest first."""
        ended: dict[object, Entry] = {}
        visits = []
        for entry in await self._log.about_room(room.id, _ACTS):
            if entry.act == "support-entry-ended":
                # The last one: who came back after the server was away left once more.
                ended.setdefault((entry.details or {}).get("entry", entry.actor), entry)
            else:  # lines from before say who, not which: the same person's next end
                end = ended.pop(entry.number, None) or ended.pop(entry.actor, None)
                visits.append(await self._visit(entry, end))
        return visits

    async def unread(self, account: Account) -> list[UnreadVisit]:
        """In whatever room of theirs, newest first, as far as they have not said that they read
        of it."""
        visits = []
        for unread in await self._store.unread(account.id):
            (began,) = await self._log.entries(unread.number - 1, 1)
            visits.append(UnreadVisit(unread, await self._visit(began, None)))
        return visits

    async def _visit(self, began: Entry, ended: Entry | None) -> SupportVisit:
        account = await self._accounts.by_id(began.actor)
        details = (ended.details if ended else None) or {}
        seconds = details.get("seconds")
        return SupportVisit(
            by=account.name if account else "",
            at=began.at,
            reason=str((began.details or {}).get("reason", "")),
            minutes=int(seconds) // 60 + 1 if seconds is not None else None,
            cut_off="cutOff" in details,
        )
