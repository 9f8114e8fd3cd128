"""Keys that are damaged or gone, here or beside the backups: a sentence that says what to do,
nothing overwritten, and what it says to do helps."""

import asyncio
from pathlib import Path

import pytest

from meetd.lifecycle.manifest import KEYS, KEYS_NOTE
from meetd.lifecycle.problem import BackupProblem
from meetd.storage.directory import StorageError
from tests.lifecycle.backups import Archive, everything
from tests.support.house import contents_of, furnish
from tests.support.server import running_server

DAMAGED = [b"", b'{"format": 1', b"\xff\xfe", b"[]", b'{"format": 1}']
WHAT_TO_DO = "Keep this directory as it is, and restore the last good backup"


@pytest.fixture
async def kept(archive: Archive) -> Archive:
    """With one night."""
    await asyncio.to_thread(archive.back_up)
    return archive


@pytest.mark.parametrize("note", DAMAGED)
async def test_a_damaged_note_of_the_keys_is_written_anew(
    kept: Archive, tmp_path: Path, note: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    whole = (kept.folder / KEYS_NOTE).read_bytes()
    (kept.folder / KEYS_NOTE).write_bytes(note)
    await asyncio.to_thread(kept.restore, tmp_path / "first")
    await asyncio.to_thread(kept.back_up)
    assert f"{KEYS_NOTE} is damaged: it is written anew" in caplog.text
    assert (kept.folder / KEYS_NOTE).read_bytes()[:9] == whole[:9]
    caplog.clear()
    await asyncio.to_thread(kept.back_up)
    assert "is damaged" not in caplog.text
    assert (await asyncio.to_thread(kept.restore, tmp_path / "new")).files == 6


async def test_with_a_damaged_note_the_keys_of_another_server_stay(
    kept: Archive, tmp_path: Path
) -> None:
    await furnish(tmp_path / "other", 1)
    other = Archive(tmp_path / "other", kept.folder)
    (kept.folder / KEYS_NOTE).write_bytes(b"")
    before = everything(kept.folder)
    with pytest.raises(BackupProblem, match="nothing says whose backups these are"):
        await asyncio.to_thread(other.back_up)
    assert everything(kept.folder) == before
    await asyncio.to_thread(kept.back_up)


async def test_damaged_keys_beside_a_damaged_note_are_moved_away(
    kept: Archive, tmp_path: Path
) -> None:
    for name in (KEYS, KEYS_NOTE):
        (kept.folder / name).write_bytes(b"damaged")
    before = everything(kept.folder)
    with pytest.raises(BackupProblem, match=f"move {KEYS} and {KEYS_NOTE} away"):
        await asyncio.to_thread(kept.back_up)
    assert everything(kept.folder) == before
    for name in (KEYS, KEYS_NOTE):
        (kept.folder / name).rename(tmp_path / name)
    await asyncio.to_thread(kept.back_up)
    assert (await asyncio.to_thread(kept.restore, tmp_path / "new")).files == 6


def damage(keys: Path, how: str) -> None:
    whole = keys.read_bytes()
    keys.with_name("keys.db-wal").unlink(missing_ok=True)
    if how == "gone":
        keys.unlink()
    else:
        left = {"empty": b"", "cut": whole[:5_000], "zeros": bytes(len(whole))}
        keys.write_bytes(left[how])


@pytest.mark.parametrize("how", ["gone", "empty", "cut", "zeros"])
async def test_damaged_keys_stop_the_start_and_the_backup_and_a_restore_brings_them_back(
    kept: Archive, how: str
) -> None:
    there = await contents_of(kept.data)
    damage(kept.data / "keys.db", how)
    before = everything(kept.folder), everything(kept.data)
    with pytest.raises(StorageError, match=WHAT_TO_DO):
        async with running_server(kept.data):
            pass
    with pytest.raises(StorageError, match=WHAT_TO_DO):
        await asyncio.to_thread(kept.back_up)
    after = everything(kept.folder), everything(kept.data)
    assert after == before
    await asyncio.to_thread(lambda: kept.restore(kept.data, replace=True))
    assert await contents_of(kept.data) == there
