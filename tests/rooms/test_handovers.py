"""A room that was offered to another owner, and is still whose it was."""

from meetd.rooms.also import Also, audit_line
from meetd.rooms.handover_store import LASTS
from meetd.rooms.holdings import HandoverHolding
from meetd.rooms.room import Room
from tests.rooms.conftest import Estate
from tests.support.ageing import purge


def line(estate: Estate, room: Room) -> Also:
    assert room.owner_id is not None
    return audit_line(estate.stores.audit, "room-offered", room.owner_id, room)


async def test_a_room_is_offered_to_one_at_a_time_until_it_runs_out(estate: Estate) -> None:
    ada, bob, eve = [await estate.account(name) for name in ("ada", "bob", "eve")]
    room, handovers = await estate.room("study", ada), estate.stores.handovers
    await handovers.offer(room, bob.id, stays=False, also=line(estate, room))
    await handovers.offer(room, eve.id, stays=True, also=line(estate, room))
    offer, holding = await handovers.of_room(room), HandoverHolding(handovers)
    assert offer is not None
    assert (offer.account_id, offer.stays) == (eve.id, True)
    assert await handovers.offered_to(bob.id) == []
    assert await handovers.offered_to(eve.id) == [offer]
    estate.clock.forward(seconds=LASTS / 1_000 - 0.001)
    assert await handovers.offered_to(eve.id) == [offer]
    assert await purge(holding, estate.clock.now()) == 0
    estate.clock.forward(seconds=0.001)
    assert await handovers.offered_to(eve.id) == []
    assert await handovers.of_room(room) is None
    assert await purge(holding, estate.clock.now()) == 1


async def test_what_is_offered_goes_with_the_room(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room, handovers = await estate.room("study", ada), estate.stores.handovers
    await handovers.offer(room, bob.id, stays=False, also=line(estate, room))
    await estate.rooms.delete(room)
    assert await handovers.offered_to(bob.id) == []
    rows = await estate.stores.database.read("SELECT count(*) AS n FROM room_handovers")
    assert rows[0]["n"] == 0
