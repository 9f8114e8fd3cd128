"""All live meetings: opened by the first who enters, closed when the last has left."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from meetd.chat.conversation import Conversation
from meetd.chat.store import MessageStore
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.limits import Bucket
from meetd.core.refusals import Refusal, ServerStopping, TooFast, WayBackInvalid
from meetd.core.text import MAX_CHAT_TEXT, MAX_NAME, clean_name
from meetd.meetings.meeting import Meeting
from meetd.meetings.outbox import Outbox
from meetd.meetings.way_back import WayBack, WayBacks
from meetd.protocol.people import Participant
from meetd.protocol.session import Join, Limits, Welcome
from meetd.protocol.session import Room as PublicRoom
from meetd.rooms.names import normalise_room_name
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.storage.database import Database
from meetd.storage.vault import Vault

AWAY_SECONDS = 4.0
"""How long a dropped connection may take to come back before the participant has left."""

NEW_ROOMS_PER_SECOND = 2.0
NEW_ROOMS_AT_ONCE = 1_000.0
"""For everybody together; what one network may do is limited at the door."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seat:
    """One connection's place in a meeting: what the door holds between messages."""

    room: Room
    meeting: Meeting
    participant_id: str
    outbox: Outbox


class Meetings:
    """Enter and leave. ``media_port`` is told to pages as the port that answers STUN."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        rooms: RoomStore,
        way_backs: WayBacks,
        clock: Clock,
        participant_limit: int,
        media_port: Callable[[], int],
        away_seconds: float = AWAY_SECONDS,
    ) -> None:
        self._database = database
        self._vault = vault
        self._rooms = rooms
        self._way_backs = way_backs
        self._clock = clock
        self._limit = participant_limit
        self._media_port = media_port
        self._away_seconds = away_seconds
        self._live: dict[str, asyncio.Future[Meeting]] = {}
        self._leaving: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._new_rooms = Bucket(NEW_ROOMS_PER_SECOND, NEW_ROOMS_AT_ONCE, clock.monotonic())

    @property
    def live(self) -> list[Meeting]:
        """Meetings that people are in."""
        return [
            opening.result()
            for opening in self._live.values()
            if opening.done() and not opening.cancelled() and opening.exception() is None
        ]

    @property
    def closing(self) -> int:
        """Rooms whose end of use is being written down."""
        return len(self._closing)

    async def enter(self, join: Join, outbox: Outbox) -> Seat:
        """Seat somebody and send the ``Welcome``.

        Raises: any Refusal of names, limits, way back or storage; nothing changed then.
        """
        name = clean_name(join.name)
        room_name = normalise_room_name(join.room)
        back = self._way_backs.redeem(join.way_back) if join.way_back else None
        room, meeting = await self._enter(room_name, back)
        if self._stopping:
            raise ServerStopping
        # No await from here on: what the snapshot says is what the next events change.
        try:
            participant = self._arriving(join, name, back, meeting)
            meeting.seat(participant, outbox)
        except Refusal:
            self._close_if_empty(room, meeting)
            raise
        timer = self._leaving.pop((room.id, participant.id), None)
        if timer is not None:
            timer.cancel()
        outbox.send(self._welcome(join.ref, room, meeting, participant))
        return Seat(room, meeting, participant.id, outbox)

    def drop(self, seat: Seat) -> None:
        """The connection was lost: away for a moment, then gone."""
        if seat.meeting.drop(seat.participant_id, seat.outbox) and not self._stopping:
            key = (seat.room.id, seat.participant_id)
            loop = asyncio.get_running_loop()
            self._leaving[key] = loop.call_later(self._away_seconds, self._give_up, seat)

    def leave(self, seat: Seat) -> None:
        """Leave for good."""
        seat.meeting.leave(seat.participant_id, "left")
        self._close_if_empty(seat.room, seat.meeting)

    async def stop(self) -> None:
        """End every connection, keep what is kept, and take nobody in any more."""
        self._stopping = True
        for meeting in self.live:
            meeting.end()
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()
        await asyncio.gather(*self._closing.values())

    def _give_up(self, seat: Seat) -> None:
        del self._leaving[seat.room.id, seat.participant_id]
        seat.meeting.leave(seat.participant_id, "dropped")
        self._close_if_empty(seat.room, seat.meeting)

    async def _room(self, name: str, back: WayBack | None) -> Room:
        """The room, made when it is new. Somebody on the way back makes none.

        Raises: WayBackInvalid, TooFast when too many rooms are new on this server.
        """
        room = await self._rooms.find(name)
        if back is not None and (room is None or room.id != back.room_id):
            raise WayBackInvalid
        if room is not None:
            return room
        wait = self._new_rooms.take(self._clock.monotonic())
        if wait:
            raise TooFast(seconds=round(wait, 3))
        return await self._rooms.make(name)

    async def _enter(self, name: str, back: WayBack | None) -> tuple[Room, Meeting]:
        """The room and its live meeting; everybody who comes while it opens waits for the same."""
        while True:
            room = await self._room(name, back)
            closing = self._closing.get(room.id)
            if closing is not None:  # its end is being written down, or the room is going
                await asyncio.wait({closing})
                continue
            opening = self._live.get(room.id)
            if opening is None:
                opening = self._live[room.id] = asyncio.ensure_future(self._open(room))
            try:
                meeting = await asyncio.shield(opening)
            except Exception:
                if self._live.get(room.id) is opening:
                    del self._live[room.id]
                raise
            # Somebody who waited too may have left an empty meeting, closed by now.
            if self._live.get(room.id) is opening:
                return room, meeting

    async def _open(self, room: Room) -> Meeting:
        await self._rooms.mark_used(room)
        cipher = await self._vault.cipher("room", room.id)
        conversation = await Conversation.open(MessageStore(self._database, room.id, cipher))
        return Meeting(new_id(), PublicRoom(name=room.name), conversation, self._limit)

    def _arriving(
        self, join: Join, name: str, back: WayBack | None, meeting: Meeting
    ) -> Participant:
        now = self._clock.now()
        still_here = meeting.find(back.participant_id) if back else None
        return Participant(
            id=back.participant_id if back else new_id(),
            name=name,
            joined_at=back.joined_at if back else now,
            microphone=join.microphone,
            camera=join.camera,
            screen=join.screen,
            hand=still_here.hand if still_here else None,
            away=False,
        )

    def _welcome(self, ref: int, room: Room, meeting: Meeting, participant: Participant) -> Welcome:
        return Welcome(
            ref=ref,
            seq=meeting.seq,
            meeting=meeting.id,
            you=participant.id,
            way_back=self._way_backs.issue(room.id, participant.id, participant.joined_at),
            snapshot=meeting.snapshot(),
            paths=meeting.paths_of(participant.id),
            media_port=self._media_port(),
            limits=Limits(name=MAX_NAME, chat_text=MAX_CHAT_TEXT, participants=self._limit),
            now=self._clock.now(),
        )

    def _close_if_empty(self, room: Room, meeting: Meeting) -> None:
        opened = self._live.get(room.id)
        if not meeting.is_empty or opened is None or opened.result() is not meeting:
            return
        del self._live[room.id]
        task = asyncio.ensure_future(self._end_use(room, meeting))
        self._closing[room.id] = task
        task.add_done_callback(lambda _: self._closing.pop(room.id, None))

    async def _end_use(self, room: Room, meeting: Meeting) -> None:
        try:
            if meeting.conversation.is_empty:
                await self._rooms.delete_unused(room)
            else:
                await self._rooms.mark_used(room)
        except Refusal as refusal:  # the time of last use is then that of opening
            fields = {"code": refusal.code}
            _log.warning("the end of a room's use was not kept", extra={"fields": fields})
