"""Which rule each command of somebody who is seated calls. One small function per command, and one
table of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from meetd.audit.entry import HOST, VISITOR
from meetd.audit.log import AuditLog
from meetd.boards.board import Board
from meetd.boards.boards import Boards
from meetd.boards.snapshots import Snapshots
from meetd.chat.readers import Reader
from meetd.content.shelf import Shelf
from meetd.core.amounts import Amount
from meetd.core.clock import Clock
from meetd.core.refusals import AlreadyJoined, NoSuchParticipant, RoomHeld
from meetd.core.text import clean_name
from meetd.lobby.desk import Host
from meetd.meetings.hosting import Hosting, check_host
from meetd.meetings.meetings import Meetings, Seat
from meetd.meetings.usage import Usage
from meetd.privacy.exports import Exports
from meetd.protocol import hosting
from meetd.protocol.base import Command, Event
from meetd.protocol.boards import (
    AddBoard,
    BoardMade,
    Draw,
    KeepSnapshot,
    PointOnBoard,
    RemoveBoard,
    RenameBoard,
    UnwatchBoard,
    WatchBoard,
)
from meetd.protocol.chat import (
    ChatFound,
    ChatLoaded,
    DeleteChat,
    EditChat,
    LoadChat,
    ReactToChat,
    SearchChat,
    SendChat,
    ShowTyping,
)
from meetd.protocol.content import (
    CloseContent,
    Held,
    LoadUsage,
    MoveView,
    PresentContent,
    RemoveContent,
    UsageLoaded,
)
from meetd.protocol.door import AdmitAll, AnswerKnock, Knock, LoadStill, Look, StopKnocking, Watch
from meetd.protocol.e2ee import AcknowledgeKey, KeyPlease, PresentKeys, WrapKeys
from meetd.protocol.media import ReportPath, Signal
from meetd.protocol.people import ChangeMedia, Participant, RaiseHand, Rename
from meetd.protocol.relay import RelayAccept, RelayAnswered, RelayPublish, RelayReconnect, ShowTiles
from meetd.protocol.session import Done, Join, Leave, Ping
from meetd.signaling.answering import Answering
from meetd.usage.stay import Panel

Table = dict[type[Command], Callable[[Seat, Any], Awaitable[Event | None]]]


_PANELS: dict[type[Command], Panel] = {
    **dict.fromkeys((SendChat, EditChat, DeleteChat, ReactToChat, SearchChat, LoadChat), "chat"),
    **dict.fromkeys((PresentContent, MoveView, RemoveContent, AddBoard, Draw), "shared content"),
    **dict.fromkeys((RaiseHand, AnswerKnock, AdmitAll), "people"),
}
"""Where somebody did something, by what they did. Not what a page asks for by itself: the pictures
that it shows, or a whiteboard that somebody else presents."""


class Handlers:
    """Carries out the commands of somebody who is seated.

    The sender is the seat, never a field of the message.
    """

    def __init__(
        self,
        meetings: Meetings,
        acts: Hosting,
        shelf: Shelf,
        boards: tuple[Boards, Snapshots],
        usage: Usage,
        answering: Answering,
        clock: Clock,
        log: AuditLog,
        *,
        archives: Exports,
    ) -> None:
        self._log = log
        self._meetings = meetings
        self._shelf = shelf
        self._boards, self._snapshots = boards
        self._usage = usage
        self._acts = acts
        self._answering = answering
        self._clock = clock
        self._archives = archives
        self.table: Table = {
            Join: self.join,
            Look: self.join,
            Knock: self.join,
            StopKnocking: self.join,
            Watch: self.join,
            Leave: self.leave,
            Ping: self.ping,
            ChangeMedia: self.change_media,
            RaiseHand: self.raise_hand,
            Rename: self.rename,
            SendChat: self.send_chat,
            LoadChat: self.load_chat,
            SearchChat: self.search_chat,
            EditChat: self.edit_chat,
            DeleteChat: self.delete_chat,
            ReactToChat: self.react_to_chat,
            ShowTyping: self.show_typing,
            RemoveContent: self.remove_content,
            PresentContent: self.present,
            MoveView: self.move_view,
            CloseContent: self.close_content,
            LoadUsage: self.load_usage,
            Signal: self.signal,
            ReportPath: self.report_path,
            RelayPublish: self.publish,
            RelayAccept: self.accept,
            RelayReconnect: self.reconnect,
            ShowTiles: self.show_tiles,
            PresentKeys: self.present_keys,
            WrapKeys: self.wrap_keys,
            AcknowledgeKey: self.acknowledge_key,
            KeyPlease: self.ask_key,
            AnswerKnock: self.answer,
            AdmitAll: self.answer,
            LoadStill: self.answer,
        }
        self.table |= self._of_boards() | self._of_hosts()

    def _of_hosts(self) -> Table:
        return {
            hosting.LockRoom: self.lock,
            hosting.ChangePresenterMode: self.change_presenter_mode,
            hosting.Mute: self.mute,
            hosting.AskToUnmute: self.ask_to_unmute,
            hosting.Remove: self.remove,
            hosting.SendToLobby: self.send_to_lobby,
            hosting.MakeHost: self.make_host,
            hosting.ClearRoom: self.clear,
            hosting.EndMeeting: self.end,
        }

    def _of_boards(self) -> Table:
        return {
            AddBoard: self.add_board,
            RenameBoard: self.rename_board,
            KeepSnapshot: self.keep_snapshot,
            RemoveBoard: self.remove_board,
            WatchBoard: self.watch_board,
            UnwatchBoard: self.unwatch_board,
            Draw: self.draw,
            PointOnBoard: self.point,
        }

    async def handle(self, seat: Seat, command: Command) -> Event:
        """Carry out ``command`` and return its answer. Raises: any Refusal."""
        # Rights are checked per message: a seat that was taken over or given up has none left.
        if seat.outbox.ended is not None:
            raise NoSuchParticipant
        try:
            answer = await self.table[type(command)](seat, command)
        except RoomHeld:
            await self._note_held(seat, command)
            raise
        self._meetings.staying.note_used(seat.participant_id, _PANELS.get(type(command)))
        return answer or Done(ref=command.ref)

    async def _note_held(self, seat: Seat, command: Command) -> None:
        """Administrators see who would have removed something from a room on hold."""
        who = seat.meeting.find(seat.participant_id)
        nobody = HOST if who is not None and who.role == "host" else VISITOR
        actor = seat.meeting.standings[seat.participant_id].whose if who is not None else None
        what = type(command).__name__
        await self._log.note_held(what, actor=actor or nobody, room=seat.room.id)

    async def join(self, _seat: Seat, _command: Command) -> None:
        """For whoever is not in yet."""
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
        who, meeting = _participant(seat), seat.meeting
        noting = self._meetings.leaving.noting(meeting, who.id)
        await meeting.say(who, said, self._clock.now(), noting)

    async def load_chat(self, seat: Seat, load: LoadChat) -> ChatLoaded:
        page = await seat.meeting.conversation.before(load.before, _reader(seat))
        return ChatLoaded(ref=load.ref, page=page)

    async def search_chat(self, seat: Seat, search: SearchChat) -> ChatFound:
        conversation, reader = seat.meeting.conversation, _reader(seat)
        messages, before = await conversation.search(search.text, search.before, reader)
        return ChatFound(ref=search.ref, messages=messages, before=before)

    async def edit_chat(self, seat: Seat, edit: EditChat) -> None:
        who, meeting, now = _participant(seat), seat.meeting, self._clock.now()
        meeting.check_may_say(who)
        conversation, reader = meeting.conversation, _reader(seat)
        edited = conversation.edit(who.id, edit.number, edit.text, now, reader)
        await meeting.talking.change(edited)

    async def delete_chat(self, seat: Seat, delete: DeleteChat) -> None:
        """Hosts anybody's, and everybody their own, also where only hosts write by now."""
        who, conversation = _participant(seat), seat.meeting.conversation
        host, reader = who.role == "host", _reader(seat)
        deleted = conversation.delete(who.id, delete.number, reader, host=host)
        await seat.meeting.talking.change(deleted)

    async def react_to_chat(self, seat: Seat, react: ReactToChat) -> None:
        who, meeting = _participant(seat), seat.meeting
        meeting.check_may_say(who)
        reacted = meeting.conversation.react(who.id, react, _reader(seat))
        await meeting.talking.change(reacted)

    async def show_typing(self, seat: Seat, shown: ShowTyping) -> None:
        seat.meeting.show_typing(_participant(seat), shown)

    async def remove_content(self, seat: Seat, remove: RemoveContent) -> None:
        who, meeting = _participant(seat), seat.meeting
        may_share = meeting.may_share(who.role)
        item = meeting.sharing.removable(who, remove.item, may_share=may_share)
        await self._shelf.remove(item)

    async def present(self, seat: Seat, present: PresentContent) -> None:
        seat.meeting.check_may_share(_participant(seat))
        seat.meeting.sharing.present(seat.participant_id, present.item)

    async def move_view(self, seat: Seat, move: MoveView) -> None:
        seat.meeting.check_may_share(_participant(seat))
        seat.meeting.sharing.move(seat.participant_id, move.item, move.view)

    async def close_content(self, seat: Seat, close: CloseContent) -> None:
        seat.meeting.sharing.close(_participant(seat), close.item)

    async def load_usage(self, seat: Seat, load: LoadUsage) -> UsageLoaded:
        used, quota = await self._usage.of(seat.room.id), self._usage.quota
        return UsageLoaded(
            ref=load.ref,
            files=_held(used.files),
            boards=_held(used.boards),
            chat=_held(used.chat),
            limit=quota.room,
            server_limit=quota.server,
            most_boards=self._usage.most_boards,
        )

    async def add_board(self, seat: Seat, add: AddBoard) -> BoardMade:
        who, meeting = _participant(seat), seat.meeting
        meeting.check_may_draw(who)
        noting = self._meetings.leaving.noting(meeting, who.id)
        board = await self._boards.add(seat.room.id, add.name, (who.id, who.name), noting)
        meeting.drawing.add(board)
        return BoardMade(ref=add.ref, board=board.id)

    async def remove_board(self, seat: Seat, remove: RemoveBoard) -> None:
        await self._boards.remove(_own_board(seat, remove.board))

    async def rename_board(self, seat: Seat, rename: RenameBoard) -> None:
        board = await self._boards.rename(_own_board(seat, rename.board), rename.name)
        seat.meeting.drawing.change(board)

    async def keep_snapshot(self, seat: Seat, keep: KeepSnapshot) -> None:
        who = _participant(seat)
        seat.meeting.check_may_draw(who)
        await self._snapshots.make(seat.meeting.drawing.find(keep.board), who.name)

    async def watch_board(self, seat: Seat, watch: WatchBoard) -> None:
        seat.meeting.drawing.watch(seat.participant_id, watch.board)

    async def unwatch_board(self, seat: Seat, unwatch: UnwatchBoard) -> None:
        seat.meeting.drawing.unwatch(seat.participant_id, unwatch.board)

    async def draw(self, seat: Seat, draw: Draw) -> None:
        seat.meeting.check_may_draw(_participant(seat))
        now = self._clock.monotonic()
        await seat.meeting.drawing.draw(seat.participant_id, draw, now)

    async def point(self, seat: Seat, point: PointOnBoard) -> None:
        seat.meeting.check_may_draw(_participant(seat))
        seat.meeting.drawing.point(seat.participant_id, point)

    async def signal(self, seat: Seat, signal: Signal) -> None:
        seat.meeting.pass_signal(seat.participant_id, signal)

    async def report_path(self, seat: Seat, report: ReportPath) -> None:
        seat.meeting.report_path(seat.participant_id, report)

    async def publish(self, seat: Seat, publish: RelayPublish) -> RelayAnswered:
        return await seat.meeting.relaying.publish(seat.participant_id, publish)

    async def accept(self, seat: Seat, accept: RelayAccept) -> None:
        seat.meeting.relaying.accept(seat.participant_id, accept)

    async def reconnect(self, seat: Seat, reconnect: RelayReconnect) -> None:
        seat.meeting.relaying.reconnect(seat.participant_id, reconnect)

    async def show_tiles(self, seat: Seat, show: ShowTiles) -> None:
        seat.meeting.relaying.show(seat.participant_id, show)

    async def present_keys(self, seat: Seat, keys: PresentKeys) -> None:
        seat.meeting.present_keys(seat.participant_id, keys)

    async def wrap_keys(self, seat: Seat, keys: WrapKeys) -> None:
        seat.meeting.roster.pass_keys(seat.participant_id, keys)

    async def acknowledge_key(self, seat: Seat, key: AcknowledgeKey) -> None:
        seat.meeting.roster.acknowledge(seat.participant_id, key)

    async def ask_key(self, seat: Seat, please: KeyPlease) -> None:
        seat.meeting.roster.ask(seat.participant_id, please)

    async def answer(self, seat: Seat, command: AnswerKnock | AdmitAll | LoadStill) -> Event:
        """A host in the room answers as its host, and as whoever they are elsewhere."""
        me = _participant(seat)
        standing = seat.meeting.standings[me.id]
        host = Host(
            me.name,
            standing.account,
            seat.room,
            lambda: seat.meeting.is_host(me.id),
            is_lasting=standing.is_lasting,
        )
        return await self._answering.answer(host, command)

    async def lock(self, seat: Seat, lock: hosting.LockRoom) -> None:
        await self._acts.lock(seat, locked=lock.locked)

    async def change_presenter_mode(self, seat: Seat, mode: hosting.ChangePresenterMode) -> None:
        await self._acts.change_presenter_mode(seat, on=mode.on)

    async def mute(self, seat: Seat, mute: hosting.Mute) -> None:
        self._acts.mute(seat, mute.participant)

    async def ask_to_unmute(self, seat: Seat, ask: hosting.AskToUnmute) -> None:
        self._acts.ask_to_unmute(seat, ask.participant)

    async def remove(self, seat: Seat, remove: hosting.Remove) -> None:
        await self._acts.remove(seat, remove.participant)

    async def send_to_lobby(self, seat: Seat, send: hosting.SendToLobby) -> None:
        await self._acts.send_to_lobby(seat, send.participant)

    async def make_host(self, seat: Seat, make: hosting.MakeHost) -> None:
        await self._acts.make_host(seat, make.participant, host=make.host)

    async def clear(self, seat: Seat, clear: hosting.ClearRoom) -> None:
        """What is on its way into the room arrives all the same."""
        check_host(seat)
        meeting = seat.meeting
        # What goes would still be in them.
        await self._archives.forget_room(meeting.room.id)
        for item in meeting.sharing.all if clear.files else ():
            await self._shelf.remove(item)
        for board in meeting.drawing.all if clear.boards else ():
            await self._boards.remove(board)
        if clear.chat:
            await meeting.talking.clear()

    async def end(self, seat: Seat, end: hosting.EndMeeting) -> None:
        await self._acts.end(seat, end)


def _held(amount: Amount) -> Held:
    return Held(count=amount.count, bytes=amount.bytes)


def _own_board(seat: Seat, board_id: str) -> Board:
    """Raises: NoSuchBoard, HostsOnly."""
    who, meeting = _participant(seat), seat.meeting
    return meeting.drawing.owned(who, board_id, may_draw=meeting.may_draw(who.role))


def _participant(seat: Seat) -> Participant:
    participant = seat.meeting.find(seat.participant_id)
    if participant is None:
        raise NoSuchParticipant
    return participant


def _reader(seat: Seat) -> Reader:
    """Raises: NoSuchParticipant."""
    return seat.meeting.talking.reader(_participant(seat).id)
