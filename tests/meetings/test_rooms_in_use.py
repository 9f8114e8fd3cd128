"""Rooms appear with the first visitor and stay when something was said in them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from meetd.protocol.people import ParticipantLeft
from meetd.protocol.session import Done
from tests.support.guest import Guests, guests_at, join_command
from tests.support.server import running_server


async def until_empty(count: Callable[[], int], reason: str) -> None:
    """Wait until ``count()`` is zero."""
    for _ in range(200):
        if not count():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(reason)


async def test_a_refused_join_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        assert ada.welcome is not None
        eve = await guests.connect("Eve")
        refused = await eve.refused(join_command("never", "Eve", ada.welcome.way_back))
        assert refused.refusal.code == "WayBackInvalid"
        assert await server.stores.rooms.find("never") is None


async def test_a_room_in_which_nothing_was_said_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("garden", "Bob")
        await bob.say("kept")
        await ada.leave()
        await bob.leave()
        await until_empty(lambda: server.gathering.meetings.closing, "rooms were not closed")
        assert await server.stores.rooms.find("study") is None
        assert await server.stores.rooms.find("garden") is not None


async def come_speak_and_go(guests: Guests, name: str) -> str:
    guest = await guests.join("study", name)
    answer = await guest.say(f"{name} was here")
    assert isinstance(answer, Done)
    await guest.leave()
    return f"{name} was here"


async def test_coming_while_a_room_closes_loses_nothing(tmp_path: Path) -> None:
    """Everybody is alone in the room now and then, so that it opens and closes all the time."""
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        said = [
            text
            for turn in range(10)
            for text in await asyncio.gather(
                *(come_speak_and_go(guests, f"Guest {turn}-{n}") for n in range(4)),
                come_and_go(guests),
            )
            if text
        ]
        reader = await guests.join("study", "Reader")
        assert sorted(message.text for message in reader.messages) == sorted(said)


async def come_and_go(guests: Guests) -> str:
    """Say nothing: an empty room may be deleted when this one leaves it."""
    guest = await guests.join("study", "Quiet")
    await guest.leave()
    return ""


async def test_who_is_dropped_leaves_after_a_moment(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        await bob.lose_connection()
        assert (await ada.seen(ParticipantLeft)).why == "dropped"


async def test_a_meeting_says_when_it_began_also_to_who_was_there_before(tmp_path: Path) -> None:
    """What was said in the meeting before is older, though its people are the same."""
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        assert ada.welcome
        assert bob.welcome
        assert bob.welcome.began == ada.welcome.began <= ada.snapshot.participants[0].joined_at
        await bob.say("kept")
        said = ada.welcome.now
        await ada.leave()
        await bob.leave()
        await until_empty(lambda: server.gathering.meetings.closing, "the room was not closed")
        again = await guests.join("study", "Ada", ada.welcome.way_back)
        assert again.welcome
        assert again.welcome.began >= max(message.at for message in again.messages) >= said
