"""Where boards are made, drawn on, read and removed. What was drawn is acknowledged once it is
kept; many who draw at a time share one write."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from meetd.boards.board import Board, Kept, Label
from meetd.boards.compacting import CompactingFailed, compact
from meetd.boards.store import Addition, BoardStore, Tail
from meetd.boards.updates import Drawn, UpdateInvalid, read_update, read_vector
from meetd.core.amounts import Amount
from meetd.core.errands import Errands
from meetd.core.refusals import BoardFull, DrawingInvalid, DrawingTooLarge
from meetd.core.text import clean_name
from meetd.rooms.also import Also

MAX_UPDATE: Final = 45_000
"""Bytes of one update: in base64 it fits into one message."""

MAX_CLIENTS_AT_ONCE: Final = 4
MAX_CLIENTS: Final = 50_000
"""Clients of one document: each time that a page opens a board it is another one."""

ERASING: Final = 256 * 1024
"""Bytes of a full board that are left for what only takes away, so that it does not stay full."""

COMPACT_UPDATES: Final = 2_000
COMPACT_BYTES: Final = 256 * 1024
"""On top of the base, from which on a board is worth compacting; more for a large one, so that each
byte is written a few times only."""
LEFT_UPDATES: Final = 50
"""The same, once nobody looks at it any more."""
_LOOK_EVERY: Final = 250
"""Updates of one board after which it is looked how much there is."""

_log = logging.getLogger(__name__)


class Boards:
    """The boards of all rooms."""

    def __init__(self, store: BoardStore, *, most: int, limit: int) -> None:
        """``most`` boards in a room, ``limit`` bytes of each."""
        self._store = store
        self.most = most
        self.limit = limit
        self._waiting: list[tuple[Addition, asyncio.Future[Kept]]] = []
        # One that has just ended is still counted for a moment.
        self._keeping = Errands("keeping of drawings", 2, _log)
        self._is_keeping = False
        self._compacting = Errands("compacting of boards", 16, _log)
        self._busy: set[str] = set()
        self._one = asyncio.Lock()
        self._removed: list[Callable[[Board], None]] = []

    def on_removed(self, listener: Callable[[Board], None]) -> None:
        """Called with each board that is in its room no more."""
        self._removed.append(listener)

    async def close(self) -> None:
        """What waits is kept; what is being compacted is compacted the next time."""
        await self._keeping.finished()
        await self._compacting.close()

    async def add(
        self, room_id: str, name: str, author: tuple[str, str], also: Also | None = None
    ) -> Board:
        """Done with ``also``. ``author``: participant id and name.

        Raises: NameEmpty, NameTooLong, TooManyBoards, NoSuchRoom, StorageFull, StorageFailed.
        """
        return await self._store.add(
            room_id, Label(clean_name(name), author[1]), author[0], self.most, also
        )

    async def take_in(self, board: Board, update: bytes) -> None:
        """One that was drawn elsewhere, with everything on it in one update from anybody.

        Raises: DrawingInvalid, BoardFull, TooManyBoards, NoSuchRoom, StorageFull, StorageFailed.
        """
        if len(update) > self.limit:
            raise BoardFull(limit=self.limit)
        await asyncio.to_thread(check_whole, update)
        try:
            async with self._one:
                compacted = await compact([update])
        except CompactingFailed:
            raise DrawingInvalid from None
        await self._store.add_whole(board, compacted, self.most)

    async def of_room(self, room_id: str) -> list[Board]:
        """Oldest first."""
        return await self._store.boards(room_id)

    async def holds_any(self, room_id: str) -> bool:
        return await self._store.holds_any(room_id)

    async def used(self, room_id: str) -> Amount:
        """Of that room, with its snapshots."""
        return await self._store.used(room_id)

    async def rename(self, board: Board, name: str) -> Board:
        """Returns it as it is now. Raises: NameEmpty, NameTooLong, NoSuchBoard, StorageFull,
        StorageFailed."""
        label = Label(clean_name(name), board.label.author_name)
        renamed = replace(board, label=label)
        await self._store.relabel(renamed)
        return renamed

    async def remove(self, board: Board) -> None:
        """Removed twice, it is as gone as before. Raises: RoomHeld."""
        await self._store.remove(board)
        for listener in self._removed:
            listener(board)

    async def read(self, board: Board, after: int = 0) -> list[Kept]:
        """Updates to be applied in this order, for whoever has everything up to ``after``."""
        return await self._store.read(board, after)

    async def last_number(self, board: Board) -> int:
        """Of the last update that was kept; 0 for none, also where the board is gone."""
        return await self._store.last_number(board)

    async def vector(self, board: Board) -> dict[int, int]:
        """By client of the document, the clock after the last that is kept."""
        number, state = await self._store.state(board)
        vector = read_vector(state)
        for kept in await self._store.read(board, number):
            advance(vector, read_update(kept.update))
        return vector

    async def keep(self, board: Board, update: bytes, *, erases: bool = False) -> Kept:
        """Returns once it is safely kept. ``erases``: it only takes away.

        Raises: BoardFull, NoSuchBoard, StorageFull, StorageFailed.
        """
        kept: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        limit = self.limit + (ERASING if erases else 0)
        self._waiting.append((Addition(board, update, limit), kept))
        if not self._is_keeping:
            self._is_keeping = True
            self._keeping.run(self._keep_all())
        number = (await kept).number
        if number % _LOOK_EVERY == 0:
            self._compacting.run(self._compact(board, _is_much))
        return kept.result()

    def left(self, board: Board) -> None:
        """Nobody looks at it any more."""
        self._compacting.run(self._compact(board, lambda tail: tail.updates > LEFT_UPDATES))

    async def _keep_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            additions = [addition for addition, _ in waiting]
            results: Sequence[Kept | BaseException]
            try:
                results = await self._store.keep(additions)
            except Exception as error:  # noqa: BLE001 - each is told, and decides what it means
                results = [error] * len(waiting)
            for (addition, kept), result in zip(waiting, results, strict=True):
                _settle(kept, result)
                if isinstance(result, BoardFull):  # of what was deleted since, perhaps
                    self._compacting.run(self._compact(addition.board, _is_any))
        self._is_keeping = False

    async def _compact(self, board: Board, is_worth: Callable[[Tail], bool]) -> None:
        if board.id in self._busy:
            return
        self._busy.add(board.id)
        try:
            async with self._one:
                if is_worth(await self._store.tail(board)):
                    await self._replace(board)
        except CompactingFailed:
            _log.warning("a board could not be compacted; it stays as it is")
        finally:
            self._busy.discard(board.id)

    async def _replace(self, board: Board) -> None:
        kept = await self._store.read(board)
        if kept:
            compacted = await compact([each.update for each in kept])
            await self._store.replace(board, kept[-1].number, compacted)


def advance(vector: dict[int, int], drawn: Drawn) -> None:
    """It is kept."""
    for client, clock in drawn.ends.items():
        vector[client] = max(clock, vector.get(client, 0))


def check_update(update: bytes, vector: dict[int, int]) -> Drawn:
    """That it goes on exactly where the board is: nothing in it waits for what never comes.

    Raises: DrawingTooLarge, DrawingInvalid.
    """
    if len(update) > MAX_UPDATE:
        raise DrawingTooLarge(limit=MAX_UPDATE)
    try:
        drawn = read_update(update)
    except UpdateInvalid:
        raise DrawingInvalid from None
    new = len(drawn.begins.keys() - vector.keys())
    if len(drawn.begins) > MAX_CLIENTS_AT_ONCE or (new and len(vector) + new > MAX_CLIENTS):
        raise DrawingInvalid
    for client, begin in drawn.begins.items():
        if begin > vector.get(client, 0):
            raise DrawingInvalid
    for client, clock in drawn.needs.items():
        if clock >= max(vector.get(client, 0), drawn.ends.get(client, 0)):
            raise DrawingInvalid
    return drawn


def check_whole(update: bytes) -> None:
    """That it is a document by itself: it begins at the beginning, and waits for nothing.

    Raises: DrawingInvalid.
    """
    try:
        drawn = read_update(update)
    except UpdateInvalid:
        raise DrawingInvalid from None
    is_whole = not any(drawn.begins.values()) and all(
        clock < drawn.ends.get(client, 0) for client, clock in drawn.needs.items()
    )
    if not is_whole or len(drawn.begins) > MAX_CLIENTS:
        raise DrawingInvalid


def _settle(kept: "asyncio.Future[Kept]", result: Kept | BaseException) -> None:
    if kept.done():  # whoever drew it is gone, and it is kept all the same
        return
    if isinstance(result, Kept):
        kept.set_result(result)
    else:
        kept.set_exception(result)


def _is_much(tail: Tail) -> bool:
    return tail.updates > COMPACT_UPDATES or tail.bytes > max(COMPACT_BYTES, tail.base_bytes // 2)


def _is_any(tail: Tail) -> bool:
    return tail.updates > 0
