"""A room gets a new key while everything goes on; what backups hold the former one opens, until no
backup needs it."""

import asyncio
import fcntl
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from meetd.app import Server
from meetd.content import resealing as files
from meetd.core.holdings import Resealable, Resealed
from meetd.core.refusals import StorageFull
from meetd.lifecycle.alone import LOCK, is_backed_up
from meetd.lifecycle.job import Entry, JobFailed
from meetd.lifecycle.room_keys import Look
from meetd.lifecycle.store import DAY
from meetd.rooms.room import Room
from meetd.storage import resealing as columns
from tests.lifecycle.backups import Archive
from tests.lifecycle.conftest import HandClock
from tests.support.house import contents, contents_of, say, share
from tests.support.sealed import begin, everything_in, fill, finish, key_of, opened_by
from tests.support.server import running_server


class Killed(BaseException):
    """As far as the process came."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with running_server(tmp_path / "data") as (server, _):
        yield server


async def change(server: Server, room: Room) -> Entry:
    """Until the job is done."""
    scheduler = server.house.routine.scheduler
    before = scheduler.entry("room_keys")
    assert await server.house.routine.change_room_key(room.id)

    def is_done() -> bool:
        entry = scheduler.entry("room_keys")
        return entry is not before and entry.ended_at is not None

    await until(is_done)
    return scheduler.entry("room_keys")


async def test_everything_is_sealed_with_the_new_key_and_nothing_with_the_old(
    server: Server,
) -> None:
    room, other = await fill(server, "study"), await fill(server, "kitchen")
    await finish(server, room)
    old, before = await key_of(server, room), await everything_in(server, room)
    kept = await everything_in(server, other), (await key_of(server, other)).reveal()
    sealed = await opened_by(server, room, old)
    entry = await change(server, room)
    assert (entry.outcome, entry.error) == ("done", "")
    assert entry.facts == {"rooms": 1, "things": len(sealed), "waiting": 0, "left": 0}
    new = await key_of(server, room)
    assert await opened_by(server, room, old) == []
    assert len(await opened_by(server, room, new)) == len(sealed)
    assert await everything_in(server, room) == before
    assert not await server.house.routine.room_keys.is_changing(room.id)
    # Nobody else's, and without the former key as well.
    assert (await everything_in(server, other), (await key_of(server, other)).reveal()) == kept
    await server.stores.vault.forget_former("room", room.id, await names(server, room))
    assert await everything_in(server, room) == before


async def names(server: Server, room: Room) -> list[str]:
    return [each.name for each in (await server.stores.vault.former("room")).get(room.id, [])]


async def test_a_meeting_goes_on_with_the_cipher_it_has(server: Server) -> None:
    room = await fill(server, "study")
    cipher = await server.stores.vault.cipher("room", room.id)
    before = cipher.seal(b"said before", "here")
    entry = await change(server, room)
    assert entry.outcome == "done"
    assert await server.stores.vault.cipher("room", room.id) is cipher
    assert cipher.open(before, "here") == b"said before"
    assert not cipher.is_newest(before, "here")
    assert cipher.is_newest(cipher.seal(b"said after", "here"), "here")


async def test_it_can_be_read_and_written_at_every_step(server: Server) -> None:
    room = await fill(server, "study")
    before = await everything_in(server, room)
    keys = server.house.routine.room_keys
    assert await keys.change(room.id)
    steps = 0
    for holding in server.stores.holdings:
        if not isinstance(holding, Resealable):
            continue
        async for _ in holding.reseal(room.id):
            steps += 1
            await say(server, room, f"step {steps}")
            before["messages"].append(f"step {steps}")
            assert await everything_in(server, room) == before
    assert steps > 10
    await keys.run(60)
    assert await everything_in(server, room) == before


async def test_what_was_sealed_before_and_written_after_is_found(server: Server) -> None:
    """Somebody was just writing when the key changed."""
    room = await fill(server, "study")
    (row,) = await server.stores.database.read(
        "SELECT number, sealed FROM messages WHERE room_id = :room AND number = 1",
        {"room": room.id},
    )
    old = await key_of(server, room)
    await change(server, room)

    async def write_late(transaction: Any) -> None:
        await transaction.execute(
            "UPDATE messages SET sealed = :sealed WHERE room_id = :room AND number = :number",
            {"room": room.id, **dict(row)},
        )

    await server.stores.database.write(write_late)
    assert len(await opened_by(server, room, old)) == 1
    assert (await everything_in(server, room))["messages"][0] == "hello"
    await server.house.routine.room_keys.run_one(room.id)
    assert await opened_by(server, room, old) == []


async def test_a_change_meanwhile_is_not_undone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading a row and writing it, somebody writes something else there."""
    room = await fill(server, "study")
    keys, seal = server.house.routine.room_keys, columns._sealed_anew
    await keys.change(room.id)
    loop = asyncio.get_running_loop()

    def interrupted(*arguments: Any) -> Any:
        found = seal(*arguments)
        if arguments[0].column == "sealed_greeting":
            changed = server.stores.rooms.change_settings(room, type(room.settings)(greeting="New"))
            asyncio.run_coroutine_threadsafe(changed, loop).result()
        return found

    monkeypatch.setattr(columns, "_sealed_anew", interrupted)
    await keys.run_one(room.id)
    assert (await everything_in(server, room))["greeting"] == "New"


