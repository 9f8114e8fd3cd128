"""When the relay looks at what is due: with packets that come, soon where something waits, and at
the latest by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import pytest

from meetd.config.network import Media
from meetd.relay.forwarding import fanout
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.losses import MAX_TRIES
from meetd.relay.forwarding.outlet import Lane, Outlet
from meetd.relay.forwarding.publisher import Agreed, Format, Publisher
from meetd.relay.forwarding.ring import Ring
from meetd.relay.forwarding.track import Track
from meetd.relay.rtp.extensions import ExtensionIds
from meetd.relay.session.house import EARLY_SECONDS, SOON_SECONDS, TICK_SECONDS, RelayHouse
from meetd.relay.session.room import RelayRoom
from meetd.relay.transport.media_port import MediaPort
from tests.relay.client import HERE, MovedClock, until
from tests.relay.test_parts import Recorder, packet, receive, video


class Connection:
    """Counts looks; ``waits``: as of something that is paced."""

    def __init__(self) -> None:
        self.looks = 0
        self.waits = False

    def tick(self, _now: float) -> bool:
        self.looks += 1
        return self.waits


class Room:
    """Of one connection, until it has ended."""

    def __init__(self) -> None:
        self.connection = Connection()
        self.has_ended = False

    def __iter__(self) -> Iterator[Connection]:
        return iter(()) if self.has_ended else iter((self.connection,))

    def close(self) -> None:
        self.has_ended = True


class House:
    """Of one room. ``look`` is what happens when packets have come."""

    def __init__(self, port: MediaPort, clock: MovedClock) -> None:
        self.relay = RelayHouse(port, Media(host=HERE), clock)
        self.room = Room()
        self.clock = clock
        self._port = port
        self.relay.wake(cast("RelayRoom", self.room))

    @property
    def looks(self) -> int:
        return self.room.connection.looks

    def look(self) -> None:
        self._port.after_packets(self.clock.monotonic())

    def seconds_left(self) -> float:
        """Until it looks by itself."""
        timer: Any = self.relay._timer
        return float(timer.when() - asyncio.get_running_loop().time())


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = MovedClock()
    port = MediaPort(HERE, 0, 5, clock)
    port.open()
    built = House(port, clock)
    yield built
    await built.relay.close()
    port.close()


async def test_packets_bring_a_look_when_one_is_nearly_due_and_put_the_next_one_off(
    house: House,
) -> None:
    await until(lambda: house.looks > 0, "it never looks by itself")
    house.clock.held = house.clock.monotonic()
    house.relay.tick()
    before = house.looks
    house.look()
    assert house.looks == before, "every packet brings a look"
    house.clock.ahead = EARLY_SECONDS
    house.look()
    assert house.looks == before + 1
    house.look()
    assert house.looks == before + 1
    assert SOON_SECONDS < house.seconds_left() <= TICK_SECONDS


async def test_what_waits_is_looked_at_soon(house: House) -> None:
    house.room.connection.waits = True
    house.relay.tick()
    assert house.seconds_left() <= SOON_SECONDS
    house.room.connection.waits = False
    house.relay.tick()
    assert house.seconds_left() > SOON_SECONDS
    house.relay.hurry()
    assert house.seconds_left() <= SOON_SECONDS
    house.clock.ahead = SOON_SECONDS / 2
    left = house.seconds_left()
    house.relay.hurry()
    assert house.seconds_left() <= left, "who hurries again and again puts it off"


async def test_nobody_is_looked_at_when_everybody_is_gone(house: House) -> None:
    house.room.has_ended = True
    house.relay.tick()
    house.relay.tick()
    assert house.relay._timer is None
    house.look()
    assert house.looks == 0
    house.room.has_ended = False
    house.relay.wake(cast("RelayRoom", house.room))
    await until(lambda: house.looks > 0, "it does not begin anew")


def hurried(track: Track) -> list[str]:
    """Has a word for each time that the track's publisher must be asked for something."""
    asked: list[str] = []
    track.hurry = lambda: asked.append("soon")
    return asked


def test_a_gap_and_a_picture_that_is_wanted_do_not_wait_for_the_next_look() -> None:
    track = Track("v", Codec.VP8, 1, repairs=True)
    asked = hurried(track)
    for number in (0, 1, 2):
        receive(track, video(number, number, key=number == 0, timestamp=number * 3_000), 0.1)
    assert asked == []
    receive(track, video(4, 4, key=False, timestamp=12_000), 0.1)
    assert asked == ["soon"]
    receive(track, video(3, 3, key=False, timestamp=9_000), 0.1)
    assert asked == ["soon"]
    track.layers[0].want_key_frame(0.2)
    assert asked == ["soon", "soon"]


def test_a_gap_in_sound_that_nobody_repairs_is_no_hurry() -> None:
    track = Track("a", Codec.OPUS, 1, repairs=False)
    asked = hurried(track)
    for number in (0, 1, 5):
        track.layers[0].receive(number, number * 960, 0, memoryview(b"sound"), 30, 0.1)
    assert asked == []


def test_a_publisher_that_lacks_something_is_looked_at_soon_until_it_came_or_never_will() -> None:
    wire, track = Recorder(), Track("v", Codec.VP8, 1, repairs=True)
    publisher = Publisher(wire, Agreed({96: Format(Codec.VP8)}, ExtensionIds()), 7, "relay")
    publisher.announce("1", track)
    track.layers[0].latch(5)
    assert not publisher.tick(0.0)
    for number in (0, 2):
        receive(track, video(number, number, key=number == 0, timestamp=0), 0.1)
    assert publisher.tick(0.2)
    receive(track, video(1, 1, key=False, timestamp=0), 0.3)
    assert not publisher.tick(0.3)
    receive(track, video(4, 4, key=False, timestamp=0), 0.4)
    looks = [publisher.tick(1.0 + second) for second in range(MAX_TRIES + 1)]
    assert looks == [True] * MAX_TRIES + [False]


def test_the_first_packet_that_is_held_back_asks_to_be_looked_at() -> None:
    outlet, asked = Outlet(Recorder(), 400_000), []
    outlet.hurry = lambda: asked.append("soon")
    lane = Lane(outlet, Ring(64), 0)
    for sequence in range(20):
        fanout.send((packet(sequence),), (lane,), 0.0)
    assert len(outlet.held) > 10
    assert asked == ["soon"]
