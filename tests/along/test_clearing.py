"""What a host clears is not in an archive any more either."""

from dataclasses import replace

from meetd.protocol.hosting import ClearRoom
from meetd.rooms.access import Right
from tests.along.conftest import Place
from tests.support.guest import guests_at
from tests.support.house import say


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


async def test_one_that_is_being_made_is_thrown_away(here: Place) -> None:
    stores, exports = here.server.stores, here.server.house.exports
    room = await stores.rooms.make_owned("study", here.owner, locked=False)
    await exports.ask(here.owner, room.id, "en")
    await exports.forget_room(room.id)
    await exports.finished()
    assert await exports.of(here.owner, room.id) is None
    assert list(here.server._directory.exports.glob("??/*")) == []