async def test_a_file_on_its_way_is_sealed_anew_once_it_is_there(server: Server) -> None:
    room = await server.stores.rooms.make("study")
    await begin(server, room)
    old = await key_of(server, room)
    await change(server, room)
    keys = server.house.routine.room_keys
    assert await keys.is_changing(room.id)
    await begin(server, await server.stores.rooms.make("kitchen"))
    await finish(server, room)
    assert len(await opened_by(server, room, old)) == 1
    before = await everything_in(server, room)
    assert (await keys.run(60))["things"] == 1
    assert await opened_by(server, room, old) == []
    assert await everything_in(server, room) == before
    assert not await keys.is_changing(room.id)


async def test_a_file_that_began_with_the_new_key_holds_up_nothing(server: Server) -> None:
    room = await server.stores.rooms.make("study")
    await say(server, room, "hello")
    keys = server.house.routine.room_keys
    await keys.change(room.id)
    await begin(server, room)
    await keys.run_one(room.id)
    assert not await keys.is_changing(room.id)


async def test_files_shared_twice_stay_one_file_on_disk(server: Server) -> None:
    room = await server.stores.rooms.make("study")
    for name in ("a.bin", "b.bin"):
        await share(server, room, name, b"the same" * 20_000)
    before = await everything_in(server, room)
    await change(server, room)
    assert await everything_in(server, room) == before
    assert len(list((server._directory.path / "blobs").glob("??/*"))) == 1
    first, second = await server.stores.content.items(room.id)
    await server.house.shelf.remove(first)
    assert (await everything_in(server, room))["files"] == {"b.bin": b"the same" * 20_000}
    await server.house.shelf.remove(second)
    assert not list((server._directory.path / "blobs").glob("??/*"))


async def test_whoever_looked_before_reads_and_removes_what_it_became(server: Server) -> None:
    room = await server.stores.rooms.make("study")
    item = await share(server, room, "a.bin", b"plain" * 30_000)
    other = await share(server, room, "b.bin", b"other" * 30_000)
    await change(server, room)
    pieces = [piece async for piece in server.house.shelf.read(item, 10, 100_000)]
    assert b"".join(pieces) == (b"plain" * 30_000)[10:100_000]
    await server.house.shelf.remove(item)
    await server.house.shelf.remove(other)
    assert not list((server._directory.path / "blobs").glob("??/*"))


