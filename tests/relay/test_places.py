"""Who gets a place at a relay that is full."""

import logging
from dataclasses import dataclass, field

import pytest

from meetd.config.settings import Media
from meetd.core.refusals import RelayFull
from meetd.relay.session.places import WAIT_SECONDS, Places


@dataclass(eq=False)
class Room:
    sending: set[str] = field(default_factory=set)

    @property
    def streams(self) -> int:
        return 4 * len(self.sending)


class House:
    """Rooms whose people send four streams each."""

    def __init__(self, of_room: int, overall: int) -> None:
        self.now = 100.0
        self.rooms = [Room(), Room()]
        settings = Media(relayed_streams_per_room=of_room, relayed_streams=overall)
        self.places = Places(settings, self.streams, lambda: self.now)

    def streams(self) -> int:
        return sum(room.streams for room in self.rooms)

    def asks(self, who: str, room: int = 0) -> bool:
        try:
            self.places.take(self.rooms[room], who, 4)
        except RelayFull:
            return False
        self.rooms[room].sending.add(who)
        return True


def test_who_waits_longest_gets_the_free_place_whoever_asks_first() -> None:
    house = House(4, 100)
    assert house.asks("ada")
    assert not house.asks("bob")
    assert not house.asks("carol")
    house.rooms[0].sending.remove("ada")
    assert not house.asks("carol")
    assert not house.asks("newcomer")
    assert house.asks("bob")
    assert house.places.refusals == 4


def test_another_room_is_kept_waiting_by_the_limit_of_all_only() -> None:
    house = House(4, 8)
    assert house.asks("ada")
    assert not house.asks("bob")  # for his room
    assert house.asks("carol", room=1)
    house.rooms[1].sending.clear()
    house.rooms[0].sending.clear()
    assert house.asks("dan", room=1)
    assert house.asks("bob")


@pytest.mark.parametrize("gone", ["left", "silent"])
def test_nobody_waits_for_who_is_gone(gone: str) -> None:
    house = House(4, 100)
    house.asks("ada")
    house.asks("bob")
    if gone == "left":
        house.places.forget(house.rooms[0], "bob")
    else:
        house.now += WAIT_SECONDS + 1
    house.rooms[0].sending.clear()
    assert house.asks("carol")


def test_the_operator_is_told_once_when_it_is_full_and_once_when_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(4, 100)
    house.asks("ada")
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            house.asks("bob")
            house.asks("carol")
        house.rooms[0].sending.clear()
        assert house.asks("bob")
        house.places.forget(house.rooms[0], "carol")
    full, free = caplog.records
    assert full.getMessage() == "the relay is full"
    assert full.fields == {"setting": "relayed_streams_per_room", "limit": 4, "streams": 4}  # type: ignore[attr-defined]
    assert free.getMessage() == "the relay has room for everybody again"
