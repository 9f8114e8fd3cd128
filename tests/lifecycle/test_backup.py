"""A backup has everything, writes nothing twice, and never lives too long."""

import asyncio
from pathlib import Path

import pytest

from meetd.lifecycle.backup import MARGIN
from meetd.lifecycle.depot import Depot
from meetd.lifecycle.manifest import KEYS, KEYS_NOTE
from meetd.lifecycle.problem import BackupProblem, ClockDoubted
from meetd.lifecycle.runs import prune_backups
from meetd.lifecycle.store import DAY
from meetd.rooms.room import Room
from meetd.storage.directory import DataDirectory
from tests.lifecycle.backups import SETTINGS, Archive, everything, silent, stages
from tests.lifecycle.conftest import HOUR, HandClock
from tests.support.house import contents, contents_of, furnish, say
from tests.support.server import running_server


async def test_what_is_restored_is_what_was_backed_up(archive: Archive, tmp_path: Path) -> None:
    good = await asyncio.to_thread(archive.back_up)
    assert (good.files, archive.nights[-1].name) == (6, good.night)
    restored = await asyncio.to_thread(archive.restore, tmp_path / "new")
    assert (restored.files, restored.deleted, restored.missing) == (6, 0, [])
    assert sum(restored.rows.values()) == good.rows
    before, after = await contents_of(archive.data), await contents_of(tmp_path / "new")
    assert len(before) == 3
    assert after == before


async def test_a_backup_while_people_write_has_all_that_was_acknowledged_before(
    archive: Archive, tmp_path: Path
) -> None:
    async with running_server(archive.data) as (server, _):
        room = await server.stores.rooms.find("room-0")
        assert isinstance(room, Room)
        said = 0
        backup = asyncio.create_task(asyncio.to_thread(archive.back_up))
        while not backup.done():
            await say(server, room, f"number {said}")
            said += 1
        await backup
        assert said > 5
        live = (await contents(server))["room-0"][0]
    await asyncio.to_thread(archive.restore, tmp_path / "new")
    texts = (await contents_of(tmp_path / "new"))["room-0"][0]
    assert texts == live[: len(texts)]
    assert len(texts) >= 3


async def test_files_are_written_once_however_often_they_are_backed_up(archive: Archive) -> None:
    await asyncio.to_thread(archive.back_up)
    blobs = {path: path.stat().st_ino for path in archive.folder.glob("blobs/*/*")}
    await asyncio.to_thread(archive.back_up)
    assert {path: path.stat().st_ino for path in archive.folder.glob("blobs/*/*")} == blobs
    assert len(blobs) == 6
    assert len(archive.nights) == 2


async def test_there_is_one_archive_of_the_keys_and_it_is_the_last(archive: Archive) -> None:
    await asyncio.to_thread(archive.back_up)
    first = (archive.folder / KEYS).read_bytes()
    await asyncio.to_thread(archive.back_up)
    assert (archive.folder / KEYS).read_bytes() != first
    assert [path.name for path in archive.folder.glob("*key*")].count(KEYS) == 1


async def test_nothing_in_it_can_be_read_without_the_recovery_key(archive: Archive) -> None:
    await asyncio.to_thread(archive.back_up)
    written = b"".join(everything(archive.folder).values())
    for secret in (b"SQLite format 3", b"room-0", b"good night", b"of room-1"):
        assert secret not in written
    assert all(path.stat().st_mode & 0o077 == 0 for path in archive.folder.rglob("*"))


