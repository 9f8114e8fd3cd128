"""What was deleted stays deleted, what is damaged is told, and what is there is never touched."""

import asyncio
import shutil
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from meetd.accounts.identity import check_identity
from meetd.audit.entry import OPERATOR
from meetd.lifecycle.copies import last_tombstone
from meetd.lifecycle.problem import BackupProblem
from meetd.lifecycle.restore import unpack
from meetd.rooms.also import together
from meetd.rooms.room import Room
from meetd.storage.database import Transaction
from tests.lifecycle.backups import Archive, everything
from tests.support.house import contents, contents_of
from tests.support.server import running_server


async def back_up(archive: Archive) -> str:
    return (await asyncio.to_thread(archive.back_up)).night


async def delete_room(data: Path, name: str) -> str:
    async with running_server(data) as (server, _):
        room = await server.stores.rooms.find(name)
        assert isinstance(room, Room)
        await server.stores.rooms.delete(room)
        return room.id


async def test_a_room_deleted_on_day_two_is_in_no_backup_of_day_one(
    archive: Archive, tmp_path: Path
) -> None:
    before = await contents_of(archive.data)
    first = await back_up(archive)
    room_id = await delete_room(archive.data, "room-1")
    await back_up(archive)
    restored = await asyncio.to_thread(archive.restore, tmp_path / "new", first)
    assert restored.deleted == 1
    after = await contents_of(tmp_path / "new")
    assert after == {name: rest for name, rest in before.items() if name != "room-1"}
    # Whoever leaves out the tombstones has rows, but no key to them.
    folder, night = tmp_path / "by hand", archive.nights[0]
    await asyncio.to_thread(unpack, archive.depot, night, archive.depot, archive.identity, folder)
    shutil.copytree(archive.folder / "blobs", folder / "blobs")
    async with running_server(folder) as (server, _):
        assert await server.stores.rooms.by_id(room_id) is not None
        assert room_id not in await server.stores.vault.owners("room")
        with pytest.raises(InvalidTag):
            await contents(server)


async def test_a_file_and_a_message_that_were_deleted_stay_deleted(
    archive: Archive, tmp_path: Path
) -> None:
    await back_up(archive)
    async with running_server(archive.data) as (server, _):
        room = await server.stores.rooms.find("room-0")
        assert isinstance(room, Room)
        item = (await server.stores.content.items(room.id))[0]
        await server.house.shelf.remove(item)

        async def work(transaction: Transaction) -> None:
            await transaction.execute("DELETE FROM messages WHERE number = 2")

        await server.stores.database.write(work)
        now = await contents(server)
    first = archive.nights[0].name
    await back_up(archive)
    restored = await asyncio.to_thread(archive.restore, tmp_path / "new", first)
    assert restored.deleted == 4
    assert restored.files == 5
    assert await contents_of(tmp_path / "new") == now
    assert len(list((tmp_path / "new" / "blobs").glob("*/*"))) == 5


async def test_somebody_who_was_erased_stays_erased_and_what_was_handed_on_stays(
    archive: Archive, tmp_path: Path
) -> None:
    async with running_server(archive.data) as (server, _):
        identity = check_identity("ada@example.org", "Ada", "L", "ada")
        ada = await server.stores.accounts.joining.add(identity, None, administrator=False)
        other = check_identity("bo@example.org", "Bo", "B", "bo")
        bo = await server.stores.accounts.joining.add(other, None, administrator=False)
        room = await server.stores.rooms.make_owned("study", ada.id, locked=True)
    first = await back_up(archive)
    async with running_server(archive.data) as (server, _):
        await server.stores.rooms.transfer(room, bo.id, together())
        account = await server.stores.accounts.by_id(ada.id)
        assert account is not None
        await server.stores.erase(account, actor=OPERATOR)
    await back_up(archive)
    await asyncio.to_thread(archive.restore, tmp_path / "new", first)
    async with running_server(tmp_path / "new") as (server, _):
        assert await server.stores.accounts.by_email("ada@example.org") is None
        assert await server.stores.accounts.by_id(ada.id) is None
        assert ada.id not in await server.stores.vault.owners("account")
        study = await server.stores.rooms.find("study")
        assert study is not None
        assert study.owner_id is None


async def test_what_is_deleted_after_a_restore_counts_on(archive: Archive, tmp_path: Path) -> None:
    await back_up(archive)
    await delete_room(archive.data, "room-0")
    await back_up(archive)
    first = archive.nights[0].name
    await asyncio.to_thread(archive.restore, tmp_path / "new", first)
    latest = last_tombstone(archive.data / "meetd.db")
    assert last_tombstone(tmp_path / "new" / "meetd.db") > latest
    await delete_room(tmp_path / "new", "room-1")
    again = Archive(tmp_path / "new", archive.folder)
    await asyncio.to_thread(again.back_up)
    await asyncio.to_thread(archive.restore, tmp_path / "third", archive.nights[1].name)
    assert set(await contents_of(tmp_path / "third")) == {"room-2"}


async def test_what_is_replaced_has_another_name_and_its_deletions_count(
    archive: Archive, tmp_path: Path
) -> None:
    await back_up(archive)
    room_id = await delete_room(archive.data, "room-1")
    before = everything(archive.data)
    with pytest.raises(BackupProblem, match=r"There is something in .* --replace"):
        await asyncio.to_thread(archive.restore, archive.data)
    assert everything(archive.data) == before
    await asyncio.to_thread(lambda: archive.restore(archive.data, replace=True))
    (aside,) = tmp_path.glob("data.before-*")
    assert everything(aside) == before
    async with running_server(archive.data) as (server, _):
        assert set(await contents(server)) == {"room-0", "room-2"}
        assert room_id not in await server.stores.vault.owners("room")


async def test_a_directory_that_a_server_uses_is_not_replaced(archive: Archive) -> None:
    await back_up(archive)
    async with running_server(archive.data):
        with pytest.raises(BackupProblem, match="is in use by another meetd"):
            await asyncio.to_thread(lambda: archive.restore(archive.data, replace=True))


async def test_a_dry_run_checks_everything_and_leaves_nothing(
    archive: Archive, tmp_path: Path
) -> None:
    await back_up(archive)
    there = sorted(tmp_path.iterdir())
    run = await asyncio.to_thread(lambda: archive.restore(tmp_path / "new", dry_run=True))
    assert (run.files, run.rows["messages"]) == (6, 9)
    assert sorted(tmp_path.iterdir()) == there


async def test_one_night_is_chosen_by_day_or_time(archive: Archive, tmp_path: Path) -> None:
    names = [await back_up(archive) for _ in range(3)]
    for at, expected in ((names[1], names[1]), (names[0][:10], names[2]), ("", names[2])):
        target = tmp_path / f"at {at}"
        assert (await asyncio.to_thread(archive.restore, target, at)).night == expected
    with pytest.raises(BackupProblem, match=f"The first one is {names[0]}"):
        await asyncio.to_thread(archive.restore, tmp_path / "none", "1999-12-31")
    assert not (tmp_path / "none").exists()
