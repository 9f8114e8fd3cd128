"""Tombstones and copies from before migrations live as long as they are needed."""

import os
from pathlib import Path

import pytest

from meetd.core.clock import Clock, SystemClock
from meetd.core.private import Private
from meetd.lifecycle.store import DAY, TombstoneStore
from meetd.lifecycle.tidying import Tidying
from meetd.storage.database import Database, Transaction
from meetd.storage.vault import Vault
from tests.lifecycle.conftest import HOUR, HandClock
from tests.support.server import prepare_data, running_server, test_settings


async def delete_a_team(transaction: Transaction) -> None:
    await transaction.execute(
        "INSERT INTO teams (id, name, name_key, level, made_at) VALUES ('t', 'T', 't', 'knock', 1)"
    )
    await transaction.execute("DELETE FROM teams")


def tidying_of(database: Database, copies: Path, clock: Clock, *others: Database) -> Tidying:
    async def no_keys() -> int:
        return 0

    return Tidying(TombstoneStore(database), others, copies, clock, 30, no_keys)


async def tombstones(database: Database) -> int:
    return len(await database.read("SELECT number FROM tombstones"))


async def test_a_tombstone_outlives_every_backup_and_then_goes(
    database: Database, clock: HandClock, tmp_path: Path
) -> None:
    tidying = tidying_of(database, tmp_path / "none", clock)
    await database.write(delete_a_team)
    await tidying.run()
    clock.forward(32 * DAY)
    assert await tidying.run() == {"tombstones": 0, "copies": 0, "keys": 0}
    assert await tombstones(database) == 1
    clock.forward(1)
    assert await tidying.run() == {"tombstones": 1, "copies": 0, "keys": 0}
    assert await tombstones(database) == 0
    await database.write(delete_a_team)
    rows = await database.read("SELECT number FROM tombstones")
    assert [row["number"] for row in rows] == [2]


@pytest.mark.parametrize(
    ("name", "age", "goes"),
    [
        ("keys-schema-0001.db", DAY, True),
        ("keys-schema-0001.db", DAY // 2, False),
        ("meetd-schema-0014.db", 29 * DAY, False),
        ("meetd-schema-0014.db", 31 * DAY, True),
    ],
)
async def test_copies_from_before_a_migration_go_in_time(
    database: Database, tmp_path: Path, name: str, age: int, *, goes: bool
) -> None:
    copy = tmp_path / "copies" / name
    copy.parent.mkdir()
    copy.touch()
    then = SystemClock().now() - age
    os.utime(copy, (then / 1_000, then / 1_000))
    tidying = tidying_of(database, copy.parent, SystemClock())
    assert (await tidying.run())["copies"] == goes
    assert copy.exists() is not goes


async def test_what_was_deleted_is_gone_from_the_files_within_the_hour(
    tmp_path: Path, clock: HandClock
) -> None:
    await prepare_data(tmp_path)
    files = [tmp_path / "keys.db", tmp_path / "keys.db-wal"]
    database = Database(tmp_path / "keys.db")
    await database.open()
    vault = Vault(database, Private(bytes(32)), clock)
    await vault.cipher("room", "the-room-of-this-test")
    await vault.forget("room", "the-room-of-this-test")
    assert any(b"the-room-of-this-test" in file.read_bytes() for file in files)
    other = Database(tmp_path / "meetd.db")
    await other.open()
    await tidying_of(other, tmp_path / "none", clock, database).run()
    assert not any(b"the-room-of-this-test" in file.read_bytes() for file in files)
    await database.close()
    await other.close()


async def test_keys_of_rooms_that_are_gone_go_at_the_start_and_every_hour(
    tmp_path: Path, clock: HandClock
) -> None:
    """A kill came between a room and its key."""
    async with running_server(tmp_path, test_settings(), clock) as (server, _):
        vault = server.stores.vault
        await vault.cipher("room", "gone-before-the-job")
        clock.forward(HOUR + 1)
        server.house.routine.scheduler.start("tidy")
        await server.house.routine.scheduler.turn()
        facts = server.house.routine.scheduler.entry("tidy").facts
        assert (facts["keys"], await vault.owners("room")) == (1, set())
        await vault.cipher("room", "gone-before-the-start")
    clock.forward(HOUR + 1)
    async with running_server(tmp_path, test_settings(), clock) as (server, _):
        assert await server.stores.vault.owners("room") == set()
