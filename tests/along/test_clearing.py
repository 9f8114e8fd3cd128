"""What a host clears is not in an archive any more either, and no archive outlasts the key that it
is sealed with."""

from dataclasses import replace
from pathlib import Path

import pytest

from meetd.core.refusals import RoomHeld
from meetd.meetings.resetting import Part
from meetd.protocol.hosting import ClearRoom
from meetd.rooms.access import Right
from meetd.rooms.holds import Holds
from meetd.rooms.room import Room
from tests.along.conftest import Place, open_place
from tests.lifecycle.conftest import HandClock
from tests.support.guest import guests_at
from tests.support.house import say
from tests.support.server import running_server


async def test_clearing_takes_the_archives_of_the_room_and_no_others(here: Place) -> None:
    stores, exports = here.server.stores, here.server.house.exports
    room = await stores.rooms.make_owned("study", here.owner, locked=False)
    other = await stores.rooms.make_owned("garden", here.owner, locked=False)
    await say(here.server, room, "to be cleared")
    for room_id in (room.id, other.id, None):
        await exports.ask(here.owner, room_id, "en")
    await exports.finished()
    folder = here.server._directory.exports
    assert len(list(folder.glob("??/*"))) == 3
    async with guests_at(here.url) as guests:
        ada = await guests.join("study", "Ada")
        [meeting] = here.server.gathering.meetings.live
        cleared = ClearRoom(files=False, boards=False, chat=True)
        assert (await ada.refused(cleared)).refusal.code == "NotAHost"
        assert await exports.of(here.owner, room.id) is not None
        standing = meeting.standings[ada.id]
        meeting.change_standing(ada.id, replace(standing, right=Right("host", "owner")))
        await ada.ask(cleared)
    assert await exports.of(here.owner, room.id) is None
    assert await exports.of(here.owner, other.id) is not None
    assert await exports.of(here.owner) is not None
    assert len(list(folder.glob("??/*"))) == 2


async def test_a_room_on_hold_keeps_them(here: Place) -> None:
    room, stores = await made(here), here.server.stores
    holds = Holds(stores.holds, stores.accounts, stores.rooms, stores.audit)
    await holds.place("study", "a court asks for it", actor="operator")
    with pytest.raises(RoomHeld):
        await here.server.house.exports.forget_room(room.id)
    assert await here.server.house.exports.of(here.owner, room.id) is not None
    assert len(list(here.server._directory.exports.glob("??/*"))) == 2


async def test_one_that_is_being_made_is_thrown_away(here: Place) -> None:
    stores, exports = here.server.stores, here.server.house.exports
    room = await stores.rooms.make_owned("study", here.owner, locked=False)
    await exports.ask(here.owner, room.id, "en")
    await exports.forget_room(room.id)
    await exports.finished()
    assert await exports.of(here.owner, room.id) is None
    assert list(here.server._directory.exports.glob("??/*")) == []


@pytest.mark.parametrize("part", ["files", "boards", "chat"])
async def test_resetting_takes_them_too(here: Place, part: Part) -> None:
    room = await made(here)
    await reset(here, room, part)
    exports = here.server.house.exports
    assert await exports.of(here.owner, room.id) is None
    assert await exports.of(here.owner) is not None
    assert len(list(here.server._directory.exports.glob("??/*"))) == 1


async def test_resetting_what_is_in_no_archive_takes_none(here: Place) -> None:
    room = await made(here)
    await reset(here, room, "links")
    assert await here.server.house.exports.of(here.owner, room.id) is not None


async def test_a_new_key_of_the_room_takes_what_the_former_one_opens(here: Place) -> None:
    room, exports = await made(here), here.server.house.exports
    keys = here.server.house.routine.room_keys
    assert await keys.change(room.id)
    # Until it is looked at, it can be fetched.
    archive = await exports.of(here.owner, room.id)
    assert archive is not None
    assert len(b"".join([piece async for piece in exports.read(archive)])) == archive.length
    await keys.run_one(room.id)
    assert await exports.of(here.owner, room.id) is None
    assert len(list(here.server._directory.exports.glob("??/*"))) == 1
    assert (await keys.run_one(room.id))["things"] == 0


async def test_one_that_is_made_with_the_new_key_stays(tmp_path: Path) -> None:
    clock = HandClock()
    async with running_server(tmp_path, clock=clock) as running:
        place = await open_place(*running)
        room, exports = await made(place), place.server.house.exports
        keys = place.server.house.routine.room_keys
        assert await keys.change(room.id)
        clock.forward(1)
        await exports.ask(place.owner, room.id, "en")
        await exports.finished()
        await keys.run_one(room.id)
        archive = await exports.of(place.owner, room.id)
        assert archive is not None
        assert len(b"".join([piece async for piece in exports.read(archive)])) == archive.length


async def test_one_that_is_being_made_with_the_former_key_is_thrown_away(here: Place) -> None:
    room, exports = await made(here), here.server.house.exports
    keys = here.server.house.routine.room_keys
    await exports.ask(here.owner, room.id, "en")
    assert await keys.change(room.id)
    await keys.run_one(room.id)
    await exports.finished()
    assert await exports.of(here.owner, room.id) is None
    assert len(list(here.server._directory.exports.glob("??/*"))) == 1


async def made(place: Place) -> Room:
    """A room with something in it, its archive, and the one of its owner."""
    room = await place.server.stores.rooms.make_owned("study", place.owner, locked=False)
    await say(place.server, room, "hello")
    for room_id in (room.id, None):
        await place.server.house.exports.ask(place.owner, room_id, "en")
    await place.server.house.exports.finished()
    return room


async def reset(place: Place, room: Room, part: Part) -> None:
    account = await place.server.stores.accounts.by_id(place.owner)
    assert account is not None
    await place.server.gathering.resetting.reset(room, account, {part})
