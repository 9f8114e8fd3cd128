"""A lobby without a server: what knockers and hosts are told, and how often; and how long anybody
waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from meetd.core.ids import new_token
from meetd.core.periods import Span
from meetd.core.refusals import KnockFirst, LobbyFull, StorageFull, TooFast
from meetd.lobby.knock import Door, Knock, Words
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.lobby import AT_ONCE, MOST_PER_NETWORK, MOST_WAITING
from meetd.lobby.store import KnockStore
from meetd.lobby.visit import Visit
from meetd.lobby.watch import Watch
from meetd.protocol.base import Event
from meetd.protocol.codec import decode_event
from meetd.protocol.door import DoorSeen, DoorsWatched, KnocksChanged, KnockSeen
from meetd.protocol.outbox import Outbox
from meetd.rooms.access import Person
from meetd.rooms.room import Room
from tests.support.clock import MovedClock
from tests.support.door import street_at

STUDY = Door("study", "room", "study")


class QuietWire:
    def wake(self) -> None:
        """Nobody is connected; events wait in the outbox."""


class Page:
    """An outbox that can be looked into."""

    def __init__(self) -> None:
        self.outbox = Outbox(QuietWire())

    def told(self) -> list[Event]:
        return [decode_event(message) for message in self.outbox.take()]


class House:
    """Lobbies, a store and a clock."""

    def __init__(self, store: KnockStore, clock: MovedClock) -> None:
        self.store = store
        self.clock = clock
        self.lobbies = Lobbies(store, clock)

    async def knock(self, name: str, network: str = "") -> Knock:
        words = Words("study", name, "", "")
        knock = await self.store.add(STUDY, words, None, place=new_token())
        knock = replace(knock, network=network)
        self.lobbies.put(knock)
        return knock

    async def enters(self, place: str, room_id: str) -> bool:
        """Whether the admission of that place could be used up."""
        entering = self.store.entering(place, room_id, "somebody", needed=True)
        with suppress(KnockFirst):
            await self.store._database.write(entering)
            return True
        return False

    def visitor(self, knock: Knock | None = None) -> tuple[Visit, Page]:
        page = Page()
        visit = Visit(page.outbox, Person(), STUDY, self.clock, lambda _: False)
        visit.place = "A" * 43
        visit.looked = True
        lobby = self.lobbies.arrive(visit)
        if knock is not None:
            lobby.hold(visit, knock)
        visit.tell(host_present=False, ahead=lobby.ahead_of(knock), ref=1)
        return visit, page

    def host(self) -> tuple[Watch, Page]:
        page = Page()
        watch = Watch(page.outbox, self.clock)
        self.lobbies.watch(watch, [STUDY])
        watch.start(self.lobbies.waiting_at(watch.doors), 1)
        assert [type(event) for event in page.told()] == [DoorsWatched]
        return watch, page


@pytest.fixture
async def house(tmp_path: Path, clock: MovedClock) -> AsyncIterator[House]:
    async with street_at(tmp_path, clock) as street:
        house = House(street.server.stores.knocks, clock)
        yield house
        await house.lobbies.close()


async def later(page: Page) -> list[Event]:
    """What a page is told once the next round is over."""
    async with asyncio.timeout(10):
        while not page.outbox._messages:
            await asyncio.sleep(0.01)
    return page.told()


async def test_a_crowd_costs_a_host_one_message(house: House) -> None:
    bob = await house.knock("Bob")
    watch, page = house.host()
    for number in range(30):
        house.lobbies.put(replace(bob, id=f"{number}"))
    house.lobbies.let_lapse(bob, "stopped")
    house.lobbies.put(replace(bob, id="7", has_still=True))
    (told,) = await later(page)
    assert isinstance(told, KnocksChanged)
    assert {one.id: one.has_still for one in told.changed} == {
        f"{number}": number == 7 for number in range(30)
    }
    assert [(one.id, one.why) for one in told.gone] == [(bob.id, "stopped")]
    house.lobbies.unwatch(watch)


async def test_who_stopped_watching_sees_nobody_wait(house: House) -> None:
    watch, page = house.host()
    other, seen = house.host()
    await house.knock("Bob")
    house.lobbies.unwatch(watch)
    await later(seen)
    (told,) = page.told()
    assert isinstance(told, DoorsWatched)
    assert told.knockers == ()
    house.lobbies.unwatch(other)


async def test_a_knocker_hears_only_what_is_new(house: House) -> None:
    first, second = await house.knock("Bob"), await house.knock("Eve")
    _, page = house.visitor(second)
    door, knock = page.told()
    assert isinstance(door, DoorSeen)
    assert isinstance(knock, KnockSeen)
    assert knock.ahead == 1
    lobby = house.lobbies[STUDY]
    lobby.refresh()
    assert page.told() == []
    watch, _ = house.host()
    house.lobbies.let_lapse(first)
    (present, moved) = await later(page)
    assert isinstance(present, DoorSeen)
    assert isinstance(moved, KnockSeen)
    assert (present.ref, present.host_present) == (0, True)
    assert (moved.ref, moved.ahead, moved.host_present) == (0, 0, True)
    house.lobbies.unwatch(watch)


async def test_a_lobby_is_forgotten_when_nobody_is_there(house: House) -> None:
    knock = await house.knock("Bob")
    visit, _ = house.visitor(knock)
    watch, _ = house.host()
    house.lobbies.depart(visit)
    house.lobbies.unwatch(watch)
    assert house.lobbies.find(knock.id), "Bob still waits"
    house.lobbies.stills.keep(knock, b"still")
    house.lobbies.let_lapse(knock)
    assert not house.lobbies.all
    assert house.lobbies.stills.of(knock.id) is None
    assert (house.lobbies._doors, house.lobbies._left_at) == ({}, {})


async def test_one_network_cannot_fill_a_lobby_by_going_away(house: House) -> None:
    for number in range(MOST_PER_NETWORK):
        knock = await house.knock(f"Eve {number}", "203.0.113.9")
        visit, _ = house.visitor(knock)
        house.lobbies.depart(visit)
    lobby = house.lobbies[STUDY]
    with pytest.raises(TooFast):
        lobby.check_room_for("203.0.113.9")
    lobby.check_room_for("203.0.113.10")


async def test_a_full_lobby_is_full_for_everybody(house: House) -> None:
    knock = await house.knock("Bob")
    for number in range(MOST_WAITING - 1):
        house.lobbies.put(replace(knock, id=f"{number}", network=f"{number}"))
    with pytest.raises(LobbyFull):
        house.lobbies[STUDY].check_room_for("203.0.113.10")


async def test_nobody_waits_longer_than_twelve_hours(house: House, clock: MovedClock) -> None:
    early = await house.knock("Bob")
    _, page = house.visitor(early)
    page.told()
    clock.forward(hours=6)
    await house.knock("Eve")
    await house.lobbies.lapse()
    assert page.told() == []
    clock.forward(hours=6.1)
    await house.lobbies.lapse()
    (lapsed,) = page.told()
    assert isinstance(lapsed, KnockSeen)
    assert lapsed.state == "lapsed"
    assert [knock.words.name for knock in house.lobbies[STUDY]] == ["Eve"]
    assert [knock.words.name for knock in await house.store.waiting()] == ["Eve"]


async def test_who_went_waits_an_hour(house: House, clock: MovedClock) -> None:
    stays, goes, returns = [await house.knock(name) for name in ("Bob", "Eve", "Carol")]
    visits = [house.visitor(knock)[0] for knock in (stays, goes, returns)]
    for visit in visits[1:]:
        house.lobbies.depart(visit)
    clock.forward(hours=0.9)
    house.lobbies.put(replace(returns, away=False))
    clock.forward(hours=0.2)
    await house.lobbies.lapse()
    assert {knock.words.name for knock in house.lobbies[STUDY]} == {"Bob", "Carol"}


async def test_a_full_disk_lets_nobody_lapse_and_stops_nothing(
    house: House, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.knock("Bob")
    clock.forward(hours=13)

    async def fail(*_: object) -> None:
        raise StorageFull

    with monkeypatch.context() as full:
        full.setattr(house.store, "settle", fail)
        await house.lobbies.lapse()
    assert [knock.words.name for knock in house.lobbies[STUDY]] == ["Bob"]
    await house.lobbies.lapse()
    assert not house.lobbies.all


async def test_of_many_answers_at_once_one_counts(house: House) -> None:
    room = Room("study", "study", owner_id="ada", locked=True)
    for _ in range(10):
        knock = await house.knock("Bob")
        answers = await asyncio.gather(
            house.store.settle(knock, "turned away"),
            house.store.settle(knock, "admitted", room, "once"),
            house.store.settle(knock, "lapsed"),
            house.store.admit_all([knock], room, "once"),
        )
        assert sum(bool(answer) for answer in answers) == 1


async def test_an_admission_is_used_once_within_twelve_hours(
    house: House, clock: MovedClock
) -> None:
    room = Room("study", "study", owner_id="ada", locked=True)
    words = Words("study", "Bob", "", "")
    for hours, good in ((11.9, 1), (12.1, 0)):
        place = new_token()
        knock = await house.store.add(STUDY, words, None, place=place)
        await house.store.settle(knock, "admitted", room, "once")
        clock.forward(hours=hours)
        entered = await asyncio.gather(
            *(house.enters(place, room.id) for _ in range(5)),
            house.enters(place, "library"),
        )
        assert sum(entered) == good


async def test_what_is_over_is_gone_after_a_day(house: House, clock: MovedClock) -> None:
    over = await house.knock("Bob")
    await house.store.settle(over, "turned away")
    waiting = await house.knock("Eve")
    clock.forward(hours=24.1)
    await house.store.over.remove(Span(24 * 3_600_000).cutoff(clock.now()))
    assert not await house.store.keeps(over)
    assert await house.store.keeps(waiting)


async def test_a_crowd_is_told_in_turns_and_nobody_is_left_out(house: House) -> None:
    bob = await house.knock("Bob")
    pages = []
    for number in range(3 * AT_ONCE + 1):
        knock = replace(bob, id=f"{number}")
        house.lobbies.put(knock)
        pages.append(house.visitor(knock)[1])
    for page in pages:
        page.told()
    lobby = house.lobbies[STUDY]
    house.lobbies.let_lapse(bob)
    lobby.refresh()
    assert sum(bool(page.outbox._messages) for page in pages) == AT_ONCE
    house.lobbies.let_lapse(replace(bob, id="0"))
    lobby.refresh()  # in the middle of the round before
    for number, page in enumerate(pages[1:]):
        moved: list[Event] = []
        while not moved or moved[-1].ahead != number:  # type: ignore[attr-defined]
            moved += await later(page)
