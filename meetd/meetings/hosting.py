"""What hosts do in a meeting. The role is looked up for every act: it may be gone by then."""

from collections.abc import Awaitable, Callable

from meetd.core.private import Private
from meetd.core.refusals import (
    HostRoleStands,
    NoSuchParticipant,
    NotAHost,
    NotForSupport,
    RoomNotLocked,
    RoomNotOwned,
)
from meetd.meetings.meeting import Meeting
from meetd.meetings.meetings import Meetings, Seat
from meetd.protocol.door import KnockSeen
from meetd.protocol.hosting import EndMeeting, MicrophoneAsked
from meetd.protocol.people import Participant
from meetd.rooms.access import Right
from meetd.rooms.pass_store import PassStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore

BackToLobby = Callable[
    [Room, str, str | None, str | None, Private[str] | None], Awaitable[KnockSeen]
]
"""Makes a knock of that name, account, public key and browser, and says what the page has to know
of it."""


class Hosting:
    """Acts of the host in that seat. Each raises NotAHost for anybody else."""

    def __init__(
        self, meetings: Meetings, rooms: RoomStore, passes: PassStore, back_to_lobby: BackToLobby
    ) -> None:
        self._meetings = meetings
        self._rooms = rooms
        self._passes = passes
        self._back_to_lobby = back_to_lobby
        self._going: set[str] = set()
        """Participants who are being sent to the lobby."""

    async def lock(self, seat: Seat, *, locked: bool) -> None:
        check_host(seat)
        if seat.room.owner_id is None:
            raise RoomNotOwned
        await self._rooms.set_locked(seat.room, locked=locked)

    async def change_presenter_mode(self, seat: Seat, *, on: bool) -> None:
        check_host(seat)
        await self._rooms.set_presenter_mode(seat.room, on=on)

    def mute(self, seat: Seat, participant_id: str | None) -> None:
        """One, or everybody but the hosts."""
        host = check_host(seat)
        meeting = seat.meeting
        if participant_id is not None:
            _find(meeting, participant_id)
        for one in meeting:
            chosen = one.id == participant_id if participant_id else one.role != "host"
            if chosen and one.microphone:
                meeting.mute(one.id, host.name)

    def ask_to_unmute(self, seat: Seat, participant_id: str) -> None:
        host = check_host(seat)
        _find(seat.meeting, participant_id)
        outbox = seat.meeting.outbox_of(participant_id)
        if outbox is not None:  # nobody is asked about what they did not hear
            outbox.send(MicrophoneAsked(on=True, by=host.name))

    async def remove(self, seat: Seat, participant_id: str) -> None:
        check_host(seat)
        _check_reach(seat, _find(seat.meeting, participant_id))
        await self._meetings.put_out(seat.meeting, (participant_id,), "removed", "removed")

    async def send_to_lobby(self, seat: Seat, participant_id: str) -> None:
        """Out, and knocking again, with a place in the lobby. Once, however many hosts say so at
        the same time.

        Raises: NoSuchParticipant, RoomNotLocked.
        """
        check_host(seat)
        if not seat.room.locked:
            raise RoomNotLocked
        meeting = seat.meeting
        participant = _find(meeting, participant_id)
        _check_reach(seat, participant)
        if participant_id in self._going:
            raise NoSuchParticipant  # another host was first
        self._going.add(participant_id)
        try:
            await self._give_place(meeting, participant)
            await self._meetings.put_out(
                meeting, (participant_id,), "sent to lobby", "sent to lobby"
            )
        finally:
            self._going.discard(participant_id)

    async def _give_place(self, meeting: Meeting, participant: Participant) -> None:
        """In the lobby. Whose connection is lost could not be told of it, and knocks anew."""
        outbox = meeting.outbox_of(participant.id)
        if outbox is not None:
            account = meeting.standings[participant.id].account
            account_id = account.id if account else None
            sign_key = participant.keys.sign_key if participant.keys else None
            token = self._meetings.leaving.token_of(meeting, participant.id)
            seen = await self._back_to_lobby(
                meeting.room, participant.name, account_id, sign_key, token
            )
            outbox.send(seen)

    async def make_host(self, seat: Seat, participant_id: str, *, host: bool) -> None:
        """Hand the role on, or take it back. Raises: HostRoleStands when the store gave it."""
        check_host(seat)
        participant = _find(seat.meeting, participant_id)
        before = seat.meeting.standings[participant_id].right
        if before.supporter is not None:
            raise NotForSupport
        if host == (participant.role == "host"):
            return
        if host:
            await self._hand_on(seat, participant_id, before)
        else:
            await self._take_back(seat, participant_id, before)

    async def _hand_on(self, seat: Seat, participant_id: str, before: Right) -> None:
        """Raises: NotAHost, also when the role of whoever hands it on is gone meanwhile."""
        own = seat.meeting.standings[seat.participant_id]
        source = own.right.source_for(own.account)
        if source is None:
            raise NotAHost
        right = before.handed_on(seat.participant_id, source)
        await self._passes.change_right(participant_id, right)
        if not seat.meeting.is_host(seat.participant_id):
            await self._meetings.end_handed_on(seat.meeting, seat.participant_id)
            raise NotAHost
        self._meetings.change_right(seat.meeting, participant_id, right)

    async def _take_back(self, seat: Seat, participant_id: str, before: Right) -> None:
        """With everything that they handed on. Raises: HostRoleStands."""
        if before.beneath is None:
            raise HostRoleStands
        await self._passes.change_right(participant_id, before.beneath)
        self._meetings.change_right(seat.meeting, participant_id, before.beneath)
        await self._meetings.end_handed_on(seat.meeting, participant_id)

    async def end(self, seat: Seat, end: EndMeeting) -> None:
        """For everybody, or everybody else; ways back are over, also of those who left lately."""
        check_host(seat)
        keep = (seat.participant_id,) if end.stay else ()
        await self._passes.destroy_others(seat.room.id, keep)
        others = tuple(one.id for one in seat.meeting if one.id not in keep)
        await self._meetings.put_out(seat.meeting, others, "ended", "ended")


def check_host(seat: Seat) -> Participant:
    """Raises: NotAHost."""
    host = seat.meeting.find(seat.participant_id)
    if host is None or host.role != "host":
        raise NotAHost
    return host


def _check_reach(seat: Seat, participant: Participant) -> None:
    """A role that was handed on reaches nobody who has it from the owner, or is the owner.

    Raises: HostRoleStands.
    """
    standings = seat.meeting.standings
    host, other = standings[seat.participant_id].right, standings[participant.id].right
    lasting = other.level == "host" and other.is_personal
    if lasting and not host.is_personal:
        raise HostRoleStands


def _find(meeting: Meeting, participant_id: str) -> Participant:
    participant = meeting.find(participant_id)
    if participant is None:
        raise NoSuchParticipant
    return participant
