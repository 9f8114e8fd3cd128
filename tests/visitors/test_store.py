"""Browsers of people without an account, at rest."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.core.ids import new_id, new_token
from meetd.core.private import Private
from meetd.core.refusals import StorageFailed
from meetd.lobby.doors import door_of
from meetd.lobby.knock import Knock, Words
from meetd.lobby.store import place_hash
from meetd.rooms.room import Room
from meetd.stores import Stores
from tests.support.server import running_server


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with running_server(tmp_path) as (server, _):
        yield server.stores


async def knock(stores: Stores, room: Room, token: str, place: str = "") -> Knock:
    place = place or new_token()
    noting = stores.visitors.noting_knock(Private(token), place_hash(place))
    words = Words(room.name, "Zoe", "", "")
    return await stores.knocks.add(door_of(room), words, None, place=place, also=noting)


async def places_of(stores: Stores, token: str) -> int:
    traces = await stores.visitors.use(token)
    return -1 if traces is None else len(traces.places)


async def test_that_a_browser_knocked_goes_with_the_knock(stores: Stores) -> None:
    token, study = new_token(), await stores.rooms.make("study")
    await knock(stores, study, token)
    await knock(stores, study, token)
    assert await places_of(stores, token) == 2
    await stores.knocks.forget_room(study)
    assert await places_of(stores, token) == 0


async def test_that_a_browser_knocked_stays_as_long_as_access_for_it(stores: Stores) -> None:
    token, study = new_token(), await stores.rooms.make("study")
    knocked = await knock(stores, study, token)
    new = stores.grants.by_browser("Zoe", await stores.knocks.place_hash_of(knocked))
    await stores.grants.add(study, new)
    await stores.knocks.forget_room(study)
    traces = await stores.visitors.use(token)
    assert traces is not None
    assert len(await stores.grants.of_visitors.of(traces.places)) == 1
    assert await stores.grants.of_visitors.forget(traces.places) == 1
    assert await places_of(stores, token) == 0


async def test_a_knock_that_failed_is_not_written_down(stores: Stores) -> None:
    first, second, place = new_token(), new_token(), new_token()
    study = await stores.rooms.make("study")
    await knock(stores, study, first, place)
    with pytest.raises(StorageFailed):
        await knock(stores, study, second, place)  # one knock of a place
    assert (await places_of(stores, first), await places_of(stores, second)) == (1, -1)


async def test_a_token_finds_what_was_noted_with_it(stores: Stores) -> None:
    token, other = new_token(), new_token()
    study, garden = await stores.rooms.make("study"), await stores.rooms.make("garden")
    await stores.visitors.note_participant(token, study.id, "p1")
    await stores.visitors.note_participant(token, study.id, "p2")
    await stores.visitors.note_participant(token, garden.id, "p3")
    await stores.visitors.note_participant(other, garden.id, "p4")
    traces = await stores.visitors.use(token)
    assert traces is not None
    assert {room: set(those) for room, those in traces.rooms.items()} == {
        study.id: {"p1", "p2"},
        garden.id: {"p3"},
    }
    browser = await stores.visitors.look(traces.visitor)
    assert browser is not None
    assert browser.rooms == ("garden", "study")


async def test_whoever_comes_back_with_another_token_is_found_by_that(stores: Stores) -> None:
    first, second = new_token(), new_token()
    study = await stores.rooms.make("study")
    await stores.visitors.note_participant(first, study.id, "p1")
    await stores.visitors.note_participant(second, study.id, "p1")
    before, after = await stores.visitors.use(first), await stores.visitors.use(second)
    assert before is not None
    assert after is not None
    assert (before.participants, after.participants) == ((), ("p1",))


async def test_a_room_that_is_gone_takes_its_traces_along(stores: Stores) -> None:
    token = new_token()
    study = await stores.rooms.make("study")
    await stores.visitors.note_participant(token, study.id, "p1")
    await stores.rooms.delete(study)
    await stores.visitors.note_participant(token, study.id, "p2")
    traces = await stores.visitors.use(token)
    assert traces is not None
    assert traces.rooms == {}


async def test_forgotten_it_leads_nowhere_and_leaves_a_tombstone(stores: Stores) -> None:
    token = new_token()
    study = await stores.rooms.make("study")
    await stores.visitors.note_participant(token, study.id, new_id())
    await knock(stores, study, token)
    traces = await stores.visitors.use(token)
    assert traces is not None
    assert await stores.visitors.forget(traces.visitor) == 1
    assert await stores.visitors.use(token) is None
    assert await stores.visitors.look(traces.visitor) is None
    for table in ("visitors", "visitor_participants", "visitor_knocks"):
        rows = await stores.database.read(f"SELECT count(*) AS left FROM {table}")  # noqa: S608
        assert rows[0]["left"] == 0
    rows = await stores.database.read("SELECT first FROM tombstones WHERE of = 'visitors'")
    assert [row["first"] for row in rows] == [f"'{traces.visitor}'"]
