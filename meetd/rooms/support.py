"""Support entry: an administrator of the server enters somebody's room without being asked in.

Only by a deliberate act with a written reason, for a few minutes and one room; everybody in the
room sees it while it lasts, and the audit log keeps it. It gives no rights of a host, and no key
beyond what the server has.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from meetd.accounts.account import Account
from meetd.audit.entry import Act, Entry
from meetd.audit.log import AuditLog
from meetd.core.clock import Clock
from meetd.core.errands import Errands
from meetd.core.refusals import KnockFirst, NotAHost, RoomNotOwned, TextEmpty
from meetd.core.text import clean_line
from meetd.rooms.also import Also
from meetd.rooms.room import Room
from meetd.rooms.support_store import SupportStore, UnderWay
from meetd.storage.database import Transaction

ALLOWED_MS = 300_000
"""Between the act and the entry."""
MIN_REASON = 10
MAX_REASON = 500
"""Code points."""
SEEN_EVERY_SECONDS: Final = 30.0
"""How often it is kept that somebody is in: so much of a duration is lost with a crash."""

_BEGAN: Final[tuple[Act, ...]] = ("support-entry-began",)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SupportEntry:
    """What an owner is told. ``at`` in milliseconds since the epoch."""

    room: Room
    by: Account
    reason: str
    at: int


class Support:
    """Who may enter which room, for now, and who is in one."""

    def __init__(self, log: AuditLog, store: SupportStore, clock: Clock) -> None:
        self._log = log
        self._store = store
        self._clock = clock
        self._allowed: dict[tuple[str, str], int] = {}
        self._inside = 0
        self._in_order = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._errands = Errands("keeping who is in for support", 1, _log)
        self._listeners: list[Callable[[SupportEntry], None]] = []

    async def open(self) -> None:
        """A crash ended what was under way: when exactly, nobody knows any more, but they were in
        for as long as it was kept that they were seen."""
        for entry in await self._store.under_way():
            await self._end_cut_off(entry)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._errands.finished()

    def on_entry(self, listener: Callable[[SupportEntry], None]) -> None:
        """Called when somebody is about to enter."""
        self._listeners.append(listener)

    async def begin(self, who: Account, room: Room, reason: str) -> None:
        """Kept in the audit log before anything is opened, and for the owner to read.

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
        await self._store.write(self._beginning(who, room, reason))
        self._allowed[who.id, room.id] = self._clock.now() + ALLOWED_MS
        entry = SupportEntry(room, who, reason, self._clock.now())
        for listener in self._listeners:
            listener(entry)

    def is_allowed(self, who: Account, room: Room) -> bool:
        """May that administrator enter now?"""
        return who.administrator and self._allowed.get((who.id, room.id), 0) > self._clock.now()

    @contextmanager
    def entering(self, account_id: str, room: Room) -> Iterator[None]:
        """Once, however many come at the same moment: the next entry needs a reason of its own.
        Whoever is refused meanwhile did not use it.

        Raises: KnockFirst when it was used.
        """
        until = self._allowed.pop((account_id, room.id), None)
        if until is None:
            raise KnockFirst
        try:
            yield
        except Exception:
            self._allowed.setdefault((account_id, room.id), until)
            raise

    async def reason_of(self, account_id: str, room: Room) -> str:
        """Why that administrator is in, as it was written last."""
        began = await self._began(account_id, room)
        return str((began.details or {}).get("reason", "")) if began else ""

    async def entered(self, account_id: str, room: Room, joined_at: int) -> None:
        """Seated, or back after the server was away."""
        self._inside += 1
        self._see_later()
        async with self._in_order:  # whoever leaves at once is kept as leaving after coming
            began = await self._began(account_id, room)
            if began is not None:
                await self._store.arrive(began.number, account_id, room, joined_at)

    async def end(self, account_id: str, room: Room, joined_at: int) -> None:
        self._inside -= 1
        details = {"seconds": (self._clock.now() - joined_at) // 1_000}
        ending = self._ending(account_id, room.id, room.owner_id, joined_at, details)
        async with self._in_order:
            await self._store.write(ending)

    async def see(self) -> None:
        """Whoever is in is in until now."""
        await self._store.see(self._clock.now())

    async def _end_cut_off(self, entry: UnderWay) -> None:
        seconds = (entry.seen_at - entry.joined_at) // 1_000
        details = {"seconds": seconds, "cutOff": 1}
        await self._store.write(
            self._ending(entry.account_id, entry.room_id, entry.owner_id, entry.joined_at, details)
        )

    def _beginning(self, who: Account, room: Room, reason: str) -> Also:
        async def also(transaction: Transaction) -> None:
            number = await self._log.append_in(
                transaction,
                "support-entry-began",
                actor=who.id,
                room=room.id,
                subject=room.owner_id,
                details={"reason": reason},
            )
            await self._store.begin(transaction, number, who.id, room)

        return also

    def _ending(
        self,
        account_id: str,
        room_id: str,
        owner_id: str | None,
        joined_at: int,
        details: dict[str, int],
    ) -> Also:
        async def also(transaction: Transaction) -> None:
            number = await self._store.leave(transaction, account_id, room_id, joined_at)
            await self._log.append_in(
                transaction,
                "support-entry-ended",
                actor=account_id,
                room=room_id,
                subject=owner_id,
                details=details if number is None else {**details, "entry": number},
            )

        return also

    async def _began(self, account_id: str, room: Room) -> Entry | None:
        lines = await self._log.about_room(room.id, _BEGAN)
        return next((line for line in lines if line.actor == account_id), None)

    def _see_later(self) -> None:
        if self._timer is None and self._inside:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(SEEN_EVERY_SECONDS, self._see_now)

    def _see_now(self) -> None:
        self._timer = None
        self._errands.run(self.see())
        self._see_later()
