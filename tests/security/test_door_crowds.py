"""Crowds, and pictures that are none, at a door: refused early, and nobody else notices."""

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.lobby.lobby import MOST_PER_NETWORK, MOST_WAITING
from meetd.protocol.base import Event
from meetd.protocol.door import (
    AdmitAll,
    AnswerTaken,
    Knock,
    KnockSeen,
    LoadStill,
    Look,
    StillLoaded,
    StopKnocking,
)
from meetd.protocol.session import Refused
from tests.support.door import Street, at_the_door, knock_of, state_of, street_at


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with street_at(tmp_path) as street:
        yield street


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB3B", 11, 8, height, width, 1, 1, 0x11, 0)
    return b"\xff\xd8\xff\xc0" + frame


async def test_hostile_pictures_are_refused_and_change_nothing(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    eve, _ = await street.look("study", "Eve")
    await eve.ask(Knock(name="Eve", still=jpeg(640, 480)))
    knock = await knock_of(host, "Eve")
    assert knock.has_still
    for still in (jpeg(65_535, 65_535), jpeg(640, 480)[:-9], b"GIF89a", b"", b"\xff\xd8" * 9_000):
        refused = await eve.refused(Knock(name="Mallory", still=still))
        assert refused.refusal.code == "StillInvalid"
    loaded = await host.ask(LoadStill(knock=knock.id))
    assert isinstance(loaded, StillLoaded)
    assert loaded.still == jpeg(640, 480)
    assert list(at_the_door(host)) == ["Eve"]
    too_big = Knock(name="Eve", still=jpeg(640, 480) + b"\0" * 24_000)
    await eve.send(too_big)
    malformed = await eve.seen(Refused, lambda event: event.ref == 0)
    assert malformed.refusal.code == "MessageMalformed"
    assert (await eve.refused(LoadStill(knock=knock.id))).refusal.code == "NotJoined"


async def test_nobody_else_sees_a_picture(street: Street) -> None:
    ada, eve = await street.account("Ada"), await street.account("Eve")
    await street.room("study", ada)
    host = await street.watch(ada)
    bob, _ = await street.look("study", "Bob")
    await bob.ask(Knock(name="Bob", still=jpeg(640, 480)))
    knock = await knock_of(host, "Bob")
    curious = await street.watch(eve)
    assert (await curious.refused(LoadStill(knock=knock.id))).refusal.code == "NotAHost"
    await bob.ask(StopKnocking())
    assert (await host.refused(LoadStill(knock=knock.id))).refusal.code == "KnockGone"


def address(number: int) -> str:
    return f"10.{number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


async def knock_from(street: Street, number: int, where: str, message: str = "") -> Event:
    """The answer to somebody's knock."""
    guest = await street.connect(f"Guest {number}", address=where)
    await guest.ask(Look(name="study"))
    return await guest.ask(Knock(name=guest.name, message=message), within=60)


async def test_a_thousand_knocks_from_one_address_stay_a_few(street: Street) -> None:
    """Refused early, whether the pages stay or go, and nobody else notices."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    host = await street.watch(ada)
    for start in range(0, 1_000, 50):
        crowd = range(start, start + 50)
        answers = await asyncio.gather(*(knock_from(street, n, "203.0.113.9") for n in crowd))
        if start:
            assert not [one for one in answers if isinstance(one, KnockSeen)]
        if start % 100:
            await street.guests.close()
            host = await street.watch(ada)
    first = [one for one in street.server.house.lobbies.all for _ in one]
    assert len(first) <= MOST_PER_NETWORK + 50, "those who asked at the same time"
    bob = await knock_from(street, 0, "203.0.113.10")
    assert isinstance(bob, KnockSeen)
    await knock_of(host, "Guest 0")


async def test_a_thousand_knocks_from_a_thousand_addresses(street: Street) -> None:
    """The lobby fills, other doors and other people do not notice, and one answer is for all. A
    page that reads nothing of it is cut off, and comes back."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    await street.room("library", ada)
    host, deaf = await street.watch(ada), await street.watch(ada)
    deaf.stop_reading()
    message = "\u6b63" * 300
    for start in range(0, MOST_WAITING, 100):
        crowd = range(start, start + 100)
        answers = await asyncio.gather(*(knock_from(street, n, address(n), message) for n in crowd))
        assert all(isinstance(answer, KnockSeen) for answer in answers)
    late = await knock_from(street, MOST_WAITING, address(MOST_WAITING))
    assert isinstance(late, Refused)
    assert (late.refusal.code, late.refusal.facts) == ("LobbyFull", {"limit": MOST_WAITING})
    await host.until(lambda: len(at_the_door(host)) == MOST_WAITING, "not all are shown", 30)
    elsewhere = await street.knock("library", "Bob")
    assert state_of(elsewhere) == "waiting"
    assert isinstance(await host.ask(AdmitAll(door="study"), within=30), AnswerTaken)
    await host.until(lambda: list(at_the_door(host)) == ["Bob"], "somebody is still shown", 30)
    waiting = [one for one in street.guests._guests if one.name.startswith("Guest")][:-1]
    for guest in waiting:
        await guest.until(lambda one=guest: state_of(one) == "admitted", "not told", 30)  # type: ignore[misc]
    await deaf.lose_connection()
