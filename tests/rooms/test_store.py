"""Rooms at rest: names, owners, claims."""

import asyncio

import pytest

from meetd.core.refusals import (
    NoSuchRoom,
    Refusal,
    RoomHeld,
    RoomNameTaken,
    RoomNotFree,
    StorageFull,
    TooManyRooms,
)
from meetd.rooms import store
from meetd.rooms.holds import Holds
from meetd.rooms.room import Room, RoomSettings
from tests.rooms.conftest import Estate


async def test_an_old_name_leads_on_for_90_days_and_is_nobody_elses(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room = await estate.room("study", ada)
    await estate.rooms.rename(room, "library")
    for elapsed in (0, 45, 44.9):
        estate.clock.forward(days=elapsed)
        found = await estate.rooms.find("study")
        assert found is not None
        assert (found.id, found.name) == (room.id, "library")
        assert await estate.rooms.name_now("study") == "library"
        with pytest.raises(RoomNameTaken):
            await estate.room("study", bob)
        with pytest.raises(RoomNameTaken):
            await estate.rooms.rename(await estate.room(f"{elapsed}", bob), "study")
    estate.clock.forward(days=0.1)
    assert await estate.rooms.find("study") is None
    assert await estate.rooms.name_now("study") is None
    assert (await estate.room("study", bob)).owner_id == bob.id


async def test_only_former_names_lead_elsewhere(estate: Estate) -> None:
    ada = await estate.account("ada")
    await estate.room("study", ada)
    await estate.rooms.make("garden")
    for name in ("study", "garden", "nothing"):
        assert await estate.rooms.name_now(name) is None


async def test_renamed_back_and_forth_one_name_is_in_use(estate: Estate) -> None:
    ada = await estate.account("ada")
    room = await estate.room("study", ada)
    for name in ("library", "study", "study", "attic"):
        room = await estate.rooms.rename(room, name)
    for old in ("study", "library"):
        assert await estate.rooms.name_now(old) == "attic"
    assert await estate.rooms.name_now("attic") is None
    await estate.rooms.delete(room)
    for name in ("study", "library", "attic"):
        assert await estate.rooms.find(name) is None


async def test_of_many_who_claim_a_room_one_gets_it(estate: Estate) -> None:
    people = [await estate.account(f"person{number}") for number in range(5)]
    room = await estate.rooms.make("garden")
    seen: list[Room] = []
    estate.rooms.on_changed(seen.append)

    async def claim(owner_id: str) -> str:
        try:
            return (await estate.rooms.claim(room, owner_id, locked=True)).owner_id or ""
        except Refusal as refusal:
            return refusal.code

    results = await asyncio.gather(*(claim(one.id) for one in people))
    owners = [result for result in results if result != RoomNotFree.code]
    assert len(owners) == 1
    found = await estate.rooms.find("garden")
    assert found is not None
    assert (found.owner_id, found.locked) == (owners[0], True)
    assert [one.owner_id for one in seen] == owners, "it was announced once"


async def test_a_room_that_is_gone_is_not_claimed(estate: Estate) -> None:
    ada = await estate.account("ada")
    room = await estate.rooms.make("garden")
    await estate.rooms.delete_unused(room)
    with pytest.raises(RoomNotFree):
        await estate.rooms.claim(room, ada.id, locked=True)


async def test_a_claimed_room_is_not_deleted_as_unused(estate: Estate) -> None:
    ada = await estate.account("ada")
    room = await estate.rooms.make("garden")
    await estate.rooms.claim(room, ada.id, locked=False)
    await estate.rooms.delete_unused(room)
    assert await estate.rooms.owned(room.id, ada.id) is not None


async def test_handed_on_once_by_whoever_owns_it(estate: Estate) -> None:
    ada, bob, eve = [await estate.account(name) for name in ("ada", "bob", "eve")]
    room = await estate.room("study", ada)
    also = await estate.grants.handing_over(room, ada, stays=False)
    handed_on = await estate.rooms.transfer(room, bob.id, also)
    assert handed_on.owner_id == bob.id
    with pytest.raises(NoSuchRoom):
        await estate.rooms.transfer(room, eve.id, also)  # as the former owner still knew it
    assert await estate.rooms.owned(room.id, ada.id) is None
    assert await estate.rooms.owned(room.id, bob.id) == handed_on
    assert [one.name for one in await estate.rooms.owned_by(bob.id)] == ["study"]


async def test_nobody_owns_rooms_without_end(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_ROOMS", 2)
    ada = await estate.account("ada")
    garden = await estate.rooms.make("garden")
    for name in ("study", "attic"):
        await estate.room(name, ada)
    with pytest.raises(TooManyRooms):
        await estate.room("cellar", ada)
    with pytest.raises(TooManyRooms):
        await estate.rooms.claim(garden, ada.id, locked=True)
    assert await estate.rooms.find("cellar") is None
    assert len(await estate.rooms.owned_by(ada.id)) == 2


async def test_settings_are_read_as_they_were_written(estate: Estate) -> None:
    ada = await estate.account("ada")
    room = await estate.room("study", ada)
    settings = RoomSettings(3, "hosts", "everybody", "hosts", "Ring twice.\nThen wait.")
    await estate.rooms.change_settings(room, settings)
    found = await estate.rooms.by_id(room.id)
    assert found is not None
    assert found.settings == settings
    rows = await estate.stores.database.read("SELECT sealed_greeting FROM rooms")
    assert b"Ring" not in rows[0]["sealed_greeting"], "a greeting lies there in clear"


async def test_all_rooms_by_name(estate: Estate) -> None:
    ada = await estate.account("ada")
    await estate.rooms.make("zoo")
    await estate.room("attic", ada)
    assert [room.name async for room in estate.rooms.all()] == ["attic", "zoo"]


async def test_a_hold_on_an_account_keeps_its_rooms_from_being_deleted(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    rooms, stores = estate.rooms, estate.stores
    hers, his = await estate.room("study", ada), await estate.room("library", bob)
    holds = Holds(stores.holds, stores.accounts, rooms, stores.audit)
    await holds.place("ada@example.org", "a court asks for it", actor="operator")
    with pytest.raises(RoomHeld):
        await rooms.delete(hers)
    await rooms.delete(his)
    assert [room.name async for room in rooms.all()] == ["study"]
    ((hold, _),) = await holds.all()
    assert await holds.lift(hold.id, actor="operator")
    await rooms.delete(hers)
    assert [room.name async for room in rooms.all()] == []


async def test_a_key_whose_room_went_before_a_kill_is_destroyed(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is gone, and the key that opens what backups hold is not: the next start, or the next
    hour, finishes it."""
    ada, vault = await estate.account("ada"), estate.stores.vault
    gone, kept = await estate.room("study", ada), await estate.room("library", ada)
    for room in (gone, kept):
        await vault.cipher("room", room.id)

    async def broken(*_: object) -> None:
        raise StorageFull

    with monkeypatch.context() as patch:
        patch.setattr(vault, "forget", broken)
        with pytest.raises(StorageFull):
            await estate.rooms.delete(gone)
    assert await vault.owners("room") == {gone.id, kept.id}
    assert await estate.rooms.sweep_keys() == 0, "the key may be of a moment ago"
    estate.clock.forward(seconds=3_601)
    assert await estate.rooms.sweep_keys() == 1
    assert await vault.owners("room") == {kept.id}
