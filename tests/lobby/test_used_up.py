"""What is good once is used up with the decision that lets in, or not at all; and a pass is good
for as long as it was said, whatever is not written down in time."""

import asyncio
from dataclasses import replace

import pytest

from meetd.core.refusals import StorageFull
from meetd.protocol.door import AnswerKnock
from meetd.protocol.hosting import LockRoom, Remove
from meetd.protocol.session import Ended, Ping, Refused, Welcome
from meetd.rooms.access import Right
from meetd.rooms.also import together
from meetd.rooms.pass_store import NewPass
from meetd.rooms.way_back import WayBack
from tests.support.clock import MovedClock
from tests.support.door import (
    Before,
    Gate,
    Street,
    join_as,
    knock_of,
    place_of,
    state_of,
)
from tests.support.guest import Guest


async def passes(street: Street) -> int:
    return len(await street.server.stores.database.read("SELECT 1 FROM passes"))


async def admit(host: Guest, visitor: Guest) -> str:
    knock = await knock_of(host, visitor.name)
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    await visitor.until(lambda: state_of(visitor) == "admitted", "nobody was told")
    return place_of(visitor)


@pytest.mark.parametrize("is_admitted", [False, True])
async def test_a_room_locked_while_somebody_enters_uses_nothing_up_in_vain(
    street: Street, *, is_admitted: bool
) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    place = await admit(host, await street.knock("study", "Bob"))
    await host.ask(LockRoom(locked=False))
    held = Before(street.server.stores.passes, "make")
    page = await street.connect("Bob")
    join = join_as("study", "Bob", place=place if is_admitted else None)
    asking = asyncio.create_task(page.ask(join))
    await held.reached.wait()
    before = await passes(street)
    await street.server.stores.rooms.set_locked(room, locked=True)
    held.open()
    answer = await asking
    if is_admitted:
        assert isinstance(answer, Welcome)
        await page.ask(Ping())
        assert await street.refused("study", "Bob", place=place) == "KnockFirst"
    else:
        assert isinstance(answer, Refused)
        assert answer.refusal.code == "KnockFirst"
        assert await passes(street) == before


async def test_a_link_revoked_while_somebody_enters_leaves_the_admission(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    grants = street.server.stores.grants
    host = await street.enter("study", "Ada", ada)
    place = await admit(host, await street.knock("study", "Bob"))
    new, key = grants.by_link("join", "for one", uses=1)
    link = await grants.add(room, new)
    held = Before(street.server.stores.passes, "make")
    page = await street.connect("Bob")
    asking = asyncio.create_task(page.ask(join_as("study", "Bob", place=place, key=key.reveal())))
    await held.reached.wait()
    await grants.revoke(room, link.id)
    held.open()
    refused = await asking
    assert isinstance(refused, Refused)
    assert refused.refusal.code == "InviteLinkInvalid"
    await street.enter("study", "Bob", place=place)


async def test_a_room_deleted_while_somebody_enters_refuses_them(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada, locked=False)
    await street.enter("study", "Ada", ada)
    held = Before(street.server.stores.passes, "make")
    page = await street.connect("Bob")
    asking = asyncio.create_task(page.ask(join_as("study", "Bob")))
    await held.reached.wait()
    await street.server.stores.rooms.delete(room)
    held.open()
    refused = await asking
    assert isinstance(refused, Refused)
    assert refused.refusal.code == "NoSuchRoom"


async def test_a_limit_lowered_while_somebody_enters_lets_in_who_was_first(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada, locked=False)
    await street.enter("study", "Ada", ada)
    gate = Gate(street.server.stores.passes, "make")
    page = await street.connect("Bob")
    asking = asyncio.create_task(page.ask(join_as("study", "Bob")))
    await gate.reached.wait()
    await street.server.stores.rooms.change_settings(
        room, replace(room.settings, participant_limit=1)
    )
    gate.open()
    assert isinstance(await asking, Welcome)
    assert await street.refused("study", "Eve") == "RoomFull"


async def test_leaving_that_is_written_down_late_ends_no_way_back(
    street: Street, clock: MovedClock
) -> None:
    """Whoever came back meanwhile is in, and has two minutes from when they go."""
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter(
        "study", "Bob", place=await admit(host, await street.knock("study", "Bob"))
    )
    held = Before(street.server.stores.passes, "keep_left")
    assert bob.welcome
    await bob.leave()
    await held.reached.wait()
    again = await street.enter("study", "Bob", way_back=bob.welcome.way_back)
    held.open()
    await street.server.gathering.meetings._errands.finished()
    left = "SELECT left_at FROM passes WHERE participant_id = :id"
    (row,) = await street.server.stores.database.read(left, {"id": bob.id})
    assert row["left_at"] is None
    clock.forward(seconds=600)
    assert again.welcome
    await again.ask(Ping())
    await street.enter("study", "Bob", way_back=again.welcome.way_back)
    assert room.owner_id == ada.id


async def test_leaving_that_is_written_down_late_opens_nothing_after_removal(
    street: Street,
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter(
        "study", "Bob", place=await admit(host, await street.knock("study", "Bob"))
    )
    held = Before(street.server.stores.passes, "keep_left")
    assert bob.welcome
    await bob.leave()
    await held.reached.wait()
    again = await street.enter("study", "Bob", way_back=bob.welcome.way_back)
    await host.ask(Remove(participant=again.id))
    await again.seen(Ended)
    held.open()
    await street.server.gathering.meetings._errands.finished()
    assert again.welcome
    for token in (bob.welcome.way_back, again.welcome.way_back):
        assert await street.refused("study", "Bob", way_back=token) == "WayBackInvalid"


async def test_leaving_that_is_never_written_down_keeps_no_pass_good(
    street: Street, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter(
        "study", "Bob", place=await admit(host, await street.knock("study", "Bob"))
    )

    async def fail(*_: object) -> None:
        raise StorageFull

    monkeypatch.setattr(street.server.stores.passes, "keep_left", fail)
    assert bob.welcome
    back = bob.welcome.way_back
    await bob.leave()
    clock.forward(seconds=119)
    _, seen = await street.look("study", "Bob", way_back=back)
    assert seen.opens == "join"
    clock.forward(seconds=2)
    assert await street.refused("study", "Bob", way_back=back) == "WayBackInvalid"
    eve = await street.knock("study", "Eve")
    await (await street.enter("study", "Eve", place=await admit(host, eve))).leave()
    assert await street.refused("study", "Bob", way_back=back) == "WayBackInvalid"


async def test_entering_that_is_dropped_half_way_leaves_no_pass_good(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    store = street.server.stores.passes
    await store.make(NewPass(room.id, "somebody", Right("join", "knock")), together())
    back = WayBack(room_id=room.id, participant_id="somebody", joined_at=0, issued_at=0, number=1)
    assert await store.look(back, None) is None
    admitted, host = Right("join", "knock"), Right("host", "knock")
    assert await store.redeem(back, None, admitted, admitted) is None
    store.came_in("somebody")
    assert await store.redeem(back, None, host, host) is None
    assert await store.redeem(back, None, admitted, admitted) is not None