async def test_while_a_backup_is_made_old_files_stay(server: Server) -> None:
    room = await server.stores.rooms.make("study")
    await share(server, room, "a.bin", b"plain")
    data = server._directory.path
    assert not is_backed_up(data)
    with (data / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert is_backed_up(data)
        await change(server, room)
        assert len(list((data / "blobs").glob("??/*"))) == 2
        await server.house.intake.sweep()  # touched, it stays for as long as an upload
        assert len(list((data / "blobs").glob("??/*"))) == 2
    assert not is_backed_up(data)


@pytest.mark.parametrize("step", range(0, 26, 2))
async def test_killed_at_any_step_it_is_gone_on_with(tmp_path: Path, step: int) -> None:
    data = tmp_path / "data"
    async with running_server(data) as (server, _):
        room = await fill(server, "study")
        await finish(server, room)
        old, before = await key_of(server, room), await everything_in(server, room)
        keys = server.house.routine.room_keys
        await keys.change(room.id)
        told = 0

        def kill(_: object) -> None:
            nonlocal told
            if told == step:
                # What is on the disk now is what a killed server leaves.
                shutil.copytree(data, tmp_path / "killed", ignore=shutil.ignore_patterns("*lock"))
                raise Killed
            told += 1

        keys.on_step(kill)
        with pytest.raises(Killed):
            await keys.run(60)
    async with running_server(tmp_path / "killed") as (server, _):
        assert await everything_in(server, room) == before
        await until(lambda: server.house.routine.scheduler.entry("room_keys").outcome == "done")
        assert await opened_by(server, room, old) == []
        assert await everything_in(server, room) == before
        assert not await server.house.routine.room_keys.is_changing(room.id)
        blobs = list((tmp_path / "killed" / "blobs").glob("??/*.part"))
        assert blobs == []


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_a_full_disk_stops_it_and_leaves_everything(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await fill(server, "study")
    await finish(server, room)
    before = await everything_in(server, room)
    keys = server.house.routine.room_keys
    with monkeypatch.context() as patch:
        patch.setattr(files, "MARGIN", 10**18)
        entry = await change(server, room)
        assert (entry.outcome, "too full" in entry.error) == ("failed", True)
        assert await everything_in(server, room) == before
        assert await keys.is_changing(room.id)
    with monkeypatch.context() as patch:

        async def full(_: object) -> None:
            raise StorageFull

        patch.setattr(server.stores.database, "write", full)
        with pytest.raises(JobFailed, match="Make room"):
            await keys.run_one(room.id)
    assert (await keys.run(60))["left"] == 0
    assert await everything_in(server, room) == before
    assert not await keys.is_changing(room.id)


async def test_a_disk_that_is_full_in_the_middle_of_a_file_leaves_no_part(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await server.stores.rooms.make("study")
    await share(server, room, "a.bin", bytes(100_000))
    before = await everything_in(server, room)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr("meetd.storage.blobs.GrowingBlob.sync", full)
        entry = await change(server, room)
    assert (entry.outcome, "too full" in entry.error) == ("failed", True)
    assert len(list((server._directory.path / "blobs").glob("??/*"))) == 1
    assert await everything_in(server, room) == before


@pytest.mark.parametrize(
    ("error", "said"), [(StorageFull(), "too full"), (OSError(5, "Input/output error"), "fails")]
)
async def test_a_room_that_fails_stops_no_other(
    server: Server, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    rooms = [await fill(server, "study"), await fill(server, "kitchen")]
    keys = server.house.routine.room_keys
    for room in rooms:
        await finish(server, room)
        await keys.change(room.id)
    first, second = await server.stores.vault.former("room")
    look = keys._look_alone

    async def fail_first(room_id: str) -> Look:
        if room_id == first:
            raise error
        return await look(room_id)

    with monkeypatch.context() as patch:
        patch.setattr(keys, "_look_alone", fail_first)
        with pytest.raises(JobFailed, match=said):
            await keys.run(60)
    assert await keys.is_changing(first)
    assert not await keys.is_changing(second)
    await keys.run(60)
    assert not await keys.is_any_left()


async def test_a_damaged_file_stays_as_it_is_until_it_is_put_back(server: Server) -> None:
    room = await fill(server, "study")
    await finish(server, room)
    old, before = await key_of(server, room), await everything_in(server, room)
    (item,) = [each for each in await server.stores.content.items(room.id) if each.length > 190_000]
    path = server._directory.path / "blobs" / item.blob_id[:2] / item.blob_id
    whole = path.read_bytes()
    path.write_bytes(whole[:150_000] + bytes([whole[150_000] ^ 1]) + whole[150_001:])
    entry = await change(server, room)
    assert entry.outcome == "failed"
    assert f"blobs/{item.blob_id[:2]}/{item.blob_id}" in entry.error
    assert await opened_by(server, room, old) == [item.blob_id]
    assert path.exists()
    path.write_bytes(whole)
    facts = await server.house.routine.room_keys.run(60)
    assert facts["things"] == 1
    assert await opened_by(server, room, old) == []
    assert await everything_in(server, room) == before


async def test_a_damaged_row_is_told_and_holds_up_nothing_else(server: Server) -> None:
    room = await fill(server, "study")
    await finish(server, room)
    old = await key_of(server, room)

    async def damage(transaction: Any) -> None:
        await transaction.execute("UPDATE messages SET sealed = x'00' WHERE number = 1")

    await server.stores.database.write(damage)
    entry = await change(server, room)
    assert f"messages/{room.id}/1" in entry.error
    assert await opened_by(server, room, old) == []
    assert await names(server, room)


async def test_the_former_key_goes_when_no_backup_needs_it(tmp_path: Path) -> None:
    clock = HandClock()
    async with running_server(tmp_path, clock=clock) as (server, _):
        room = await fill(server, "study")
        await finish(server, room)
        before = await everything_in(server, room)
        await change(server, room)
        keys = server.house.routine.room_keys
        clock.forward(32 * DAY)
        assert await keys.destroy() == 0
        clock.forward(1)
        assert await keys.destroy() == 1
        assert await names(server, room) == []
        assert await everything_in(server, room) == before
        await server.stores.rooms.delete(room)


async def test_a_former_key_that_something_needs_is_not_destroyed(tmp_path: Path) -> None:
    clock = HandClock()
    async with running_server(tmp_path, clock=clock) as (server, _):
        room = await fill(server, "study")
        await finish(server, room)
        before = await everything_in(server, room)
        keys = server.house.routine.room_keys
        await keys.change(room.id)
        clock.forward(33 * DAY)
        assert await keys.destroy() == 0  # this look has sealed it anew
        clock.forward(32 * DAY)  # until then a backup from just before it needs the key
        assert await keys.destroy() == 0
        clock.forward(1)
        assert await keys.destroy() == 1
        assert await everything_in(server, room) == before


async def test_a_former_key_stays_for_backups_from_before_the_last_thing_was_sealed_anew(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    async with running_server(tmp_path, clock=clock) as (server, _):
        room = await fill(server, "study")
        keys = server.house.routine.room_keys
        await change(server, room)
        assert await keys.is_changing(room.id)
        clock.forward(DAY // 4)
        await finish(server, room)
        await keys.run_one(room.id)
        assert not await keys.is_changing(room.id)
        assert not await keys.was_changed_after(room.id, clock.now() - DAY // 8)
        clock.forward(32 * DAY)
        assert await keys.destroy() == 0
        clock.forward(1)
        assert await keys.destroy() == 1


async def test_former_keys_go_with_their_room(server: Server) -> None:
    room = await fill(server, "study")
    for _ in range(2):
        await change(server, room)
    assert len(await names(server, room)) == 2
    await server.stores.rooms.delete(room)
    rows = await server.stores.keys.read("SELECT owner FROM keys WHERE scope LIKE 'room%'")
    assert [row["owner"] for row in rows] == []


async def test_a_room_in_which_nothing_was_kept_has_nothing_to_change(server: Server) -> None:
    room = await server.stores.rooms.make("study")
    assert not await server.house.routine.change_room_key(room.id)
    assert await server.stores.vault.former("room") == {}


async def test_after_some_time_other_jobs_have_their_turn(server: Server) -> None:
    rooms = [await fill(server, f"room-{number}") for number in range(3)]
    keys = server.house.routine.room_keys
    for room in rooms:
        await finish(server, room)
        await keys.change(room.id)
    assert (await keys.run(0))["left"] == 2
    assert (await keys.run(0))["left"] == 1
    assert (await keys.run(60))["left"] == 0
    assert not await keys.is_any_left()


async def test_nights_from_before_and_after_are_restored_and_read(
    tmp_path: Path, archive: Archive
) -> None:
    first = await asyncio.to_thread(archive.back_up)
    async with running_server(archive.data) as (server, _):
        room = await server.stores.rooms.find("room-0")
        assert room is not None
        old, before = await key_of(server, room), await contents(server)
        await change(server, room)
        assert await contents(server) == before
    second = await asyncio.to_thread(archive.back_up)
    for night in (first, second):
        target = tmp_path / night.night
        await asyncio.to_thread(archive.restore, target, night.night[:24])
        assert await contents_of(target) == before
        async with running_server(target) as (server, _):
            await server.house.routine.room_keys.run(60)
            assert await opened_by(server, room, old) == []
            assert await contents(server) == before


async def test_the_old_key_and_a_later_backup_open_nothing(
    tmp_path: Path, archive: Archive
) -> None:
    await asyncio.to_thread(archive.back_up)
    async with running_server(archive.data) as (server, _):
        room = await server.stores.rooms.find("room-0")
        assert room is not None
        old = await key_of(server, room)
        await change(server, room)
    good = await asyncio.to_thread(archive.back_up)
    night = archive.nights[-1]
    assert night.name == good.night
    await asyncio.to_thread(archive.restore, tmp_path / "new")
    async with running_server(tmp_path / "new") as (server, _):
        assert await opened_by(server, room, old) == []
        ids = {item.blob_id for item in await server.stores.content.items(room.id)}
    assert ids <= {fact.id for fact in night.note.blobs}


async def test_steps_of_a_room_add_up(server: Server) -> None:
    room = await fill(server, "study")
    await finish(server, room)
    for holding in server.stores.holdings:
        if isinstance(holding, Resealable):
            await server.house.routine.room_keys.change(room.id)
            seen = [step async for step in holding.reseal(room.id)]
            assert all(isinstance(step, Resealed) for step in seen)
            assert sum(step.seen for step in seen) == await holding.count_sealed(room.id)
