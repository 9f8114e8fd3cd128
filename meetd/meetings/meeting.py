"""One room while people are in it. Thin: it seats people, and announces what happened, in order.

No locks: everything here is decided synchronously; only saying something awaits the store first.
"""

from collections.abc import Callable
from typing import Literal

from meetd.chat.conversation import Conversation
from meetd.chat.store import Draft
from meetd.core.refusals import NoSuchParticipant, RoomFull, TooFast
from meetd.meetings.outbox import Outbox
from meetd.meetings.paths import Paths
from meetd.meetings.presence import Presence
from meetd.protocol.base import MeetingEvent
from meetd.protocol.chat import ChatPosted, SendChat
from meetd.protocol.codec import encode
from meetd.protocol.media import PathChanged, ReportPath, Signal, SignalReceived
from meetd.protocol.people import (
    ChangeMedia,
    Participant,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
)
from meetd.protocol.session import Room, Snapshot


class Meeting:
    """The seats of one live room, by participant id. A seat without an outbox belongs to somebody
    whose connection dropped a moment ago."""

    def __init__(self, id_: str, room: Room, conversation: Conversation, limit: int) -> None:
        self.id = id_
        self.seq = 0
        self.conversation = conversation
        self._room = room
        self._limit = limit
        self._presence = Presence()
        self._paths = Paths()
        self._outboxes: dict[str, Outbox] = {}

    def snapshot(self) -> Snapshot:
        """The whole state, as of ``seq``."""
        return Snapshot(
            room=self._room,
            participants=tuple(self._presence),
            chat=self.conversation.latest,
        )

    def paths_of(self, participant_id: str) -> tuple[PathChanged, ...]:
        return tuple(self._paths.seen_by(participant_id))

    @property
    def is_empty(self) -> bool:
        return not self._presence

    def find(self, participant_id: str) -> Participant | None:
        return self._presence.get(participant_id)

    def outbox_of(self, participant_id: str) -> Outbox:
        """Where to send what is for one participant. Raises: KeyError when away."""
        return self._outboxes[participant_id]

    def seat(self, participant: Participant, outbox: Outbox) -> None:
        """Take a seat, or one's own seat again: the connection that had it ends.

        Raises: RoomFull.
        """
        back = participant.id in self._presence
        if not back and len(self._presence) >= self._limit:
            raise RoomFull(limit=self._limit)
        before = self._outboxes.pop(participant.id, None)
        if before is not None:
            before.end("came back elsewhere", retry=False)
        self._presence.put(participant)
        event = ParticipantChanged if back else ParticipantJoined
        self._announce(lambda seq: event(seq=seq, participant=participant))
        # After the announcement: the newcomer's snapshot has it already.
        self._outboxes[participant.id] = outbox

    def drop(self, participant_id: str, outbox: Outbox) -> bool:
        """The connection of that seat is lost. Returns False when the seat is another's by now."""
        if self._outboxes.get(participant_id) is not outbox:
            return False
        del self._outboxes[participant_id]
        self._change(self._presence.with_away(participant_id, away=True))
        return True

    def leave(self, participant_id: str, why: Literal["left", "dropped"]) -> None:
        """Give the seat up for good."""
        outbox = self._outboxes.pop(participant_id, None)
        if outbox is not None:
            outbox.end("left", retry=False)
        self._presence.remove(participant_id)
        self._paths.forget(participant_id)
        self._announce(lambda seq: ParticipantLeft(seq=seq, participant=participant_id, why=why))

    def change_media(self, participant_id: str, media: ChangeMedia) -> None:
        self._change(self._presence.with_media(participant_id, media))

    def raise_hand(self, participant_id: str, raised_at: int | None) -> None:
        self._change(self._presence.with_hand(participant_id, raised_at))

    def rename(self, participant_id: str, name: str) -> None:
        self._change(self._presence.with_name(participant_id, name))

    async def say(self, author: Participant, said: SendChat, now: int) -> None:
        """Keep it, then tell everybody. Said twice, it is kept and told once."""
        draft = Draft(
            author=author.id, name=author.name, text=said.text, client_id=said.client_id, at=now
        )
        message, new = await self.conversation.say(draft)
        if new:
            self._announce(lambda seq: ChatPosted(seq=seq, message=message))

    def pass_signal(self, sender: str, signal: Signal) -> None:
        """Raises: NoSuchParticipant when the other one is not there, or away; TooFast when they
        cannot keep up with what is sent to them."""
        outbox = self._outboxes.get(signal.to)
        if outbox is None or signal.to == sender:
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
        """Tell both ends. Raises: NoSuchParticipant."""
        if report.participant not in self._presence or report.participant == reporter:
            raise NoSuchParticipant
        if not self._paths.report(reporter, report.participant, report.state):
            return
        for one, other in ((reporter, report.participant), (report.participant, reporter)):
            outbox = self._outboxes.get(one)
            if outbox is not None:
                outbox.send(PathChanged(participant=other, path="direct", state=report.state))

    def end(self) -> None:
        """The server stops: everybody may come back to it in a moment."""
        for outbox in self._outboxes.values():
            outbox.end("stopping", retry=True)

    def _change(self, participant: Participant) -> None:
        self._announce(lambda seq: ParticipantChanged(seq=seq, participant=participant))

    def _announce(self, event: Callable[[int], MeetingEvent]) -> None:
        """To everybody seated, encoded once."""
        self.seq += 1
        message = encode(event(self.seq))
        for outbox in tuple(self._outboxes.values()):
            outbox.send_encoded(message)
