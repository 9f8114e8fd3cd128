"""All live meetings: opened by the first who enters, closed when the last has left."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from meetd.accounts.accounts import Accounts
from meetd.chat.readers import Reader
from meetd.core.clock import Clock
from meetd.core.errands import Errands
from meetd.core.holdings import Traces
from meetd.core.limits import Bucket
from meetd.core.refusals import (
    ServerStopping,
    TooFast,
    WayBackInvalid,
)
from meetd.core.text import MAX_CHAT_TEXT, MAX_NAME, clean_name
from meetd.meetings.comings import Comings
from meetd.meetings.content_keys import ContentKeys
from meetd.meetings.entrance import Entrance, Entry
from meetd.meetings.leaving import Leaving, visitor_of
from meetd.meetings.live import Live
from meetd.meetings.meeting import Meeting
from meetd.meetings.standing import Standing
from meetd.meetings.staying import Staying
from meetd.protocol.chat import ChatPage
from meetd.protocol.outbox import Outbox
from meetd.protocol.people import Participant, WhyLeft
from meetd.protocol.session import Join, Limits, Welcome, Why
from meetd.rooms.access import Access, Person, Right
from meetd.rooms.names import normalise_room_name
from meetd.rooms.pass_store import PassStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.rooms.way_back import WayBack
from meetd.visitors.store import VisitorStore

AWAY_SECONDS = 4.0
"""How long a dropped connection may take to come back before the participant has left."""

NEW_ROOMS_PER_SECOND = 2.0
NEW_ROOMS_AT_ONCE = 1_000.0
"""For everybody together; what one network may do is limited at the door."""

ChatShown = Callable[[Reader], ChatPage]
"""What a snapshot shows of the chat to whom."""

_MOST_ERRANDS = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seat:
    """One connection's place in a meeting: what the door holds between messages."""

    meeting: Meeting
    participant_id: str
    outbox: Outbox
    repeatable: bool = False
    """What they came with is good until their page says something."""

    @property
    def room(self) -> Room:
        """As it is now."""
        return self.meeting.room


