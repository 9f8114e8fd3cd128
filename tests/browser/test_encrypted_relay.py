"""Frames that go through the relay, which can open none of them, in real browsers."""

from asyncio import gather
from itertools import permutations
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.listening import HeldKey, Listener, listener
from tests.browser.people import House, OpenHouse, Person
from tests.browser.test_encryption import (
    MISSED,
    PATIENCE,
    WHOLE_TEST,
    all_see_all,
    everything_in,
    frames_from,
    id_of_only_sender,
    nothing_is_decoded,
    opens,
    same_code,
    watched,
    without_keys,
)
from tests.browser.test_relayed_room import (
    ALWAYS,
    WITH_RELAY,
    is_direct,
    is_relayed,
    live_connections,
)
from tests.support import recording_server
from tests.support.process import ServerProcess
from tests.support.recording import Recording
from tests.support.recording_server import RECORD_TO


async def is_encrypted(person: Person) -> None:
    mark = person.lock()
    await expect(mark).to_have_attribute("data-status", "encrypted", timeout=PATIENCE * 1_000)


async def all_are_relayed(people: list[Person]) -> None:
    """And see each other."""
    pairs = list(permutations(people, 2))
    await gather(*(is_relayed(one, other.name) for one, other in pairs))
    await gather(*(one.sees(other.name, within=PATIENCE) for one, other in pairs))


@pytest.mark.timeout(WHOLE_TEST)
async def test_a_relayed_room_has_one_code_and_opens_every_frame(open_house: OpenHouse) -> None:
    house = await open_house(**ALWAYS)
    ada = await watched(house, "Ada")
    bob = await watched(house, "Bob", "firefox")
    await all_are_relayed([ada, bob])
    first = await same_code([ada, bob])
    missed = [await person.page.evaluate(MISSED) for person in (ada, bob)]
    carol = await watched(house, "Carol")
    everybody = [ada, bob, carol]
    await all_are_relayed(everybody)
    await same_code(everybody, other_than=first)
    for person in everybody:
        await is_encrypted(person)
        await person.hears_somebody()
        assert await live_connections(person) == 2  # one to send on, one to receive on
    await carol.button("Leave").click()
    await all_see_all([ada, bob])
    # Each had the key of each frame all the time, though people came and went.
    for person, before in zip((ada, bob), missed, strict=True):
        after = await person.page.evaluate(MISSED)
        assert len(before) == 1
        assert before.items() <= after.items()


@pytest.mark.timeout(WHOLE_TEST)
async def test_nothing_relayed_reaches_a_decoder_without_its_key(open_house: OpenHouse) -> None:
    house = await open_house(**ALWAYS)
    ada = await house.guest("Ada", small_camera=True)
    await nothing_is_decoded(ada, await without_keys(house))


def keys_of(participant: str, held: list[HeldKey]) -> set[bytes]:
    return {key.base for key in held if key.participant == participant}


@pytest.mark.timeout(WHOLE_TEST)
async def test_what_the_relay_passes_on_opens_with_keys_of_its_sender_only(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    """Also where a section carries somebody else than before; and nothing that passes through the
    server opens anything, though it has every frame of everybody."""
    recorded = tmp_path / "recorded"
    settings = {**ALWAYS, RECORD_TO: str(recorded)}
    house = await open_house(ServerProcess(tmp_path, module=recording_server.__name__, **settings))
    bob = await listener(house, "Bob")
    ada = await _comes(house, bob, "Ada")
    adas = await id_of_only_sender(bob)
    await _sends_sealed(bob, adas)
    await ada.button("Leave").click()
    await expect(bob.person.tile("Ada")).to_have_count(0)
    await _comes(house, bob, "Carol")
    await bob.frames()
    carols = await id_of_only_sender(bob)
    assert carols != adas
    await _sends_sealed(bob, carols)
    passed = Recording(recorded)
    keys = await bob.keys()
    _members_open(passed, keys, [adas, carols, "own"])
    _server_opens_nothing(passed, {key.base for key in keys})


def _members_open(passed: Recording, keys: list[HeldKey], senders: list[str]) -> None:
    """Picture and sound of each of them, as they came to the server; and what it passed on."""
    received = passed.received()
    for sender in senders:
        theirs = keys_of(sender, keys)
        assert {one.kind for one in received if opens(one, theirs)} == {"audio", "video"}
    everybodys = {key.base for key in keys}
    assert {one.kind for one in passed.sent() if opens(one, everybodys)} == {"audio", "video"}


def _server_opens_nothing(passed: Recording, held: set[bytes]) -> None:
    """Neither with what is as long as a key in any message, nor has it a key anywhere: of all the
    bytes that it read and wrote, packets of media among them."""
    observed = everything_in(passed.said)
    assert any("WrapKeys" in one for one in passed.said)
    assert not held & observed
    assert not any(key in passed.whole for key in held)
    for kind in ("audio", "video"):
        sealed = next(one for one in passed.received() if one.kind == kind and opens(one, held))
        assert not opens(sealed, observed)


async def _comes(house: House, bob: Listener, name: str) -> Person:
    somebody = await house.guest(name, small_camera=True)
    await all_are_relayed([bob.person, somebody])
    return somebody


async def _sends_sealed(bob: Listener, sender: str) -> None:
    """Keys that Bob's page has of that sender open it, and no others."""
    frames = await frames_from(bob, sender, 3)
    held = keys_of(sender, await bob.keys())
    assert all(opens(one, held) for one in frames)
    others = {key.base for key in await bob.keys()} - held
    assert not any(opens(one, others) for one in frames)


@pytest.mark.timeout(WHOLE_TEST)
async def test_moving_to_the_relay_and_back_drops_no_frames(open_house: OpenHouse) -> None:
    """For a while frames of one sender come over both paths, in any order."""
    house = await open_house(**WITH_RELAY, MEETD_MEDIA_MESH_LIMIT="2")
    ada = await watched(house, "Ada")
    bob = await watched(house, "Bob", "firefox")
    await all_see_all([ada, bob])
    await same_code([ada, bob])
    before = [await person.page.evaluate(MISSED) for person in (ada, bob)]
    carol = await watched(house, "Carol")
    await all_are_relayed([ada, bob, carol])
    await carol.button("Leave").click()
    await gather(is_direct(ada, "Bob"), is_direct(bob, "Ada"))
    await all_see_all([ada, bob])
    for person, missed in zip((ada, bob), before, strict=True):
        assert len(missed) == 1
        assert missed.items() <= (await person.page.evaluate(MISSED)).items()
