"""The whiteboards of one meeting: which there are, who watches them, and what is drawn on them."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from meetd.boards.board import Board
from meetd.boards.boards import Boards, advance, check_update
from meetd.boards.updates import Drawn
from meetd.core.limits import Buckets
from meetd.core.refusals import DrawingInvalid, HostsOnly, NoSuchBoard, TooFast
from meetd.protocol import boards as protocol
from meetd.protocol.base import Event, MeetingEvent
from meetd.protocol.codec import encode
from meetd.protocol.outbox import Outbox
from meetd.protocol.people import Participant

Announce = Callable[[Callable[[int], MeetingEvent]], None]
OutboxOf = Callable[[str], Outbox | None]

NEW_CLIENTS_PER_SECOND: Final = 0.2
NEW_CLIENTS_AT_ONCE: Final = 30
"""That one participant brings: a page takes one each time that it opens a board."""


class Drawing:
    """Rights to draw, and to see, are the meeting's to check. No clock.

    A client of a document is whoever used it first, as long as they are here: nobody draws in the
    place of somebody else.
    """

    def __init__(
        self,
        boards: Boards,
        present: Iterable[Board],
        outbox_of: OutboxOf,
        may_see: Callable[[str, str], bool],
        announce: Announce,
    ) -> None:
        """``may_see``: a participant, a board; asked with everything that is sent to them."""
        self._boards = boards
        self._present = {board.id: board for board in present}
        self._outbox_of = outbox_of
        self._may_see = may_see
        self._announce = announce
        self._watchers: dict[str, dict[str, Outbox]] = defaultdict(dict)
        self._vectors: dict[str, dict[int, int]] = {}
        self._clients: dict[str, dict[int, str]] = defaultdict(dict)
        self._new_clients = Buckets(NEW_CLIENTS_PER_SECOND, NEW_CLIENTS_AT_ONCE)

    @property
    def shown(self) -> tuple[protocol.Board, ...]:
        return tuple(map(_shown, self._present.values()))

    @property
    def all(self) -> list[Board]:
        """Every whiteboard in the room."""
        return list(self._present.values())

    def __contains__(self, board_id: str) -> bool:
        return board_id in self._present

    def find(self, board_id: str) -> Board:
        """Raises: NoSuchBoard."""
        try:
            return self._present[board_id]
        except KeyError:
            raise NoSuchBoard from None

    def add(self, board: Board) -> None:
        if board.id not in self._present:
            self._present[board.id] = board
            self._announce(lambda seq: protocol.BoardAdded(seq=seq, board=_shown(board)))

    def change(self, board: Board) -> None:
        """It has another name now."""
        if board.id in self._present:
            self._present[board.id] = board
            self._announce(lambda seq: protocol.BoardChanged(seq=seq, board=_shown(board)))

    def remove(self, board: Board) -> bool:
        """Returns whether it was here."""
        if self._present.pop(board.id, None) is None:
            return False
        for held in (self._watchers, self._vectors, self._clients):
            held.pop(board.id, None)
        self._announce(lambda seq: protocol.BoardRemoved(seq=seq, board=board.id))
        return True

    def owned(self, who: Participant, board_id: str, *, may_draw: bool) -> Board:
        """What somebody wants to rename, or take out of the room: hosts any, others their own, as
        long as they may draw. Raises: NoSuchBoard, HostsOnly."""
        board = self.find(board_id)
        if who.role != "host" and not (may_draw and board.author == who.id):
            raise HostsOnly
        return board

    def watch(self, participant_id: str, board_id: str) -> None:
        """Until they stop, or their connection ends. Raises: NoSuchBoard, HostsOnly."""
        board, outbox = self.find(board_id), self._outbox_of(participant_id)
        if not self._may_see(participant_id, board_id):
            raise HostsOnly
        if outbox is not None:
            self._watchers[board.id][participant_id] = outbox

    def unwatch(self, participant_id: str, board_id: str) -> None:
        watchers = self._watchers.get(board_id)
        if watchers is None or watchers.pop(participant_id, None) is None:
            return
        if watchers:
            self._send(board_id, _pointed(board_id, participant_id, None))
        else:
            self._nobody_watches(board_id)

    def leave(self, participant_id: str) -> None:
        """Their connection has ended."""
        for board_id in tuple(self._watchers):
            self.unwatch(participant_id, board_id)

    async def draw(self, participant_id: str, drawn: protocol.Draw, now: float) -> None:
        """Keep it, then tell whoever watches. ``now`` in seconds of a clock that only goes on.

        Raises: NoSuchBoard, DrawingInvalid, DrawingTooLarge, TooFast, and whatever keeping it
        raises.
        """
        board, update = self.find(drawn.board), _decoded(drawn.update)
        vector = self._vectors.get(board.id)
        if vector is None:
            found = await self._boards.vector(board)
            # Somebody else may have drawn meanwhile; theirs is newer.
            vector = self._vectors.setdefault(self.find(board.id).id, found)
        read = check_update(update, vector)
        self._check_clients(participant_id, board, read)
        self._bring_clients(participant_id, board, read, vector, now)
        kept = await self._boards.keep(board, update, erases=not read.begins)
        advance(vector, read)
        event = protocol.BoardDrawn(board=board.id, number=kept.number, update=drawn.update)
        self._send(board.id, event, but=participant_id, must=True)

    def point(self, participant_id: str, pointed: protocol.PointOnBoard) -> None:
        """Raises: NoSuchBoard."""
        board = self.find(pointed.board)
        event = _pointed(board.id, participant_id, pointed.at)
        self._send(board.id, event, but=participant_id)

    def _check_clients(self, participant_id: str, board: Board, read: Drawn) -> None:
        clients = self._clients[board.id]
        for client in read.begins:
            holder = clients.get(client, participant_id)
            # Somebody who lost the way back comes as somebody else, with what was not sent yet.
            if holder != participant_id and self._outbox_of(holder) is not None:
                raise DrawingInvalid

    def _bring_clients(
        self,
        participant_id: str,
        board: Board,
        read: Drawn,
        vector: Mapping[int, int],
        now: float,
    ) -> None:
        """Each stays in the board for good, and a board takes so many. Raises: TooFast."""
        clients = self._clients[board.id]
        new = read.begins.keys() - vector.keys() - clients.keys()
        wait = self._new_clients.take(participant_id, now, len(new))
        if wait:
            raise TooFast(seconds=round(wait, 3))
        clients.update(dict.fromkeys(read.begins, participant_id))

    def _nobody_watches(self, board_id: str) -> None:
        del self._watchers[board_id]
        self._vectors.pop(board_id, None)
        self._clients.pop(board_id, None)
        board = self._present.get(board_id)
        if board is not None:
            self._boards.left(board)

    def _lose(self, participant_id: str, board_id: str) -> None:
        outbox = self._watchers[board_id][participant_id]
        outbox.send(protocol.BoardMissed(board=board_id))
        self.unwatch(participant_id, board_id)

    def _send(self, board_id: str, event: Event, but: str = "", *, must: bool = False) -> None:
        """Encoded once. Whoever cannot keep up misses a hand that moves, and fetches what they
        ``must`` have: nobody is cut off because somebody draws much."""
        message = encode(event)
        for participant_id, outbox in tuple(self._watchers.get(board_id, {}).items()):
            if participant_id == but:
                continue
            may_see = self._may_see(participant_id, board_id)
            if may_see and not outbox.is_crowded:
                outbox.send_encoded(message)
            elif must or not may_see:
                self._lose(participant_id, board_id)


def _shown(board: Board) -> protocol.Board:
    return protocol.Board(
        id=board.id,
        name=board.label.name,
        author=board.author,
        author_name=board.label.author_name,
        added_at=board.added_at,
    )


def _pointed(
    board_id: str, participant_id: str, at: protocol.Point | None
) -> protocol.BoardPointed:
    return protocol.BoardPointed(board=board_id, participant=participant_id, at=at)


def _decoded(update: str) -> bytes:
    """Raises: DrawingInvalid."""
    try:
        return base64.b64decode(update + "=" * (-len(update) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise DrawingInvalid from None
