"""Boards over a real database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from meetd.boards.board import Board
from meetd.boards.boards import Boards
from meetd.boards.snapshot_store import SnapshotStore
from meetd.boards.snapshots import Snapshots
from meetd.boards.store import BoardStore
from meetd.rooms.store import RoomStore
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key_source import load_master_key
from meetd.storage.vault import Vault
from tests.support.clock import MovedClock
from tests.support.server import prepare_data

LIMIT = 20_000


@dataclass
class Easel:
    """One room with one board."""

    database: Database
    store: BoardStore
    boards: Boards
    snapshots: Snapshots
    clock: MovedClock
    board: Board


@pytest.fixture
async def easel(tmp_path: Path) -> AsyncIterator[Easel]:
    await prepare_data(tmp_path)
    directory = DataDirectory(tmp_path)
    keys, database = Database(directory.keys_database), Database(directory.database)
    clock = MovedClock()
    await keys.open()
    await database.open()
    vault = Vault(keys, load_master_key(directory, ""), clock)
    room = await RoomStore(database, vault, clock).make("study")
    store = BoardStore(database, vault, clock)
    boards = Boards(store, most=3, limit=LIMIT)
    board = await boards.add(room.id, "Plan", ("ada", "Ada"))
    snapshots = Snapshots(SnapshotStore(database, vault, clock), boards, clock, limit=LIMIT)
    yield Easel(database, store, boards, snapshots, clock, board)
    await boards.close()
    await database.close()
    await keys.close()
