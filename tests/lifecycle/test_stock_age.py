"""Whoever has no meetd at hand opens archives with ``age`` and ``tar``, as docs/backup.md says."""

import asyncio
import json
import sqlite3
import tarfile
from asyncio.subprocess import PIPE
from contextlib import closing
from pathlib import Path

import pytest

from tests.lifecycle.backups import Archive
from tests.support.programs import find_program

pytestmark = pytest.mark.age


async def decrypt(identity: Path, archive: Path, target: Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        str(find_program("age")),
        *("-d", "-i", str(identity), "-o", str(target), str(archive)),
        stderr=PIPE,
    )
    _, errors = await process.communicate()
    return process.returncode, errors.decode()


async def test_age_and_tar_open_a_night_and_the_keys(archive: Archive, tmp_path: Path) -> None:
    good = await asyncio.to_thread(archive.back_up)
    for name, holds in (
        (good.night, {"manifest.json", "meetd.db", "config.toml"}),
        ("keys", {"manifest.json", "keys.db", "master.key", "tombstones.json"}),
    ):
        tar, folder = tmp_path / f"{name}.tar", tmp_path / name
        sealed = archive.folder / f"{name}.age"
        assert await decrypt(archive.key_file, sealed, tar) == (0, "")
        with tarfile.open(tar) as opened:
            opened.extractall(folder, filter="data")
        assert {each.name for each in folder.iterdir()} == holds
        rows = json.loads((folder / "manifest.json").read_bytes())["rows"]
        (path,) = folder.glob("*.db")
        with closing(sqlite3.connect(path)) as database:
            for table, count in rows.items():
                found = database.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
                assert found.fetchone() == (count,)


async def test_age_opens_nothing_with_another_key(archive: Archive, tmp_path: Path) -> None:
    good = await asyncio.to_thread(archive.back_up)
    other = tmp_path / "other.key"
    process = await asyncio.create_subprocess_exec(
        str(find_program("age-keygen")), "-o", str(other), stderr=PIPE
    )
    await process.communicate()
    sealed = archive.folder / f"{good.night}.age"
    status, said = await decrypt(other, sealed, tmp_path / "x.tar")
    assert (status, "no identity matched" in said) == (1, True)
