"""Which rooms have a meeting now: opened for the first who comes, closed when the last has left."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from meetd.boards.boards import Boards
from meetd.chat.conversation import Conversation
from meetd.chat.readers import Readers
from meetd.chat.store import MessageStore
from meetd.content.on_table import OnTable
from meetd.content.shelf import Shelf
from meetd.core.ids import new_id
from meetd.core.refusals import NoSuchRoom, Refusal
from meetd.lobby.desk import Desk
from meetd.meetings.meeting import MakeRelaying, Meeting
from meetd.meetings.standing import Standing
from meetd.protocol.outbox import Outbox
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.storage.database import Database
from meetd.storage.vault import Vault

_log = logging.getLogger(__name__)


class Live:
    """Meetings by the id of their room."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        rooms: RoomStore,
        shelf: Shelf,
        boards: Boards,
        desk: Desk,
        limit: int,
        relaying: MakeRelaying,
    ) -> None:
        """``limit``: of participants, as the server has it."""
        self._relaying = relaying
        self._database = database
        self._vault = vault
        self._rooms = rooms
        self._shelf = shelf
        self._boards = boards
        self._desk = desk
        self._limit = limit
        self._open: dict[str, asyncio.Future[Meeting]] = {}
        self._arriving: Counter[str] = Counter()
        self._closing: dict[str, asyncio.Task[None]] = {}
        self.changes = 0
        """Of rooms and of access, counted: who awaited something sees whether it still holds."""

    @property
    def all(self) -> list[Meeting]:
        """Meetings that people are in."""
        return [meeting for meeting in map(_result, self._open.values()) if meeting is not None]

    @property
    def room_ids(self) -> frozenset[str]:
        """Of those, and of meetings that are being opened."""
        return frozenset(self._open)

    @property
    def closing(self) -> int:
        """Rooms whose end of use is being written down."""
        return len(self._closing)

    def in_room(self, room_id: str) -> Meeting | None:
        """The meeting in that room, if people are in it."""
        opening = self._open.get(room_id)
        return _result(opening) if opening is not None else None

    async def in_room_soon(self, room_id: str) -> Meeting | None:
        """The meeting in that room, also one that is being opened."""
        opening = self._open.get(room_id)
        if opening is not None:
            await asyncio.wait({opening})
        return self.in_room(room_id)

    async def open(self, room: Room) -> Meeting | None:
        """The meeting in that room; everybody who comes while it opens waits for the same.
        ``None``: the room changed meanwhile, look for it again."""
        closing = self._closing.get(room.id)
        if closing is not None:  # its end is being written down, or the room is going
            await asyncio.wait({closing})
            return None
        opening = self._open.get(room.id)
        if opening is None:
            opening = self._open[room.id] = asyncio.ensure_future(self._make(room))
        try:
            meeting = await asyncio.shield(opening)
        except NoSuchRoom:  # deleted just now: the address is free again
            self._forget(room, opening)
            return None
        except Exception:
            self._forget(room, opening)
            raise
        # Somebody who waited too may have left an empty meeting, closed by now.
        return meeting if self._open.get(room.id) is opening else None

    async def clear_chat(self, room_id: str) -> None:
        """All that was said, for whoever is in. Raises: RoomHeld, StorageFull, StorageFailed."""
        meeting = await self.in_room_soon(room_id)
        if meeting is None:
            cipher = await self._vault.cipher("room", room_id)
            await MessageStore(self._database, room_id, cipher).clear()
            # Somebody who came meanwhile may have been shown what there was before.
            meeting = await self.in_room_soon(room_id)
        if meeting is not None:
            await meeting.talking.clear()

    @contextmanager
    def kept_open(self, meeting: Meeting) -> Iterator[int]:
        """For whoever is on the threshold. Yields how many are, this one included."""
        room_id = meeting.room.id
        self._arriving[room_id] += 1
        try:
            yield self._arriving[room_id]
        finally:
            self._arriving[room_id] -= 1
            self.close_if_empty(meeting)

    def close_if_empty(self, meeting: Meeting) -> None:
        room_id = meeting.room.id
        is_open = self.in_room(room_id) is meeting
        if not meeting.is_empty or not is_open or self._arriving[room_id]:
            return
        del self._open[room_id], self._arriving[room_id]
        task = asyncio.ensure_future(self._end_use(meeting))
        self._closing[room_id] = task
        task.add_done_callback(lambda _: self._closing.pop(room_id, None))

    async def closed(self) -> None:
        """When everything that is closing now is written down."""
        await asyncio.gather(*self._closing.values())

    def _forget(self, room: Room, opening: asyncio.Future[Meeting]) -> None:
        if self._open.get(room.id) is opening:
            del self._open[room.id]

    async def _make(self, room: Room) -> Meeting:
        """Raises: NoSuchRoom."""
        if not await self._rooms.mark_used(room):
            raise NoSuchRoom
        cipher = await self._vault.cipher("room", room.id)
        messages = MessageStore(self._database, room.id, cipher)
        conversation = await Conversation.open(messages, await Readers.open(self._vault))
        content = OnTable(await self._shelf.items(room.id))
        boards = (self._boards, await self._boards.of_room(room.id))
        latest = await self._latest(room)
        return Meeting(
            new_id(),
            latest,
            conversation,
            content,
            boards,
            self._limit,
            self._watch_door,
            self._relaying,
        )

    async def _latest(self, room: Room) -> Room:
        """As it is now, read again when it was claimed, locked or renamed meanwhile: whoever told
        of that found no meeting yet."""
        while True:
            changes = self.changes
            latest = await self._rooms.by_id(room.id)
            if changes == self.changes:
                return latest or room

    def _watch_door(self, room: Room, outbox: Outbox, standing: Standing) -> Callable[[], None]:
        watch = self._desk.watch_room(room, outbox, is_lasting=standing.is_lasting)
        return lambda: self._desk.unwatch(watch)

    async def _holds_any(self, room_id: str) -> bool:
        shelf, boards = self._shelf, self._boards
        return await shelf.holds_any(room_id) or await boards.holds_any(room_id)

    async def _end_use(self, meeting: Meeting) -> None:
        try:
            if meeting.conversation.is_empty and not await self._holds_any(meeting.room.id):
                await self._rooms.delete_unused(meeting.room)
            if meeting.room.presenter_mode:
                await self._rooms.set_presenter_mode(meeting.room, on=False)
            await self._rooms.mark_used(meeting.room)
        except Refusal as refusal:  # the time of last use is then that of opening
            fields = {"code": refusal.code}
            _log.warning("the end of a room's use was not kept", extra={"fields": fields})


def _result(opening: asyncio.Future[Meeting]) -> Meeting | None:
    if not opening.done() or opening.cancelled() or opening.exception() is not None:
        return None
    return opening.result()
