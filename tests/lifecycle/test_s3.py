"""The same backups in S3-compatible storage."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetd.lifecycle.depot import get, put
from meetd.lifecycle.depots import depots_of
from meetd.lifecycle.manifest import KEYS
from meetd.lifecycle.problem import BackupProblem
from meetd.lifecycle.runs import back_up
from meetd.lifecycle.s3_depot import S3Depot
from meetd.lifecycle.store import DAY
from meetd.storage.directory import DataDirectory
from tests.lifecycle.backups import Archive, silent
from tests.lifecycle.conftest import HandClock
from tests.support.house import contents_of
from tests.support.s3 import BUCKET, running_s3
from tests.support.server import test_settings


@pytest.fixture
async def bucket(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """Settings that name one."""
    credentials = tmp_path / "credentials"
    credentials.write_text("key-id\nsecret\n")
    async with running_s3() as url:
        yield {
            "s3_endpoint": url,
            "s3_bucket": BUCKET,
            "s3_prefix": "servers/one",
            "s3_credentials_file": str(credentials),
        }


class InBucket(Archive):
    """An archive whose backups are in the bucket."""

    def __init__(self, archive: Archive, depot: S3Depot) -> None:
        super().__init__(archive.data, archive.folder)
        self.depot = depot  # type: ignore[assignment]


def in_bucket(archive: Archive, bucket: dict[str, str]) -> InBucket:
    settings = test_settings(backup=bucket).backup
    return InBucket(archive, S3Depot(settings, archive.data))


async def test_what_is_restored_from_a_bucket_is_what_was_backed_up(
    archive: Archive, bucket: dict[str, str], tmp_path: Path
) -> None:
    there = in_bucket(archive, bucket)
    good = await asyncio.to_thread(there.back_up)
    again = await asyncio.to_thread(there.back_up)
    assert [night.name for night in there.nights] == [good.night, again.night]
    assert sum(name.startswith("blobs/") for name in there.depot.names()) == 6
    restored = await asyncio.to_thread(there.restore, tmp_path / "new")
    assert (restored.night, restored.files, restored.missing) == (again.night, 6, [])
    assert await contents_of(tmp_path / "new") == await contents_of(archive.data)


async def test_old_ones_go_from_a_bucket_too(
    archive: Archive, bucket: dict[str, str], clock: HandClock
) -> None:
    there = in_bucket(archive, bucket)
    await asyncio.to_thread(there.back_up, clock)
    clock.forward(30 * DAY)
    assert await asyncio.to_thread(there.prune, clock) == 1
    assert set(there.depot.names()) == {"keys.age", "keys.json"}


async def test_damage_in_a_bucket_is_told(
    archive: Archive, bucket: dict[str, str], tmp_path: Path
) -> None:
    there = in_bucket(archive, bucket)
    await asyncio.to_thread(there.back_up)
    whole = get(there.depot, KEYS)
    put(there.depot, KEYS, whole[:-100])
    with pytest.raises(BackupProblem, match=r"s3://backups/servers/one/keys.age is damaged"):
        await asyncio.to_thread(there.restore, tmp_path / "new")
    there.depot.remove(KEYS)
    with pytest.raises(BackupProblem, match=r"keys.age is missing"):
        await asyncio.to_thread(there.restore, tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_a_bucket_that_fails_does_not_stop_the_backup_here(
    archive: Archive, bucket: dict[str, str]
) -> None:
    """And is told: a failure in one place is a failure."""
    for wrong, sentence in (
        ({"s3_bucket": "nobodys"}, "s3://nobodys/servers/one"),
        ({"s3_endpoint": "http://127.0.0.1:1"}, "writing the backup to s3://backups"),
    ):
        backup: dict[str, Any] = {"directory": str(archive.folder), **bucket, **wrong}
        settings = test_settings(backup=backup)
        directory = DataDirectory(archive.data)
        depots = depots_of(settings, archive.data)
        assert len(depots) == 2
        with pytest.raises(BackupProblem, match=sentence):
            await asyncio.to_thread(back_up, settings, directory, depots, HandClock(), silent)
        assert archive.nights
        archive = Archive(archive.data, archive.folder.with_name("elsewhere"))


async def test_credentials_that_are_none_are_told(archive: Archive, tmp_path: Path) -> None:
    file = tmp_path / "one line"
    file.write_text("only-an-id\n")
    settings = test_settings(backup={"s3_bucket": "b", "s3_credentials_file": str(file)})
    with pytest.raises(BackupProblem, match="has to have two lines"):
        depots_of(settings, archive.data)
