"""Support entry: an administrator of the server enters somebody's room without being asked in.

Only by a deliberate act with a written reason, for a few minutes and one room; everybody in the
room sees it while it lasts, and the audit log keeps it. It gives no rights of a host, and no key
beyond what the server has.
"""

from collections.abc import Callable
from dataclasses import dataclass

from meetd.accounts.account import Account
from meetd.audit.log import AuditLog
from meetd.core.clock import Clock
from meetd.core.refusals import NotAHost, RoomNotOwned, TextEmpty
from meetd.core.text import clean_line
from meetd.rooms.room import Room

ALLOWED_MS = 300_000
"""Between the act and the entry."""
MIN_REASON = 10
MAX_REASON = 500
"""Code points."""


@dataclass(frozen=True)
class SupportEntry:
    """What an owner is told. ``at`` in milliseconds since the epoch."""

    room: Room
    by: Account
    reason: str
    at: int


class Support:
    """Who may enter which room, for now."""

    def __init__(self, log: AuditLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._allowed: dict[tuple[str, str], int] = {}
        self._listeners: list[Callable[[SupportEntry], None]] = []

    def on_entry(self, listener: Callable[[SupportEntry], None]) -> None:
        """Called when somebody is about to enter."""
        self._listeners.append(listener)

    async def begin(self, who: Account, room: Room, reason: str) -> None:
        """Kept in the audit log before anything is opened.

        Raises: NotAHost for whoever is no administrator, RoomNotOwned for a room that is
        everybody's, TextEmpty, TextTooLong.
        """
        if not who.administrator:
            raise NotAHost
        if room.owner_id is None:
            raise RoomNotOwned
        reason = clean_line(reason, MAX_REASON)
        if len(reason) < MIN_REASON:
            raise TextEmpty
        await self._log.append(
            "support-entry-began",
            actor=who.id,
            room=room.id,
            subject=room.owner_id,
            details={"reason": reason},
        )
        self._allowed[who.id, room.id] = self._clock.now() + ALLOWED_MS
        entry = SupportEntry(room, who, reason, self._clock.now())
        for listener in self._listeners:
            listener(entry)

    def is_allowed(self, who: Account, room: Room) -> bool:
        """May that administrator enter now?"""
        return who.administrator and self._allowed.get((who.id, room.id), 0) > self._clock.now()

    def enter(self, account_id: str, room: Room) -> None:
        """Once: the next entry needs a reason of its own."""
        self._allowed.pop((account_id, room.id), None)

    async def end(self, account_id: str, room: Room, joined_at: int) -> None:
        seconds = (self._clock.now() - joined_at) // 1_000
        await self._log.append(
            "support-entry-ended",
            actor=account_id,
            room=room.id,
            subject=room.owner_id,
            details={"seconds": seconds},
        )
