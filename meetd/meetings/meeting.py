"""One room while people are in it. Thin: it seats people, and announces what happened, in order.

No locks: everything here is decided synchronously; only saying something awaits the store first.
"""

from collections.abc import Callable, Iterator

from meetd.boards.board import Board
from meetd.boards.boards import Boards
from meetd.chat.conversation import Conversation
from meetd.content.on_table import OnTable
from meetd.core.refusals import HostsOnly, NoSuchParticipant, NotForSupport, RoomFull, TooFast
from meetd.meetings.drawing import Drawing
from meetd.meetings.presence import Presence
from meetd.meetings.relaying import Relaying
from meetd.meetings.roster import Roster
from meetd.meetings.sharing import Sharing
from meetd.meetings.standing import Standing, Standings
from meetd.meetings.talking import Talking
from meetd.protocol.base import Event, MeetingEvent
from meetd.protocol.chat import ChatPage, SendChat, ShowTyping
from meetd.protocol.codec import encode
from meetd.protocol.e2ee import PresentKeys
from meetd.protocol.hosting import MicrophoneAsked, RoomChanged
from meetd.protocol.media import PathChanged, ReportPath, Signal, SignalReceived
from meetd.protocol.outbox import Outbox
from meetd.protocol.people import (
    ChangeMedia,
    Participant,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Role,
    WhyLeft,
)
from meetd.protocol.session import Snapshot, Why
from meetd.rooms.also import Also
from meetd.rooms.room import Room

MakeRelaying = Callable[[Callable[[str, Event], None], Callable[[str], bool]], Relaying]
"""Of what brings an event to a participant, and what tells whether one shares a screen."""


