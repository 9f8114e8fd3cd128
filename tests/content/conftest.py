"""Content over a real database and a real folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from meetd.content.intake import Intake
from meetd.content.shelf import Shelf
from meetd.content.store import ContentStore, Quota
from meetd.rooms.store import RoomStore
from meetd.storage.blobs import BlobFolder
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key_source import load_master_key
from meetd.storage.vault import Vault
from tests.support.clock import MovedClock
from tests.support.server import prepare_data

UNTOUCHED = 3 * 3_600_000
"""Milliseconds."""
MEGABYTE = 1 << 20


@dataclass
class Place:
    """Everything about content, and where it is on the disk."""

    data: Path
    clock: MovedClock
    database: Database
    rooms: RoomStore
    store: ContentStore
    blobs: BlobFolder
    intake: Intake
    shelf: Shelf

    @property
    def files(self) -> list[Path]:
        """Of content, whole or growing."""
        return sorted(path for path in (self.data / "blobs").rglob("*") if path.is_file())


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    await prepare_data(tmp_path)
    directory = DataDirectory(tmp_path)
    database, keys = Database(directory.database), Database(directory.keys_database)
    clock = MovedClock()
    for each in (database, keys):
        await each.open()
    vault = Vault(keys, load_master_key(directory, ""), clock)
    store, blobs = ContentStore(database, vault, clock), BlobFolder(tmp_path / "blobs")
    intake = Intake(
        store=store,
        blobs=blobs,
        vault=vault,
        clock=clock,
        file_limit=8 * MEGABYTE,
        quota=Quota(room=10 * MEGABYTE, server=15 * MEGABYTE),
        untouched=UNTOUCHED,
    )
    yield Place(
        data=tmp_path,
        clock=clock,
        database=database,
        rooms=RoomStore(database, vault, clock),
        store=store,
        blobs=blobs,
        intake=intake,
        shelf=Shelf(store, blobs, vault),
    )
    for each in (database, keys):
        await each.close()
