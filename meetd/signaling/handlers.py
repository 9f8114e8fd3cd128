"""Which rule each command calls. One small function per command, and one table of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from meetd.core.clock import Clock
from meetd.core.refusals import AlreadyJoined, NoSuchParticipant
from meetd.core.text import clean_name
from meetd.meetings.meetings import Meetings, Seat
from meetd.protocol.base import Command, Event
from meetd.protocol.chat import ChatLoaded, LoadChat, SendChat
from meetd.protocol.media import ReportPath, Signal
from meetd.protocol.people import ChangeMedia, Participant, RaiseHand, Rename
from meetd.protocol.session import Done, Join, Leave, Ping


class Handlers:
    """Carries out the commands of somebody who is seated.

    The sender is the seat, never a field of the message.
    """

    def __init__(self, meetings: Meetings, clock: Clock) -> None:
        self._meetings = meetings
        self._clock = clock
        self.table: dict[type[Command], Callable[[Seat, Any], Awaitable[Event | None]]] = {
            Join: self.join,
            Leave: self.leave,
            Ping: self.ping,
            ChangeMedia: self.change_media,
            RaiseHand: self.raise_hand,
            Rename: self.rename,
            SendChat: self.send_chat,
            LoadChat: self.load_chat,
            Signal: self.signal,
            ReportPath: self.report_path,
        }

    async def handle(self, seat: Seat, command: Command) -> Event:
        """Carry out ``command`` and return its answer. Raises: any Refusal."""
        # Rights are checked per message: a seat that was taken over or given up has none left.
        if seat.outbox.ended is not None:
            raise NoSuchParticipant
        answer = await self.table[type(command)](seat, command)
        return answer or Done(ref=command.ref)

    async def join(self, _seat: Seat, _join: Join) -> None:
        raise AlreadyJoined

    async def leave(self, seat: Seat, _leave: Leave) -> None:
        self._meetings.leave(seat)

    async def ping(self, _seat: Seat, _ping: Ping) -> None:
        """The answer is all there is to it."""

    async def change_media(self, seat: Seat, media: ChangeMedia) -> None:
        seat.meeting.change_media(seat.participant_id, media)

    async def raise_hand(self, seat: Seat, hand: RaiseHand) -> None:
        seat.meeting.raise_hand(seat.participant_id, self._clock.now() if hand.raised else None)

    async def rename(self, seat: Seat, rename: Rename) -> None:
        seat.meeting.rename(seat.participant_id, clean_name(rename.name))

    async def send_chat(self, seat: Seat, said: SendChat) -> None:
        await seat.meeting.say(_author(seat), said, self._clock.now())

    async def load_chat(self, seat: Seat, load: LoadChat) -> ChatLoaded:
        return ChatLoaded(ref=load.ref, page=await seat.meeting.conversation.before(load.before))

    async def signal(self, seat: Seat, signal: Signal) -> None:
        seat.meeting.pass_signal(seat.participant_id, signal)

    async def report_path(self, seat: Seat, report: ReportPath) -> None:
        seat.meeting.report_path(seat.participant_id, report)


def _author(seat: Seat) -> Participant:
    author = seat.meeting.find(seat.participant_id)
    if author is None:
        raise NoSuchParticipant
    return author
