"""All live meetings: opened by the first who enters, closed when the last has left."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from meetd.accounts.account import Account
from meetd.chat.conversation import Conversation
from meetd.chat.store import MessageStore
from meetd.core.clock import Clock
from meetd.core.errands import Errands
from meetd.core.ids import new_id
from meetd.core.limits import Bucket
from meetd.core.refusals import (
    KnockFirst,
    NoSuchRoom,
    Refusal,
    ServerStopping,
    TooFast,
    WayBackInvalid,
)
from meetd.core.text import MAX_CHAT_TEXT, MAX_NAME, clean_name
from meetd.lobby.desk import Desk
from meetd.meetings.entrance import Entrance, Entry
from meetd.meetings.meeting import Meeting
from meetd.meetings.standing import Standing
from meetd.protocol.outbox import Outbox
from meetd.protocol.people import Participant, WhyLeft
from meetd.protocol.session import Join, Limits, Welcome, Why
from meetd.rooms.access import Access, Person
from meetd.rooms.names import normalise_room_name
from meetd.rooms.pass_store import PassStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.rooms.way_back import WayBack
from meetd.storage.database import Database
from meetd.storage.vault import Vault

AWAY_SECONDS = 4.0
"""How long a dropped connection may take to come back before the participant has left."""

NEW_ROOMS_PER_SECOND = 2.0
NEW_ROOMS_AT_ONCE = 1_000.0
"""For everybody together; what one network may do is limited at the door."""

SupportLeft = Callable[[Account, Room, int], Coroutine[Any, Any, None]]
"""Who left which room, and when they had come."""

_MOST_ERRANDS = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seat:
    """One connection's place in a meeting: what the door holds between messages."""

    meeting: Meeting
    participant_id: str
    outbox: Outbox

    @property
    def room(self) -> Room:
        """As it is now."""
        return self.meeting.room