class Meetings:
    """Enter and leave. ``media_port`` is told to pages as the port that answers STUN."""

    def __init__(
        self,
        *,
        live: Live,
        rooms: RoomStore,
        access: Access,
        passes: PassStore,
        accounts: Accounts,
        entrance: Entrance,
        clock: Clock,
        file_limit: int,
        content_limit: int,
        media_port: Callable[[], int],
        visitors: VisitorStore,
        staying: Staying,
        away_seconds: float = AWAY_SECONDS,
    ) -> None:
        self._live = live
        self._rooms = rooms
        self._access = access
        self._passes = passes
        self._accounts = accounts
        self._entrance = entrance
        self._clock = clock
        self._file_limit = file_limit
        self._content_limit = content_limit
        self._media_port = media_port
        self._away_seconds = away_seconds
        self._leaving: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._errands = Errands("keeping who left", _MOST_ERRANDS, _log)
        self.comings = Comings(self._errands)
        self._space: list[Callable[[str], None]] = []
        self.content_keys = ContentKeys()
        self.leaving = Leaving(visitors)
        self.staying = staying
        self._stopping = False
        self._new_rooms = Bucket(NEW_ROOMS_PER_SECOND, NEW_ROOMS_AT_ONCE, clock.monotonic())

    @property
    def live(self) -> list[Meeting]:
        """Meetings that people are in."""
        return self._live.all

    @property
    def closing(self) -> int:
        """Rooms whose end of use is being written down."""
        return self._live.closing

    def in_room(self, room_id: str) -> Meeting | None:
        """The meeting in that room, if people are in it."""
        return self._live.in_room(room_id)

    def live_id(self, room_id: str) -> str | None:
        """Its id."""
        meeting = self.in_room(room_id)
        return meeting.id if meeting else None

    def is_full(self, room_id: str, coming: int = 1) -> bool:
        """Are so many more too many?"""
        meeting = self.in_room(room_id)
        return meeting is not None and not meeting.has_free(coming)

    async def enter(self, join: Join, outbox: Outbox, person: Person) -> Seat:
        """Seat somebody and send the ``Welcome``.

        Raises: any Refusal of names, rights, limits, way back or storage; nothing changed then.
        """
        name = clean_name(join.name)
        changes = self._live.changes
        meeting, right, back = await self._enter(join, person)
        with self._live.kept_open(meeting) as arriving:
            self._check_free(meeting, right, back, arriving)
            async with meeting.conversation.shown_to(_coming(meeting, person, back)) as chat:
                entry = await self._entrance.take(meeting.room, meeting.id, person, join, back)
                # No await from here on: what the snapshot says is what the next events change.
                seat = self._seat(join, name, entry, meeting, person, outbox, chat)
        if changes != self._live.changes:
            self.recheck(meeting.room.id)
        return seat

    async def confirm(self, seat: Seat) -> None:
        """Their page has the new way back: the one before, if there was one, is over."""
        is_theirs = seat.outbox.ended is None
        if seat.repeatable and is_theirs and seat.room.owner_id is not None:
            over = self._entrance.over(seat.participant_id)
            await self._passes.confirm(seat.participant_id, over)

    def drop(self, seat: Seat) -> None:
        """The connection was lost: away for a moment, then gone."""
        if seat.meeting.drop(seat.participant_id, seat.outbox) and not self._stopping:
            key = (seat.room.id, seat.participant_id)
            loop = asyncio.get_running_loop()
            self._leaving[key] = loop.call_later(self._away_seconds, self._give_up, seat)

    def leave(self, seat: Seat) -> None:
        """Leave for good, with a while to come back to a room that has a door."""
        self._leave(seat.meeting, seat.participant_id, "left")

    def on_space(self, listener: Callable[[str], None]) -> None:
        """Called with the id of a room in which there may be a seat again."""
        self._space.append(listener)

    async def put_out(
        self, meeting: Meeting, participants: tuple[str, ...], why: WhyLeft, ended: Why
    ) -> None:
        """Make them leave, with no way back. The way back first: whoever is out cannot use it. A
        host role that was handed on ends with that, and whatever was handed on from there."""
        await self._passes.destroy(meeting.room.id, participants)
        givers: list[str] = []
        for participant_id in participants:
            if meeting.find(participant_id) is not None:
                right = meeting.standings[participant_id].right
                # The end of the meeting takes no right from anybody.
                givers += [participant_id] if right.beneath and why != "ended" else []
                self._see_out(meeting, participant_id, why, ended)
                self._forget_leaving(meeting, participant_id)
        self._live.close_if_empty(meeting)
        if givers:
            await self.end_handed_on(meeting, *givers)

    def change_right(self, meeting: Meeting, participant_id: str, right: Right) -> None:
        """What somebody who may have left meanwhile is in by from now on, as was kept just now."""
        if meeting.find(participant_id) is not None:
            standing = meeting.standings[participant_id]
            meeting.change_standing(participant_id, replace(standing, right=right))
            self.recheck(meeting.room.id)  # what it rests on may have gone meanwhile

    async def end_handed_on(self, meeting: Meeting, *givers: str) -> None:
        """The host role that these participants handed on, and whoever has it from them on, here
        and on the way back."""
        ended = await self._passes.end_handed_on(meeting.room.id, givers)
        for participant_id, right in ended:
            self.change_right(meeting, participant_id, right)

    def change_room(self, room: Room) -> None:
        """A room is another one from now on: name, owner, lock or settings."""
        self._live.changes += 1
        meeting = self.in_room(room.id)
        if meeting is None:
            return
        given_away = meeting.room.owner_id != room.owner_id
        meeting.change_room(room)
        self._tell_space(room.id)
        if given_away:
            self.recheck(room.id)

    async def in_room_soon(self, room_id: str) -> Meeting | None:
        """The meeting in that room, also one that is being opened."""
        return await self._live.in_room_soon(room_id)

    async def let_go(self, token: str, traces: Traces) -> None:
        """Somebody without an account has everything erased: they leave first, wherever they are by
        that browser, with no way back into what is theirs no more."""
        for room_id in (self._live.room_ids | traces.rooms.keys()) - traces.spared:
            meeting = await self._live.in_room_soon(room_id)
            if meeting is not None:
                theirs = traces.rooms.get(room_id, ())
                participants = self.leaving.last(meeting, token, theirs)
                await self.put_out(meeting, participants, "left", "left")
        await self._errands.finished()  # what was being written of them is found and erased

    def rename_visitor(self, token: str, name: str) -> None:
        """Whoever is in by that token, in whatever room."""
        for meeting in self.live:
            for participant_id in self.leaving.by_token(meeting, token):
                meeting.rename(participant_id, name)

    async def clear_chat(self, room_id: str) -> None:
        """Whether people are in or not. Raises: StorageFull, StorageFailed."""
        await self._live.clear_chat(room_id)

    def recheck(self, room_id: str) -> None:
        """Access to that room changed: whoever is in only by what was taken back goes."""
        self._live.changes += 1
        meeting = self.in_room(room_id)
        if meeting is not None:
            self._errands.run(self._recheck(meeting))

    def account_changed(self, account_id: str) -> None:
        """What rested on an address that is no longer theirs ends."""
        self._live.changes += 1
        for meeting in self.live:
            standings = [standing for _, standing in meeting.standings]
            if any(
                standing.rests_on(account_id, None) or standing.right.comes_from(account_id)
                for standing in standings
            ):
                self.recheck(meeting.room.id)

    def session_ended(self, account_id: str, session_id: str | None) -> None:
        """Somebody signed out, or was: what rested on it ends. All their sessions end also when
        they are blocked, and then they go, whether they are still signed in or not."""
        self._live.changes += 1
        for meeting in self.live:
            for participant_id, standing in meeting.standings:
                if standing.rests_on(account_id, session_id):
                    # A host no more at once, and not when the store has answered: until then they
                    # could hand the role on.
                    meeting.change_standing(participant_id, standing.signed_out)
                    self.recheck(meeting.room.id)
                elif session_id is None and (
                    account_id in standing.accounts or standing.right.comes_from(account_id)
                ):
                    self.recheck(meeting.room.id)

    async def end_room(self, room: Room) -> None:
        """The room was deleted: everybody goes, and reads why."""
        meeting = self.in_room(room.id)
        if meeting is not None:
            everybody = tuple(one.id for one in meeting)
            await self.put_out(meeting, everybody, "ended", "deleted")

    async def stop(self) -> None:
        """End every connection, keep what is kept, and take nobody in any more."""
        self._stopping = True
        for meeting in self.live:
            for one in meeting:
                self.comings.left(meeting, meeting.standings[one.id], one)
                self.staying.ends(meeting, one, self._errands.run)
            meeting.end()
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()
        await self._live.closed()
        await self._errands.finished()

    def _check_free(
        self, meeting: Meeting, right: Right, back: WayBack | None, arriving: int
    ) -> None:
        """Before anything that is good once is used up; from then on they have a seat.

        Raises: ServerStopping, RoomFull.
        """
        if self._stopping:
            raise ServerStopping
        if back is None or meeting.find(back.participant_id) is None:
            meeting.check_free(arriving, host=right.level == "host")

    def _seat(
        self,
        join: Join,
        name: str,
        entry: Entry,
        meeting: Meeting,
        person: Person,
        outbox: Outbox,
        chat: ChatShown,
    ) -> Seat:
        if self._stopping:  # whoever comes back to the next start has two minutes then
            raise ServerStopping
        participant = self._arriving_as(join, name, entry, meeting, person)
        is_account = person.account is not None or entry.account_id is not None
        standing = Standing(
            entry.right,
            person.who,
            entry.account_id,
            visitor=visitor_of(join, is_account=is_account),
            browser=person.browser,
            network=person.network,
        )
        if meeting.find(participant.id) is None:
            self.comings.entered(meeting, standing, participant)
            self.staying.begins(participant.id)
        meeting.seat(participant, standing, outbox, person.host)
        if join.place:
            meeting.roster.admit(participant.id, join.sign_key)
        else:
            meeting.roster.free(participant.id)
        self._passes.came_in(participant.id)
        self._forget_leaving(meeting, participant.id)
        outbox.send(self._welcome(join.ref, meeting, participant, entry, chat))
        meeting.follow_door(participant.id)
        meeting.tell_muted(participant.id)
        meeting.relaying.resume(participant.id)
        return Seat(meeting, participant.id, outbox, entry.repeatable)

    def _leave(self, meeting: Meeting, participant_id: str, why: WhyLeft) -> None:
        self._see_out(meeting, participant_id, why)
        if meeting.room.owner_id is not None:
            self._errands.run(self._passes.keep_left(participant_id))
        self._live.close_if_empty(meeting)

    def _see_out(
        self, meeting: Meeting, participant_id: str, why: WhyLeft, ended: Why = "left"
    ) -> None:
        standing, participant = meeting.standings[participant_id], meeting.find(participant_id)
        if participant is not None:
            self.staying.ends(meeting, participant, self._errands.run)
        meeting.leave(participant_id, why, ended)
        self.content_keys.forget(meeting, participant_id)
        self._passes.went(participant_id)
        self._tell_space(meeting.room.id)
        if participant is not None:
            self.comings.left(meeting, standing, participant)

    def _tell_space(self, room_id: str) -> None:
        if not self.is_full(room_id):
            for listener in self._space:
                listener(room_id)

    def _give_up(self, seat: Seat) -> None:
        del self._leaving[seat.room.id, seat.participant_id]
        self._leave(seat.meeting, seat.participant_id, "dropped")

    def _forget_leaving(self, meeting: Meeting, participant_id: str) -> None:
        timer = self._leaving.pop((meeting.room.id, participant_id), None)
        if timer is not None:
            timer.cancel()

    async def _recheck(self, meeting: Meeting) -> None:
        for participant_id, standing in meeting.standings:
            right = await self._still(meeting.room, standing)
            if meeting.find(participant_id) is None:
                continue
            if meeting.standings[participant_id] is not standing:
                self.recheck(meeting.room.id)  # it changed while the store was asked
            elif right is None:
                await self.put_out(meeting, (participant_id,), "access ended", "access ended")
            elif right != standing.right:
                self._note_change(meeting, participant_id, standing, right)
                meeting.change_standing(participant_id, replace(standing, right=right))
                await self._passes.change_right(participant_id, right)

    def _note_change(
        self, meeting: Meeting, participant_id: str, standing: Standing, right: Right
    ) -> None:
        """Whoever was granted access meanwhile is not there for support any more."""
        participant = meeting.find(participant_id)
        if participant is not None and right.supporter is None:
            self.comings.support_over(meeting, standing, participant)

    async def _still(self, room: Room, standing: Standing) -> Right | None:
        """By what they may stay. Nobody stays whose account is blocked or gone."""
        found = {id_: await self._accounts.active(id_) for id_ in standing.accounts}
        if None in found.values():
            return None
        account = found[standing.account.id] if standing.account else None
        return await self._access.still(room, standing.right, account)

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

    async def _enter(self, join: Join, person: Person) -> tuple[Meeting, Right, WayBack | None]:
        """The live meeting of the room that was asked for, opened when nobody is in it; by what
        they may enter, and who they are when they come back."""
        name, token = normalise_room_name(join.room), self._entrance.way_back(join)
        while True:
            room = await self._room(name, token)
            back = self._entrance.as_same(room, person, token)
            back = back or await self._entrance.by_admission(room, join)
            right = await self._entrance.check(room, self.live_id(room.id), person, join, back)
            meeting = await self._live.open(room)
            if meeting is not None:
                return meeting, right, back

    def _arriving_as(
        self, join: Join, name: str, entry: Entry, meeting: Meeting, person: Person
    ) -> Participant:
        still_here, now = meeting.find(entry.participant_id), self._clock.now()
        return Participant(
            id=entry.participant_id,
            # Support comes under the name of the account: the banner says who is there.
            name=person.account.name if person.account and entry.right.supporter else name,
            joined_at=entry.joined_at or (still_here.joined_at if still_here else now),
            microphone=join.microphone and not meeting.has_to_hear(entry.participant_id),
            camera=join.camera,
            screen=join.screen and meeting.may_share(entry.right.role),
            hand=still_here.hand if still_here else None,
            away=False,
            role=entry.right.role,
            reason=entry.reason,
            # A page that came anew presents its own in a moment; one that came back has these.
            keys=still_here.keys if still_here else None,
        )

    def _welcome(
        self, ref: int, meeting: Meeting, participant: Participant, entry: Entry, chat: ChatShown
    ) -> Welcome:
        return Welcome(
            ref=ref,
            seq=meeting.seq,
            meeting=meeting.id,
            began=meeting.began,
            you=participant.id,
            way_back=self._entrance.next_way_back(meeting.room, entry, participant.joined_at),
            snapshot=meeting.snapshot(chat(meeting.talking.reader(participant.id))),
            paths=meeting.paths_of(participant.id),
            content_key=self.content_keys.of(meeting, participant.id),
            media_port=self._media_port(),
            relayed_only=not meeting.relaying.allows_direct,
            limits=Limits(
                name=MAX_NAME,
                chat_text=MAX_CHAT_TEXT,
                file=self._file_limit,
                content=self._content_limit,
                participants=meeting.limit,
            ),
            now=self._clock.now(),
        )


def _coming(meeting: Meeting, person: Person, back: WayBack | None) -> Reader:
    """What to look up for somebody who may come in as that; who they are is settled later."""
    account_id = person.account.id if person.account else None
    participant_id = back.participant_id if back else None
    return meeting.conversation.readers.reader(participant_id, account_id)
