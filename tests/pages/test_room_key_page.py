"""The owner of a room gives it a new key on its page, without JavaScript."""

import asyncio

import pytest

from meetd.lifecycle.job import JobFailed
from meetd.lifecycle.store import DAY
from meetd.storage.database import Transaction
from tests.pages.test_room_pages import Town, town
from tests.support.house import share
from tests.support.sealed import begin, finish

__all__ = ["town"]  # the fixture


async def test_an_owner_changes_the_key_of_a_room_once_a_day(town: Town) -> None:
    ada, bob = await town.browser("ada"), await town.browser("bob")
    here = await town.make(ada, "study")
    assert "so it has no key" in (await ada.get(here)).text
    answer = await ada.post(f"{here}/key")
    assert (answer.status, "so it has no key" in answer.alert) == (409, True)
    await ada.post(f"{here}/greeting", {"greeting": "Come in"})
    routine = town.server.house.routine
    assert 'action="' + here + '/key"' in (await ada.get(here)).text
    assert (await bob.post(f"{here}/key")).status == 404
    assert (await ada.post(f"{here}/key")).to == f"{here}#key"
    assert "The room has a new key" in (await ada.get(here)).text
    room = await town.room("study")
    async with asyncio.timeout(30):  # until the job has sealed it anew
        while await routine.room_keys.is_changing(room.id):
            await asyncio.sleep(0.01)
    text = (await ada.get(here)).text
    assert "everything in the room is encrypted with it" in text
    assert "Change the key of the room" not in text
    answer = await ada.post(f"{here}/key")
    assert (answer.status, "Try again tomorrow" in answer.alert) == (409, True)
    assert room.settings.greeting == "Come in"
    assert len((await town.server.stores.vault.former("room"))[room.id]) == 1


async def yesterday(town: Town) -> None:
    """Every key is a day older."""

    async def work(transaction: Transaction) -> None:
        await transaction.execute("UPDATE keys SET created_at = created_at - :day", {"day": DAY})

    await town.server.stores.keys.write(work)


async def test_an_upload_that_waits_keeps_nobody_from_changing_the_key(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    room = await town.room("study")
    keys = town.server.house.routine.room_keys
    await begin(town.server, room)
    await keys.change(room.id)
    await keys.run_one(room.id)
    assert await keys.is_changing(room.id)
    answer = await ada.post(f"{here}/key")
    assert (answer.status, "Try again tomorrow" in answer.alert) == (409, True)
    assert "goes on by itself" in answer.text
    await yesterday(town)
    assert "Change the key of the room" in (await ada.get(here)).text
    assert (await ada.post(f"{here}/key")).to == f"{here}#key"
    await finish(town.server, room)
    await keys.run_one(room.id)
    assert not await keys.is_changing(room.id)


async def test_what_is_damaged_is_said_and_keeps_nobody_from_changing_the_key(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    room = await town.room("study")
    keys = town.server.house.routine.room_keys
    item = await share(town.server, room, "a.bin", b"plain")
    (blob,) = (town.server._directory.path / "blobs").glob("??/*")
    blob.write_bytes(bytes(len(blob.read_bytes())))
    await keys.change(room.id)
    with pytest.raises(JobFailed, match="damaged"):
        await keys.run_one(room.id)
    text = (await ada.get(here)).text
    assert "until it is put back or removed" in text
    assert "being encrypted with the new key" not in text
    await yesterday(town)
    assert (await ada.post(f"{here}/key")).to == f"{here}#key"
    await town.server.house.shelf.remove(item)
    await keys.run_one(room.id)
    assert "everything in the room is encrypted with it" in (await ada.get(here)).text
