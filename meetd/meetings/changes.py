"""Carries what changed at rest to everything that lives from it: meetings, lobbies, hosts' pages.

Listeners are called right after the change was kept, in order; what needs the store follows in the
background, and reads what is there by then.
"""

import logging
from collections.abc import Callable

from meetd.accounts.accounts import Accounts
from meetd.boards.board import Board
from meetd.boards.boards import Boards
from meetd.boards.store import BoardStore
from meetd.chat.visitors import SaidByVisitors
from meetd.content.intake import Intake
from meetd.content.item import Item
from meetd.content.shelf import Shelf
from meetd.core.errands import Errands
from meetd.images.store import ImageStore, Owner
from meetd.lobby.desk import Desk
from meetd.lobby.doorstep import Doorstep
from meetd.lobby.store import KnockStore
from meetd.meetings.meeting import Meeting
from meetd.meetings.meetings import Meetings
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore

_MOST = 10_000

_log = logging.getLogger(__name__)


class Changes:
    """Listens everywhere. ``close`` waits for what is under way."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        rooms: RoomStore,
        grants: GrantStore,
        images: ImageStore,
        intake: Intake,
        shelf: Shelf,
        boards: Boards,
        board_store: BoardStore,
        said: SaidByVisitors,
        knocks: KnockStore,
        meetings: Meetings,
        doorstep: Doorstep,
        desk: Desk,
    ) -> None:
        self._rooms = rooms
        self._meetings = meetings
        self._doorstep = doorstep
        self._desk = desk
        self._errands = Errands("showing a change", _MOST, _log)
        self._doors_stale = False
        self._showing_doors = False
        rooms.on_changed(self._room_changed)
        rooms.on_gone(self._room_gone)
        grants.on_changed(self._access_changed)
        images.on_changed(self._picture_changed)
        intake.on_added(self._content_added)
        shelf.on_removed(self._content_removed)
        boards.on_removed(self._board_removed)
        board_store.on_relabelled(self._board_changed)
        said.on_changed(self._chat_changed)
        knocks.on_renamed(doorstep.renamed)
        knocks.on_erased(doorstep.erased)
        accounts.on_sessions_ended(self._session_ended)
        accounts.on_changed(self._account_changed)
        accounts.teams.store.on_changed(self._teams_changed)

    async def close(self) -> None:
        await self._errands.finished()

    def _room_changed(self, room: Room) -> None:
        self._meetings.change_room(room)
        self._errands.run(self._doorstep.room_changed(room))
        self._show_doors()

    def _room_gone(self, room: Room) -> None:
        self._errands.run(self._meetings.end_room(room))
        self._errands.run(self._doorstep.room_gone(room))
        self._show_doors()

    def _access_changed(self, room_id: str) -> None:
        self._meetings.recheck(room_id)
        self._errands.run(self._look_again(room_id))
        self._show_doors()

    def _picture_changed(self, owner: Owner) -> None:
        self._errands.run(self._doorstep.picture_changed(owner))

    def _content_added(self, item: Item) -> None:
        self._show(item.room_id, lambda meeting: meeting.sharing.add(item))

    def _content_removed(self, item: Item) -> None:
        self._show(item.room_id, lambda meeting: meeting.sharing.remove(item))

    def _board_removed(self, board: Board) -> None:
        self._show(board.room_id, lambda meeting: meeting.take_board(board))

    def _board_changed(self, board: Board) -> None:
        self._show(board.room_id, lambda meeting: meeting.drawing.change(board))

    def _chat_changed(self, room_id: str, numbers: list[int]) -> None:
        async def in_meeting() -> None:
            meeting = await self._meetings.in_room_soon(room_id)
            if meeting is not None:
                await meeting.talking.show(numbers)

        self._errands.run(in_meeting())

    def _show(self, room_id: str, show: Callable[[Meeting], object]) -> None:
        """In the background, where people are in that room by then."""

        async def in_meeting() -> None:
            meeting = await self._meetings.in_room_soon(room_id)
            if meeting is not None:
                show(meeting)

        self._errands.run(in_meeting())

    def _teams_changed(self, accounts: frozenset[str]) -> None:
        """A team gives access to rooms of its members only."""
        for meeting in self._meetings.live:
            if meeting.room.owner_id in accounts:
                self._meetings.recheck(meeting.room.id)
                self._errands.run(self._look_again(meeting.room.id))
        self._show_doors()

    def _account_changed(self, account_id: str) -> None:
        self._meetings.account_changed(account_id)
        self._show_doors()

    def _session_ended(self, account_id: str, session_id: str | None) -> None:
        self._meetings.session_ended(account_id, session_id)
        self._desk.session_ended(account_id, session_id)
        self._errands.run(self._doorstep.session_ended(account_id, session_id))

    def _show_doors(self) -> None:
        """Everybody watches what is theirs to answer: once, however many changes come at a time."""
        self._doors_stale = True
        if not self._showing_doors:
            self._showing_doors = True
            self._errands.run(self._refresh_doors())

    async def _refresh_doors(self) -> None:
        try:
            while self._doors_stale:
                self._doors_stale = False
                await self._desk.doors_changed()
        finally:
            self._showing_doors = False

    async def _look_again(self, room_id: str) -> None:
        room = await self._rooms.by_id(room_id)
        if room is not None:
            await self._doorstep.room_changed(room)
