"""Who gets a place at a relay that is full."""

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from meetd.config.network import Media
from meetd.config.settings import Rooms
from meetd.core.refusals import RelayFull
from meetd.relay.session.places import WAIT_SECONDS, Places


@dataclass(eq=False)
class Room:
    sending: set[str] = field(default_factory=set)

    @property
    def people(self) -> int:
        return len(self.sending)


class House:
    """Rooms whose people send four streams each."""

    def __init__(self, of_room: int = 1_000, overall: int = 1_000, **forwarded: Any) -> None:
        settings = Media(relayed_streams_per_room=of_room, relayed_streams=overall, **forwarded)
        self._open(settings)

    @classmethod
    def with_defaults(cls) -> "House":
        house = cls()
        house._open(Media())
        return house

    def _open(self, settings: Media) -> None:
        self.now = 100.0
        self.rooms = [Room(), Room()]
        self.places = Places(settings, lambda: self.rooms, lambda: self.now)

    def asks(self, who: str, room: int = 0) -> bool:
        try:
            self.places.take(self.rooms[room], who)
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


def test_as_many_as_a_meeting_has_seats_for_are_relayed_with_the_defaults() -> None:
    """Hosts have one seat more."""
    house, seats = House.with_defaults(), Rooms().participant_limit + 1
    assert all(house.asks(f"{number}") for number in range(seats))
    assert all(house.asks(f"{number}", room=1) for number in range(seats))


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
    assert full.fields == {"setting": "relayed_streams_per_room", "limit": 4, "people": 1}  # type: ignore[attr-defined]
    assert free.getMessage() == "the relay has room for everybody again"


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        # Three people are 24 streams: two go to each from each, four for each pair and direction.
        ("forwarded_streams_per_room", 24),
        ("forwarded_kilobits_per_second_per_room", 900),
    ],
)
def test_what_a_room_sends_is_limited_for_that_room_alone(limit: str, value: int) -> None:
    house = House(**{limit: value})
    assert [house.asks(who) for who in ("ada", "bob", "carol", "dan")] == [True, True, True, False]
    assert house.asks("eve", room=1)
    house.rooms[0].sending.remove("ada")
    assert house.asks("dan")


@pytest.mark.parametrize(
    ("limit", "value"),
    [("forwarded_streams", 24 + 8), ("forwarded_kilobits_per_second", 1_500)],
)
def test_what_all_rooms_send_together_is_limited(limit: str, value: int) -> None:
    house = House(**{limit: value})
    assert all(house.asks(who) for who in ("ada", "bob", "carol"))
    assert all(house.asks(who, room=1) for who in ("dan", "eve"))
    assert not house.asks("fay", room=1)
    assert not house.asks("gus")  # behind Fay, and not past her
    house.rooms[0].sending.remove("ada")
    house.rooms[0].sending.remove("bob")
    assert house.asks("fay", room=1)


def test_who_only_receives_is_admitted_to_what_is_left_and_passes_nobody_who_waits() -> None:
    house = House(8, 100)
    assert house.places.admits(house.rooms[0], "ada")
    house.rooms[0].sending.update({"ada", "bob"})
    assert not house.places.admits(house.rooms[0], "carol")
    assert house.places.refusals == 0
    assert not house.asks("dan")
    house.rooms[0].sending.remove("bob")
    assert not house.places.admits(house.rooms[0], "carol")
    assert house.places.admits(house.rooms[0], "dan")
    assert house.asks("carol"), "who was admitted is still waited for"


def test_a_crowd_that_waits_elsewhere_takes_no_place_of_a_room() -> None:
    """Who waits for the limit of their own room holds nobody up in another one."""
    house = House(forwarded_streams_per_room=8, forwarded_streams=16)
    assert house.asks("ada")
    assert house.asks("bob")
    assert not any(house.asks(f"bot {number}") for number in range(50))
    assert house.asks("carol", room=1)
    assert house.asks("dan", room=1)