class Meetings:
    """Enter and leave. ``media_port`` is told to pages as the port that answers STUN."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        rooms: RoomStore,
        access: Access,
        passes: PassStore,
        entrance: Entrance,
        desk: Desk,
        clock: Clock,
        participant_limit: int,
        media_port: Callable[[], int],
        away_seconds: float = AWAY_SECONDS,
    ) -> None:
        self._database = database
        self._vault = vault
        self._rooms = rooms
        self._access = access
        self._passes = passes
        self._entrance = entrance
        self._desk = desk
        self._clock = clock
        self._limit = participant_limit
        self._media_port = media_port
        self._away_seconds = away_seconds
        self._live: dict[str, asyncio.Future[Meeting]] = {}
        self._arriving: Counter[str] = Counter()
        self._leaving: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._errands = Errands("keeping who left", _MOST_ERRANDS, _log)
        self._support_left: list[SupportLeft] = []
        self._access_changes = 0
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

    def in_room(self, room_id: str) -> Meeting | None:
        """The meeting in that room, if people are in it."""
        opening = self._live.get(room_id)
        if opening is None or not opening.done() or opening.cancelled() or opening.exception():
            return None
        return opening.result()

    def live_id(self, room_id: str) -> str | None:
        """Its id."""
        meeting = self.in_room(room_id)
        return meeting.id if meeting else None

    async def enter(self, join: Join, outbox: Outbox, person: Person) -> Seat:
        """Seat somebody and send the ``Welcome``.

        Raises: any Refusal of names, rights, limits, way back or storage; nothing changed then.
        """
        name = clean_name(join.name)
        back = self._entrance.way_back(join)
        changes = self._access_changes
        meeting = await self._enter(join, person, back)
        room_id = meeting.room.id
        self._arriving[room_id] += 1  # it stays open for whoever is on the threshold
        try:
            entry = await self._entrance.take(meeting.room, meeting.id, person, join, back)
            # No await from here on: what the snapshot says is what the next events change.
            seat = self._seat(join, name, entry, meeting, person, outbox)
        finally:
            self._arriving[room_id] -= 1
            self._close_if_empty(meeting)
        if changes != self._access_changes:
            self.recheck(room_id)
        return seat

    async def confirm(self, seat: Seat) -> None:
        """Their page has the new way back: the one before is over."""
        if seat.room.owner_id is not None:
            await self._passes.confirm(seat.participant_id)

    def drop(self, seat: Seat) -> None:
        """The connection was lost: away for a moment, then gone."""
        if seat.meeting.drop(seat.participant_id, seat.outbox) and not self._stopping:
            key = (seat.room.id, seat.participant_id)
            loop = asyncio.get_running_loop()
            self._leaving[key] = loop.call_later(self._away_seconds, self._give_up, seat)

    def leave(self, seat: Seat) -> None:
        """Leave for good, with a while to come back to a room that has a door."""
        self._leave(seat.meeting, seat.participant_id, "left")

    def on_support_left(self, listener: SupportLeft) -> None:
        """Called when an administrator who was there for support is there no more."""
        self._support_left.append(listener)

    async def put_out(
        self, meeting: Meeting, participants: tuple[str, ...], why: WhyLeft, ended: Why
    ) -> None:
        """Make them leave, with no way back. The way back first: whoever is out cannot use it."""
        await self._passes.destroy(meeting.room.id, participants)
        for participant_id in participants:
            if meeting.find(participant_id) is not None:
                self._see_out(meeting, participant_id, why, ended)
                self._forget_leaving(meeting, participant_id)
        self._close_if_empty(meeting)

    def change_room(self, room: Room) -> None:
        """A room is another one from now on: name, owner, lock or settings."""
        self._access_changes += 1
        meeting = self.in_room(room.id)
        if meeting is None:
            return
        given_away = meeting.room.owner_id != room.owner_id
        meeting.change_room(room)
        if given_away:
            self.recheck(room.id)

    def recheck(self, room_id: str) -> None:
        """Access to that room changed: whoever is in only by what was taken back goes."""
        self._access_changes += 1
        meeting = self.in_room(room_id)
        if meeting is not None:
            self._errands.run(self._recheck(meeting))

    def session_ended(self, account_id: str, session_id: str | None) -> None:
        """Somebody signed out, or was: what rested on it ends."""
        self._access_changes += 1
        for meeting in self.live:
            for participant_id, standing in meeting.standings:
                if standing.rests_on(account_id, session_id):
                    meeting.standings.put(participant_id, Standing(standing.right))
                    self.recheck(meeting.room.id)

    async def end_room(self, room: Room) -> None:
        """The room was deleted: everybody goes."""
        meeting = self.in_room(room.id)
        if meeting is not None:
            everybody = tuple(one.id for one in meeting)
            await self.put_out(meeting, everybody, "ended", "ended")

    async def stop(self) -> None:
        """End every connection, keep what is kept, and take nobody in any more."""
        self._stopping = True
        for meeting in self.live:
            meeting.end()
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()
        await asyncio.gather(*self._closing.values(), self._errands.finished())

    def _seat(
        self,
        join: Join,
        name: str,
        entry: Entry,
        meeting: Meeting,
        person: Person,
        outbox: Outbox,
    ) -> Seat:
        if self._stopping:
            raise ServerStopping
        if entry.right.basis == "open" and entry.joined_at is None and meeting.room.locked:
            raise KnockFirst  # locked in this very moment
        participant = self._arriving_as(join, name, entry, meeting)
        meeting.seat(participant, Standing(entry.right, person.who), outbox)
        self._forget_leaving(meeting, participant.id)
        outbox.send(self._welcome(join.ref, meeting, participant, entry))
        meeting.follow_door(participant.id)
        return Seat(meeting, participant.id, outbox)

    def _leave(self, meeting: Meeting, participant_id: str, why: WhyLeft) -> None:
        self._see_out(meeting, participant_id, why)
        if meeting.room.owner_id is not None:
            self._errands.run(self._passes.leave(participant_id))
        self._close_if_empty(meeting)

    def _see_out(
        self, meeting: Meeting, participant_id: str, why: WhyLeft, ended: Why = "left"
    ) -> None:
        standing, participant = meeting.standings[participant_id], meeting.find(participant_id)
        meeting.leave(participant_id, why, ended)
        if standing.right.basis == "support" and standing.account and participant:
            for listener in self._support_left:
                self._errands.run(listener(standing.account, meeting.room, participant.joined_at))

    def _give_up(self, seat: Seat) -> None:
        del self._leaving[seat.room.id, seat.participant_id]
        self._leave(seat.meeting, seat.participant_id, "dropped")

    def _forget_leaving(self, meeting: Meeting, participant_id: str) -> None:
        timer = self._leaving.pop((meeting.room.id, participant_id), None)
        if timer is not None:
            timer.cancel()

    async def _recheck(self, meeting: Meeting) -> None:
        for participant_id, standing in meeting.standings:
            right = await self._access.still(meeting.room, standing.right, standing.account)
            if meeting.find(participant_id) is None:
                continue
            if right is None:
                await self.put_out(meeting, (participant_id,), "access ended", "access ended")
            elif right != standing.right:
                meeting.change_standing(participant_id, Standing(right, standing.who))
                await self._passes.change_right(participant_id, right)

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

    async def _enter(self, join: Join, person: Person, back: WayBack | None) -> Meeting:
        """The live meeting; everybody who comes while it opens waits for the same."""
        name = normalise_room_name(join.room)
        while True:
            room = await self._room(name, back)
            await self._entrance.check(room, self.live_id(room.id), person, join, back)
            closing = self._closing.get(room.id)
            if closing is not None:  # its end is being written down, or the room is going
                await asyncio.wait({closing})
                continue
            opening = self._live.get(room.id)
            if opening is None:
                opening = self._live[room.id] = asyncio.ensure_future(self._open(room))
            try:
                meeting = await asyncio.shield(opening)
            except NoSuchRoom:  # deleted just now: the address is free again
                self._forget_opening(room, opening)
                continue
            except Exception:
                self._forget_opening(room, opening)
                raise
            # Somebody who waited too may have left an empty meeting, closed by now.
            if self._live.get(room.id) is opening:
                return meeting

    def _forget_opening(self, room: Room, opening: asyncio.Future[Meeting]) -> None:
        if self._live.get(room.id) is opening:
            del self._live[room.id]

    async def _open(self, room: Room) -> Meeting:
        """Raises: NoSuchRoom."""
        if not await self._rooms.mark_used(room):
            raise NoSuchRoom
        cipher = await self._vault.cipher("room", room.id)
        conversation = await Conversation.open(MessageStore(self._database, room.id, cipher))
        latest = await self._rooms.by_id(room.id)
        return Meeting(new_id(), latest or room, conversation, self._limit, self._watch_door)

    def _watch_door(self, room: Room, outbox: Outbox) -> Callable[[], None]:
        watch = self._desk.watch_room(room, outbox)
        return lambda: self._desk.unwatch(watch)

    def _arriving_as(self, join: Join, name: str, entry: Entry, meeting: Meeting) -> Participant:
        still_here = meeting.find(entry.participant_id)
        return Participant(
            id=entry.participant_id,
            name=name,
            joined_at=entry.joined_at or self._clock.now(),
            microphone=join.microphone,
            camera=join.camera,
            screen=join.screen and meeting.may_share(entry.right.role),
            hand=still_here.hand if still_here else None,
            away=False,
            role=entry.right.role,
            # A page that came anew presents its own in a moment; one that came back has these.
            keys=still_here.keys if still_here else None,
        )

    def _welcome(
        self, ref: int, meeting: Meeting, participant: Participant, entry: Entry
    ) -> Welcome:
        return Welcome(
            ref=ref,
            seq=meeting.seq,
            meeting=meeting.id,
            you=participant.id,
            way_back=self._entrance.next_way_back(meeting.room, entry, participant.joined_at),
            snapshot=meeting.snapshot(),
            paths=meeting.paths_of(participant.id),
            media_port=self._media_port(),
            limits=Limits(name=MAX_NAME, chat_text=MAX_CHAT_TEXT, participants=meeting.limit),
            now=self._clock.now(),
        )

    def _close_if_empty(self, meeting: Meeting) -> None:
        room = meeting.room
        opened = self._live.get(room.id)
        if not meeting.is_empty or opened is None or opened.result() is not meeting:
            return
        if self._arriving[room.id]:
            return
        del self._live[room.id], self._arriving[room.id]
        task = asyncio.ensure_future(self._end_use(meeting))
        self._closing[room.id] = task
        task.add_done_callback(lambda _: self._closing.pop(room.id, None))

    async def _end_use(self, meeting: Meeting) -> None:
        try:
            if meeting.conversation.is_empty:
                await self._rooms.delete_unused(meeting.room)
            if meeting.room.presenter_mode:
                await self._rooms.set_presenter_mode(meeting.room, on=False)
            await self._rooms.mark_used(meeting.room)
        except Refusal as refusal:  # the time of last use is then that of opening
            fields = {"code": refusal.code}
            _log.warning("the end of a room's use was not kept", extra={"fields": fields})
