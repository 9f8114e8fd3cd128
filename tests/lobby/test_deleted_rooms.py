"""A room that is deleted while people are at its door, or come to its address later."""

from dataclasses import replace

import pytest

from meetd.core.refusals import RoomNameTaken
from meetd.protocol.door import AnswerKnock, KnockSeen, Look
from meetd.rooms import deleted_name_store
from tests.support.clock import MovedClock
from tests.support.door import (
    Gate,
    Street,
    at_the_door,
    knock_of,
    place_of,
    state_of,
)


async def test_who_knocks_reads_that_the_room_was_deleted_and_lands_in_no_other(
    street: Street,
) -> None:
    ada, mallory = await street.account("Ada"), await street.account("Mallory")
    room = await street.room("study", ada)
    bob = await street.knock("study", "Bob")
    await street.server.stores.rooms.delete(room)
    await bob.until(lambda: state_of(bob) == "deleted", "Bob does not know")
    with pytest.raises(RoomNameTaken):
        await street.room("study", mallory)
    other = await street.room("library", mallory)
    with pytest.raises(RoomNameTaken):
        await street.server.stores.rooms.rename(other, "study")
    for account in (None, mallory):
        assert await street.refused("study", "Bob", account) == "NoSuchRoom"
    again = await street.connect("Bob")
    refused = await again.refused(Look(name="study", place=place_of(bob)))
    assert refused.refusal.code == "NoSuchRoom"


async def test_who_was_admitted_and_waits_for_a_seat_reads_it_too(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    settings = replace(room.settings, participant_limit=1)
    await street.server.stores.rooms.change_settings(room, settings)
    host, bob = await street.enter("study", "Ada", ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    await bob.until(lambda: state_of(bob) == "room full", "Bob does not know")
    await street.server.stores.rooms.delete(room)
    await bob.until(lambda: state_of(bob) == "deleted", "Bob does not know")


async def test_its_former_owner_may_have_the_name_again(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    await street.server.stores.rooms.rename(room, "attic")
    await street.server.stores.rooms.delete(room)
    assert await street.refused("study", "Bob") == "NoSuchRoom"
    for name in ("study", "attic"):
        await street.room(name, ada)
        assert await street.refused(name, "Bob") == "KnockFirst"


async def test_after_90_days_the_name_is_anybodys(street: Street, clock: MovedClock) -> None:
    ada = await street.account("Ada")
    await street.server.stores.rooms.delete(await street.room("study", ada))
    clock.forward(hours=90 * 24 - 1)
    assert await street.refused("study", "Bob") == "NoSuchRoom"
    clock.forward(hours=1)
    await street.enter("study", "Bob")


async def test_a_room_of_nobodys_leaves_its_name_to_anybody(street: Street) -> None:
    await (await street.enter("study", "Bob")).leave()
    room = await street.server.stores.rooms.make("library")
    await street.server.stores.rooms.delete(room)
    await street.enter("library", "Bob")


async def test_nobody_keeps_names_for_themselves_by_deleting(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleted_name_store, "MOST", 2)
    ada = await street.account("Ada")
    for name in ("one", "two", "three"):
        await street.server.stores.rooms.delete(await street.room(name, ada))
    assert await street.refused("three", "Bob") == "NoSuchRoom"
    assert await street.refused("two", "Bob") == "NoSuchRoom"
    await street.enter("one", "Bob")


async def test_the_name_itself_is_not_kept(street: Street) -> None:
    ada = await street.account("Ada")
    await street.server.stores.rooms.delete(await street.room("birthday-of-bob", ada))
    (row,) = await street.server.stores.database.read("SELECT * FROM deleted_room_names")
    assert "birthday" not in repr(tuple(row))


async def test_a_knock_at_a_deleted_room_is_answered_no_more(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    host, bob = await street.watch(ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    gate = Gate(street.server.house.doors, "may_answer")
    ref = await host.send(AnswerKnock(knock=knock.id, answer="admit once"))
    await gate.reached.wait()
    await street.server.stores.rooms.delete(room)
    await bob.seen(KnockSeen, lambda event: event.state == "deleted")
    gate.open()
    await host.until(
        lambda: any(getattr(event, "ref", 0) == ref for event in host.events), "no answer"
    )
    assert "admitted" not in [one.state for one in bob.events if isinstance(one, KnockSeen)]
    late = await host.refused(AnswerKnock(knock=knock.id, answer="admit once"))
    assert late.refusal.code == "KnockGone"
    await host.until(lambda: at_the_door(host) == {}, "Bob is still shown")