async def test_of_thirty_one_nights_none_is_older_than_thirty_days(
    archive: Archive, clock: HandClock
) -> None:
    for hour in range(31 * 24 + 12):
        if hour % 24 == 0:
            await asyncio.to_thread(archive.back_up, clock)
        if hour % 24 == 0 or hour > 29 * 24:
            await asyncio.to_thread(archive.prune, clock)
        ages = [clock.now() - night.note.made_at for night in archive.nights]
        assert max(ages) < 30 * DAY
        assert len(ages) >= min(hour // 24 + 1, 29)
        clock.forward(HOUR)


async def test_even_the_last_one_goes_with_its_files(archive: Archive, clock: HandClock) -> None:
    await asyncio.to_thread(archive.back_up, clock)
    clock.forward(29 * DAY)
    assert await asyncio.to_thread(archive.prune, clock) == 0
    clock.forward(DAY)
    assert await asyncio.to_thread(archive.prune, clock) == 1
    assert set(archive.depot.names()) == {"keys.age", "keys.json"}


async def test_files_of_a_deleted_room_go_with_the_last_night_that_needs_them(
    archive: Archive, clock: HandClock
) -> None:
    await asyncio.to_thread(archive.back_up, clock)
    for path in sorted((archive.data / "blobs").glob("*/*"))[:2]:
        path.unlink()
    clock.forward(DAY)
    await asyncio.to_thread(archive.back_up, clock)
    assert len(list(archive.folder.glob("blobs/*/*"))) == 6
    clock.forward(29 * DAY)
    assert await asyncio.to_thread(archive.prune, clock) == 1
    assert len(list(archive.folder.glob("blobs/*/*"))) == 4


async def test_one_that_was_made_by_a_clock_ahead_ages_from_when_that_was_seen(
    archive: Archive, clock: HandClock
) -> None:
    clock.jump(365 * DAY)
    await asyncio.to_thread(archive.back_up, clock)
    clock.jump(-365 * DAY)
    assert await asyncio.to_thread(archive.prune, clock) == 0
    clock.forward(30 * DAY)
    assert await asyncio.to_thread(archive.prune, clock) == 1


@pytest.mark.parametrize("jump", [365 * DAY, -365 * DAY], ids=["forward", "back"])
async def test_by_a_clock_that_jumped_no_backup_is_removed(
    archive: Archive, clock: HandClock, jump: int
) -> None:
    await asyncio.to_thread(archive.back_up, clock)
    await asyncio.to_thread(archive.prune, clock)
    clock.jump(jump)
    depots: list[Depot] = [archive.depot]
    with pytest.raises(ClockDoubted, match=r"no old backup was removed. Start the server"):
        await asyncio.to_thread(
            prune_backups, SETTINGS, DataDirectory(archive.data), depots, clock, silent
        )
    assert len(archive.nights) == 1


async def test_the_folder_of_another_server_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    await asyncio.to_thread(archive.back_up)
    before = everything(archive.folder)
    await furnish(tmp_path / "other", 1)
    other = Archive(tmp_path / "other", archive.folder)
    with pytest.raises(BackupProblem, match="holds the backups of another server"):
        await asyncio.to_thread(other.back_up)
    assert everything(archive.folder) == before


async def test_two_at_a_time_are_refused(archive: Archive) -> None:
    def second(stage: str, done: int, total: int) -> None:
        del done, total
        if stage == "archive":
            with pytest.raises(BackupProblem, match="is under way"):
                archive.back_up()

    await asyncio.to_thread(archive.back_up, None, second)
    assert len(archive.nights) == 1


async def test_too_little_room_is_said_before_anything_is_written(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(archive.back_up)
    before = everything(archive.folder)
    monkeypatch.setattr(archive.depot, "free", lambda: 1_000_000)
    with pytest.raises(BackupProblem, match=r"needs \d+ MB and 1 MB are free. Make room"):
        await asyncio.to_thread(archive.back_up)
    assert everything(archive.folder) == before


async def test_files_that_are_written_again_need_room_for_the_largest_only(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an update from notes without proofs: every file is copied once more."""
    await asyncio.to_thread(archive.back_up)
    sizes = [path.stat().st_size for path in archive.folder.glob("blobs/*/*")]
    assert len(sizes) > 1
    for path in archive.folder.glob("*.json"):
        if path.name != KEYS_NOTE:
            path.unlink()
    databases = [archive.data / name for name in ("meetd.db", "keys.db")]
    needed = 2 * sum(path.stat().st_size for path in databases) + max(sizes) + MARGIN
    monkeypatch.setattr(archive.depot, "free", lambda: needed - 1)
    with pytest.raises(BackupProblem, match="Make room"):
        await asyncio.to_thread(archive.back_up)
    monkeypatch.setattr(archive.depot, "free", lambda: needed)
    await asyncio.to_thread(archive.back_up)
    assert len(archive.nights) == 1


async def test_a_damaged_file_in_the_store_is_found_and_mended(
    archive: Archive, clock: HandClock
) -> None:
    await asyncio.to_thread(archive.back_up, clock)
    blob = next(archive.folder.glob("blobs/*/*"))
    whole = blob.read_bytes()
    blob.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    problems = []
    for _ in range(8):
        clock.forward(DAY)
        try:
            await asyncio.to_thread(archive.back_up, clock)
        except BackupProblem as problem:
            problems.append(str(problem))
    assert len(problems) == 1
    assert "were damaged" in problems[0]
    assert blob.read_bytes() == whole


def test_every_stage_is_reported(tmp_path: Path) -> None:
    asyncio.run(furnish(tmp_path / "data", 1))
    archive = Archive(tmp_path / "data", tmp_path / "backups")
    seen = [stage for stage, _ in stages(lambda report: archive.back_up(report=report))]
    assert list(dict.fromkeys(seen)) == [
        *("space", "database", "keys", "files", "archive", "key archive", "verifying"),
    ]