class Meeting:
    """The seats of one live room, by participant id. A seat without an outbox belongs to somebody
    whose connection dropped a moment ago."""

    def __init__(
        self,
        id_: str,
        room: Room,
        conversation: Conversation,
        content: OnTable,
        boards: tuple[Boards, list[Board]],
        limit: int,
        watch_door: Callable[[Room, Outbox, Standing], Callable[[], None]],
        relaying: MakeRelaying,
    ) -> None:
        """``boards``: where they are kept, and those of this room. ``limit``: of the server; the
        room may set a lower one. ``watch_door``: shows a host who knocks, as far as that standing
        goes, until what it returns is called. ``relaying``: makes what cares for the paths of
        media."""
        self.id = id_
        self.began = room.last_used_at  # to be opened is to be used
        self.seq = 0
        self.conversation = conversation
        self.room = room
        self.standings = Standings()
        self._limit = limit
        self._presence = Presence()
        self.relaying = relaying(self._send_to, self._shares_screen)
        self._outboxes: dict[str, Outbox] = {}
        self.roster = Roster(self._presence, self._outboxes)
        self._muted_by: dict[str, str] = {}
        self._watch_door = watch_door
        self.drawing = Drawing(*boards, self._outboxes.get, self._may_see, self._announce)
        self.sharing = Sharing(content, self.drawing.__contains__, self._announce)
        self.talking = Talking(
            conversation,
            self._presence,
            self.standings,
            self._outboxes,
            self._name_of,
            self._announce,
        )
        self._at_door: dict[str, Callable[[], None]] = {}

    def snapshot(self, chat: ChatPage | None = None) -> Snapshot:
        """The whole state, as of ``seq``. ``chat``: what somebody may read of it; ``None``: what
        was said to everybody."""
        return Snapshot(
            room=self.room.public,
            participants=tuple(self._presence),
            chat=chat or self.conversation.latest,
            content=self.sharing.items,
            boards=self.drawing.shown,
            presentation=self.sharing.presentation,
        )

    def paths_of(self, participant_id: str) -> tuple[PathChanged, ...]:
        return self.relaying.seen_by(participant_id)

    @property
    def limit(self) -> int:
        """How many may be in."""
        return min(self._limit, self.room.settings.participant_limit or self._limit)

    @property
    def is_empty(self) -> bool:
        return not self._presence

    def find(self, participant_id: str) -> Participant | None:
        return self._presence.get(participant_id)

    def __iter__(self) -> Iterator[Participant]:
        """A copy: whoever looks may change it."""
        return iter(tuple(self._presence))

    def outbox_of(self, participant_id: str) -> Outbox | None:
        """Where to send what is for one participant; ``None`` when away or not there."""
        return self._outboxes.get(participant_id)

    def has_free(self, seats: int) -> bool:
        """For anybody, host or not."""
        return len(self._presence) + seats <= self.limit

    def check_free(self, seats: int, *, host: bool) -> None:
        """For ``host`` there is one seat more than the limit says: nobody is shut out of what is
        theirs to lead.

        Raises: RoomFull.
        """
        if not self.has_free(seats - host):
            raise RoomFull(limit=self.limit)

    def seat(
        self, participant: Participant, standing: Standing, outbox: Outbox, reached: str
    ) -> None:
        """Take a seat, or one's own seat again: the connection that had it ends. Whether there is
        one was asked before anything was used up for it. ``reached``: the host that their request
        was sent to."""
        back = participant.id in self._presence
        before = self._outboxes.pop(participant.id, None)
        if before is not None:
            before.end("came back elsewhere", retry=False)
            self.drawing.leave(participant.id)
        self._presence.put(participant)
        self.standings.put(participant.id, standing)
        event = ParticipantChanged if back else ParticipantJoined
        self._announce(lambda seq: event(seq=seq, participant=participant))
        self.relaying.arrive(participant.id, reached)
        # After the announcements: the newcomer's Welcome has it already.
        self._outboxes[participant.id] = outbox

    def drop(self, participant_id: str, outbox: Outbox) -> bool:
        """The connection of that seat is lost. Returns False when the seat is another's by now."""
        if self._outboxes.get(participant_id) is not outbox:
            return False
        del self._outboxes[participant_id]
        self.drawing.leave(participant_id)
        self.follow_door(participant_id)
        self._change(self._presence.with_away(participant_id, away=True))
        return True

    def leave(self, participant_id: str, why: WhyLeft, ended: Why = "left") -> None:
        """Give the seat up for good, or have to. ``ended``: what their own page is told."""
        outbox = self._outboxes.pop(participant_id, None)
        if outbox is not None:
            outbox.end(ended, retry=False)
        self._presence.remove(participant_id)
        self.drawing.leave(participant_id)
        self.follow_door(participant_id)
        self.standings.forget(participant_id)
        self._muted_by.pop(participant_id, None)
        self.relaying.leave(participant_id)
        self.roster.free(participant_id)
        self._announce(lambda seq: ParticipantLeft(seq=seq, participant=participant_id, why=why))

    def is_host(self, participant_id: str) -> bool:
        participant = self._presence.get(participant_id)
        return participant is not None and participant.role == "host"

    def may_share(self, role: Role) -> bool:
        """May somebody share a screen, or files?"""
        free = self.room.settings.share == "everybody" and not self.room.presenter_mode
        return free or role == "host"

    def may_draw(self, role: Role) -> bool:
        """May somebody draw on whiteboards, and make them?"""
        free = self.room.settings.draw == "everybody" and not self.room.presenter_mode
        return free or role == "host"

    def change_standing(self, participant_id: str, standing: Standing) -> None:
        """What somebody may do from now on, and why."""
        before = self._presence.get(participant_id)
        if before is None:
            return
        was_lasting = self.standings[participant_id].is_lasting
        self.standings.put(participant_id, standing)
        if before.role != standing.right.role:
            self._change(self._presence.with_role(participant_id, standing.right.role))
            self.follow_door(participant_id)
        elif was_lasting != standing.is_lasting:
            self.follow_door(participant_id)  # the same role, and another say at the door

    def follow_door(self, participant_id: str) -> None:
        """Hosts who are here see who knocks; nobody else does, or does any more."""
        stop = self._at_door.pop(participant_id, None)
        if stop is not None:
            stop()
        outbox = self._outboxes.get(participant_id)
        if outbox is not None and self.is_host(participant_id):
            standing = self.standings[participant_id]
            self._at_door[participant_id] = self._watch_door(self.room, outbox, standing)

    def change_room(self, room: Room) -> None:
        """Locked, renamed, other settings: everybody sees it, and screens that may not be shared
        any more are over."""
        before, self.room = self.room, room
        if room.public != before.public:
            self._announce(lambda seq: RoomChanged(seq=seq, room=room.public))
        for one in self:
            if one.screen and not self.may_share(one.role):
                self._change(self._presence.with_screen(one.id, screen=False))

    def mute(self, participant_id: str, by: str) -> None:
        """As their own page will say too, once it has heard: after it came back, if it is away."""
        self._change(self._presence.with_microphone(participant_id, microphone=False))
        self._muted_by[participant_id] = by
        self.tell_muted(participant_id)

    def tell_muted(self, participant_id: str) -> None:
        outbox = self._outboxes.get(participant_id)
        if outbox is not None and participant_id in self._muted_by:
            outbox.send(MicrophoneAsked(on=False, by=self._muted_by.pop(participant_id)))

    def has_to_hear(self, participant_id: str) -> bool:
        """Were they muted while they were away?"""
        return participant_id in self._muted_by

    def change_media(self, participant_id: str, media: ChangeMedia) -> None:
        """Raises: HostsOnly for a screen that may not be shared."""
        role = self.standings[participant_id].right.role
        if media.screen and not self.may_share(role):
            raise HostsOnly
        self._change(self._presence.with_media(participant_id, media))

    def raise_hand(self, participant_id: str, raised_at: int | None) -> None:
        self._change(self._presence.with_hand(participant_id, raised_at))

    def rename(self, participant_id: str, name: str) -> None:
        """Raises: NotForSupport: support is there under the name of its account."""
        if self.standings[participant_id].right.supporter is not None:
            raise NotForSupport
        self._change(self._presence.with_name(participant_id, name))

    async def say(
        self, author: Participant, said: SendChat, now: int, also: Also | None = None
    ) -> None:
        """Raises: HostsOnly, and what ``Talking.say`` raises."""
        self.check_may_say(author)
        await self.talking.say(author, said, now, also)

    def show_typing(self, author: Participant, shown: ShowTyping) -> None:
        """Raises: HostsOnly, NoSuchParticipant, TooFast."""
        self.check_may_say(author)
        self.talking.show_typing(author, shown)

    def check_may_say(self, participant: Participant) -> None:
        """Raises: HostsOnly."""
        if self.room.settings.chat == "hosts" and participant.role != "host":
            raise HostsOnly

    def may_fetch(self, role: Role, item_id: str) -> bool:
        """A file. In presenter mode people see what is shown to them, and take nothing else."""
        return role == "host" or not self.room.presenter_mode or self.sharing.is_opened(item_id)

    def check_may_share(self, participant: Participant) -> None:
        """Raises: HostsOnly."""
        if not self.may_share(participant.role):
            raise HostsOnly

    def check_may_draw(self, participant: Participant) -> None:
        """Raises: HostsOnly."""
        if not self.may_draw(participant.role):
            raise HostsOnly

    def take_board(self, board: Board) -> None:
        """It was removed from the room."""
        if self.drawing.remove(board):
            self.sharing.put_back(board.id)

    def present_keys(self, participant_id: str, presented: PresentKeys) -> None:
        """Raises: RoomFull, OtherKeys."""
        keys = self.roster.keys_of(participant_id, presented)
        before = self._presence.get(participant_id)
        if before is not None and before.keys != keys:
            self._change(self._presence.with_keys(participant_id, keys))

    def pass_signal(self, sender: str, signal: Signal) -> None:
        """Raises: NoSuchParticipant when the other one is not there, away, or not to be reached but
        through the relay; TooFast when they cannot keep up with what is sent to them."""
        outbox = self._outboxes.get(signal.to)
        if outbox is None or signal.to == sender or not self.relaying.allows_direct:
            raise NoSuchParticipant
        if outbox.is_crowded:
            raise TooFast(seconds=1.0)
        outbox.send(
            SignalReceived(
                sender=sender,
                connection=signal.connection,
                description=signal.description,
                candidate=signal.candidate,
            )
        )

    def report_path(self, reporter: str, report: ReportPath) -> None:
        """Raises: NoSuchParticipant."""
        if report.participant not in self._presence or report.participant == reporter:
            raise NoSuchParticipant
        self.relaying.report(reporter, report)

    def end(self) -> None:
        """The server stops: everybody may come back to it in a moment."""
        for outbox in self._outboxes.values():
            outbox.end("stopping", retry=True)

    def _name_of(self, item_id: str) -> str:
        """Raises: NoSuchItem."""
        if item_id in self.drawing:
            return self.drawing.find(item_id).label.name
        return self.sharing.name_of(item_id)

    def _may_see(self, participant_id: str, item_id: str) -> bool:
        participant = self._presence.get(participant_id)
        return participant is not None and self.may_fetch(participant.role, item_id)

    def _change(self, participant: Participant) -> None:
        self._announce(lambda seq: ParticipantChanged(seq=seq, participant=participant))
        self.relaying.share(participant.id)

    def _shares_screen(self, participant_id: str) -> bool:
        participant = self._presence.get(participant_id)
        return participant is not None and participant.screen

    def _send_to(self, participant_id: str, event: Event) -> None:
        outbox = self._outboxes.get(participant_id)
        if outbox is not None:
            outbox.send(event)

    def _announce(self, event: Callable[[int], MeetingEvent]) -> None:
        """To everybody seated, encoded once."""
        self.seq += 1
        message = encode(event(self.seq))
        for outbox in tuple(self._outboxes.values()):
            outbox.send_encoded(message)
