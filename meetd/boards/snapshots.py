"""Snapshots: how a board was at a moment. Going back to one is drawing: pages do it."""

import asyncio
from typing import Final

from meetd.boards.board import Board, Snapshot
from meetd.boards.boards import Boards
from meetd.boards.compacting import CompactingFailed, compact
from meetd.boards.snapshot_store import SnapshotStore
from meetd.core.clock import Clock
from meetd.core.refusals import StorageFailed, TooFast

MOST: Final = 10
"""Of one board. The oldest goes when there is another one."""
APART: Final = 5_000
"""Milliseconds between two attempts at one board: each takes a process."""
PATIENCE: Final = 10.0
"""Seconds that one waits for those of other boards."""

_LATER: Final = 5.0


class Snapshots:
    """The snapshots of all boards."""

    def __init__(self, store: SnapshotStore, boards: Boards, clock: Clock, *, limit: int) -> None:
        """``limit`` in bytes, of all snapshots of one board together."""
        self._store = store
        self._boards = boards
        self._clock = clock
        self._limit = limit
        self._one = asyncio.Lock()
        self._tried: dict[str, int] = {}
        """By board, when: those of the last moments."""

    async def make(self, board: Board, author_name: str) -> None:
        """Of the board as it is kept now; nothing where there is one already, or nothing is drawn.

        Raises: TooFast, NoSuchBoard, StorageFull, StorageFailed.
        """
        newest = next(iter(await self._store.of_board(board)), None)
        last = await self._boards.last_number(board)
        if not last or (newest and newest.number >= last):
            return
        self._check_pace(board, newest)
        await self._wait_for_turn()
        try:
            await self._make(board, author_name)
        finally:
            self._one.release()

    async def _make(self, board: Board, author_name: str) -> None:
        kept = await self._boards.read(board)
        if not kept:
            return
        try:
            compacted = await compact([each.update for each in kept])
        except CompactingFailed:
            raise StorageFailed from None
        await self._store.add(
            board, kept[-1].number, author_name, compacted.update, most=MOST, limit=self._limit
        )

    async def _wait_for_turn(self) -> None:
        """Raises: TooFast."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._one.acquire()
        except TimeoutError:
            raise TooFast(seconds=_LATER) from None

    async def of_board(self, board: Board) -> list[Snapshot]:
        """Newest first."""
        return await self._store.of_board(board)

    async def read(self, board: Board, snapshot_id: str) -> bytes:
        """One update with everything that was on the board. Raises: NoSuchSnapshot."""
        return await self._store.read(board, snapshot_id)

    def _check_pace(self, board: Board, newest: Snapshot | None) -> None:
        """One that failed, or waited in vain, was an attempt too. Raises: TooFast."""
        now = self._clock.now()
        # A clock that was set back stops nobody for longer.
        self._tried = {id_: at for id_, at in self._tried.items() if 0 <= now - at < APART}
        last = max(self._tried.get(board.id, 0), newest.made_at if newest else 0)
        wait = last + APART - now
        if 0 < wait <= APART:
            raise TooFast(seconds=wait / 1_000)
        self._tried[board.id] = now
