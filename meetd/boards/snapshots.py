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
"""Milliseconds between two of one board: each takes a process."""


class Snapshots:
    """The snapshots of all boards."""

    def __init__(self, store: SnapshotStore, boards: Boards, clock: Clock, *, limit: int) -> None:
        """``limit`` in bytes, of all snapshots of one board together."""
        self._store = store
        self._boards = boards
        self._clock = clock
        self._limit = limit
        self._one = asyncio.Lock()

    async def make(self, board: Board, author_name: str) -> None:
        """Of the board as it is kept now; nothing where there is one already, or nothing is drawn.

        Raises: TooFast, NoSuchBoard, StorageFull, StorageFailed.
        """
        async with self._one:
            kept = await self._boards.read(board)
            newest = next(iter(await self._store.of_board(board)), None)
            if not kept or (newest and newest.number >= kept[-1].number):
                return
            self._check_pace(newest)
            try:
                compacted = await compact([each.update for each in kept])
            except CompactingFailed:
                raise StorageFailed from None
            await self._store.add(
                board,
                kept[-1].number,
                author_name,
                compacted.update,
                most=MOST,
                limit=self._limit,
            )

    async def of_board(self, board: Board) -> list[Snapshot]:
        """Newest first."""
        return await self._store.of_board(board)

    async def read(self, board: Board, snapshot_id: str) -> bytes:
        """One update with everything that was on the board. Raises: NoSuchSnapshot."""
        return await self._store.read(board, snapshot_id)

    def _check_pace(self, newest: Snapshot | None) -> None:
        if newest is None:
            return
        wait = newest.made_at + APART - self._clock.now()
        if 0 < wait <= APART:  # a clock that was set back stops nobody for longer
            raise TooFast(seconds=wait / 1_000)
