"""Frames that nobody but the people in the room can open, in real browsers."""

import re
from asyncio import gather
from base64 import urlsafe_b64decode
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.listening import Frame, Listener, listener
from tests.browser.people import House, OpenHouse, Person, until
from tests.browser.test_hosting import confirm, of_somebody, study_of_ada
from tests.support.recording import PassedFrame
from tests.support.sframe import open_frame

PATIENCE = 60.0
"""Seconds: three browsers that encode and decode share two cores."""
WHOLE_TEST = 300
"""Seconds: many steps, each of which waits for what it needs."""

BROWSERS = {"Bob": "chromium", "Fay": "firefox"}
"""By who uses them."""

# What the worker counts.
_WATCH_WORKER = """{
    const Original = Worker;
    window.Worker = class extends Original {
        constructor(...parameters) {
            super(...parameters);
            this.addEventListener('message', ({ data }) => {
                if (data.type === 'counts') window.countsForTests = data;
            });
        }
    };
}"""

# By participant: frames that could not be opened. Copies of those that were are none of them, with
# which browsers probe what a connection carries.
MISSED = """() => Object.fromEntries(Object.entries(window.countsForTests?.received ?? {}).map(
    ([id, { dropped }]) => [id, Object.entries(dropped).reduce(
        (sum, [why, count]) => why === 'replayed' ? sum : sum + count, 0)]
))"""


async def same_code(people: list[Person], other_than: str = "") -> str:
    """The safety code, once everybody sees the same one."""
    codes: list[str] = []
    dialogs = [one.page.get_by_role("dialog", name="Encryption", exact=True) for one in people]
    for person in people:
        await person.lock().click()

    async def same() -> bool:
        codes[:] = [(await dialog.inner_text()) for dialog in dialogs]
        shown = [dialog.get_by_label("Safety code") for dialog in dialogs]
        if not all([await code.count() for code in shown]):
            return False
        codes[:] = [await code.inner_text() for code in shown]
        return len(set(codes)) == 1 and codes[0] != other_than

    try:
        await until(same, "no common new code", within=PATIENCE)
    except AssertionError as error:
        raise AssertionError(f"{error}: {codes}") from None
    for dialog in dialogs:
        await dialog.get_by_role("button", name="Close").click()
    return codes[0]


async def all_see_all(people: list[Person]) -> None:
    pairs = permutations(people, 2)
    await gather(*(person.sees(other.name, within=PATIENCE) for person, other in pairs))


async def watched(house: House, name: str, browser: str = "chromium", **options: Any) -> Person:
    person = await house.visitor(name, browser, small_camera=True, **options)
    await person.page.add_init_script(_WATCH_WORKER)
    await person.page.reload()
    await person.join()
    return person


@pytest.mark.timeout(WHOLE_TEST)
async def test_everybody_decodes_everybody_and_sees_one_code(house: House) -> None:
    ada = await watched(house, "Ada")
    bob = await watched(house, "Bob", "firefox")
    await all_see_all([ada, bob])
    first = await same_code([ada, bob])
    assert len(first.replace(" ", "")) == 30
    missed = [await person.page.evaluate(MISSED) for person in (ada, bob)]
    carol = await house.guest("Carol", small_camera=True)
    await all_see_all([ada, bob, carol])
    second = await same_code([ada, bob, carol], other_than=first)
    for person in (ada, bob, carol):
        mark = person.lock()
        await expect(mark).to_have_attribute("data-status", "encrypted", timeout=PATIENCE * 1_000)
        await person.hears_somebody()
    await carol.button("Leave").click()
    await all_see_all([ada, bob])
    third = await same_code([ada, bob], other_than=second)
    assert third == first
    # All the time each had the key of each frame that came: the pictures never stopped for keys.
    for person, before in zip((ada, bob), missed, strict=True):
        after = await person.page.evaluate(MISSED)
        assert len(before) == 1
        assert before.items() <= after.items()


# What reached this page of all cameras and microphones, and what of it a decoder was given.
_ARRIVED = """async () => {
    let [packets, frames, energy] = [0, 0, 0];
    for (const connection of window.connectionsForTests) {
        for (const entry of (await connection.getStats()).values()) {
            if (entry.type !== 'inbound-rtp') continue;
            packets += entry.packetsReceived ?? 0;
            frames += entry.framesDecoded ?? 0;
            energy += entry.totalAudioEnergy ?? 0;
        }
    }
    return [packets, frames, energy];
}"""


def keep_keys_back(socket: WebSocketRoute) -> None:
    """A server that passes everything on but keys."""
    server = socket.connect_to_server()
    server.on_message(
        lambda message: None if '"KeysWrapped"' in str(message) else socket.send(message)
    )


async def test_no_frame_reaches_the_decoder_without_a_key(house: House) -> None:
    ada = await house.guest("Ada", small_camera=True)
    await nothing_is_decoded(ada, await without_keys(house))
    await expect(ada.lock()).to_have_attribute("data-status", "pending")


async def without_keys(house: House) -> list[Person]:
    """In either browser, on a server that gives them none."""
    people = []
    for name, browser in BROWSERS.items():
        person = await house.visitor(name, browser, small_camera=True)
        await person.page.route_web_socket("**/ws", keep_keys_back)
        await person.page.reload()
        await person.join()
        people.append(person)
    return people


async def nothing_is_decoded(ada: Person, keyless: list[Person]) -> None:
    """On any of these pages, of anybody, though much arrives; and no lock is closed."""
    for person in keyless:
        # Their keys reached Ada, so the path is there in both directions.
        await ada.sees(person.name, within=PATIENCE)
        await _much_arrives(person)
        _, frames, energy = await arrived(person)
        assert (frames, energy) == (0, 0)
        assert await person.frames_of(ada.name) == 0
        await expect(person.lock()).to_have_attribute("data-status", "pending")


async def _much_arrives(person: Person) -> None:
    async def much() -> bool:
        return (await arrived(person))[0] > 300

    await until(much, f"nothing arrives at the page of {person.name}", within=PATIENCE)


async def arrived(person: Person) -> tuple[int, int, float]:
    packets, frames, energy = await person.page.evaluate(_ARRIVED)
    return packets, frames, energy


async def test_no_frame_reaches_the_decoder_with_a_wrong_key(house: House) -> None:
    """No noise and no green picture: one bit of each key is wrong, and everything is dropped."""
    ada = await house.guest("Ada", small_camera=True)
    spoilt = [
        (await listener(house, name, "spoil", browser=browser)).person
        for name, browser in BROWSERS.items()
    ]
    await nothing_is_decoded(ada, spoilt)


async def frames_from(listening: Listener, sender: str, count: int) -> list[Frame]:
    """Of picture and sound."""
    found: list[Frame] = []

    async def enough() -> bool:
        found.extend(one for one in await listening.frames() if one.participant == sender)
        return all(sum(one.kind == kind for one in found) >= count for kind in ("audio", "video"))

    await until(enough, "no frames arrive", within=PATIENCE)
    return found


async def id_of_only_sender(listening: Listener) -> str:
    ids: set[str] = set()

    async def somebody() -> bool:
        ids.update(one.participant for one in await listening.frames())
        return bool(ids)

    await until(somebody, "nobody sends", within=PATIENCE)
    (sender,) = ids
    return sender


def opens(frame: Frame | PassedFrame, keys: set[bytes]) -> bool:
    return any(open_frame(frame.kind, frame.data, key) is not None for key in keys)


def everything_in(messages: list[str]) -> set[bytes]:
    """All that is as long as a key, anywhere in what was said: as it stands, and decoded."""
    found: set[bytes] = set()
    for message in messages:
        for run in re.findall(r"[A-Za-z0-9_/+-]{16,}", message):
            unpadded = run.replace("/", "_").replace("+", "-")
            texts = [urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in _cuts(unpadded)]
            for data in (run.encode(), *texts):
                found.update(data[at : at + 16] for at in range(len(data) - 15))
    return found


def _cuts(run: str) -> list[str]:
    """From each place where base64 could begin; a character too many is left out."""
    parts = [run[at:] for at in range(4)]
    return [part[:-1] if len(part) % 4 == 1 else part for part in parts]


async def test_whoever_hears_everything_but_holds_no_key_opens_nothing(house: House) -> None:
    """An observer is given all that passed between the pages and the server, and frames."""
    ada = await listener(house, "Ada")
    bob = await listener(house, "Bob")
    await all_see_all([ada.person, bob.person])
    sender = await id_of_only_sender(bob)
    frames = await frames_from(bob, sender, 3)
    held = {key.base for key in await bob.keys() if key.participant == sender}
    assert all(opens(one, held) for one in frames)
    said = [*ada.said, *bob.said]
    assert any("WrapKeys" in one for one in said)
    observed = everything_in(said)
    assert not held & observed
    for kind in ("audio", "video"):
        assert not opens(next(one for one in frames if one.kind == kind), observed)


REMOVED_WITHIN = 2_000
"""Milliseconds."""


@pytest.mark.timeout(WHOLE_TEST)
async def test_whoever_was_removed_opens_nothing_that_is_sent_after_2_s(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    """With a page that forgets nothing."""
    house, ada = await study_of_ada(open_house, tmp_path, small_camera=True)
    bob = await listener(house, "Bob")
    sender = await id_of_only_sender(bob)
    carol = await listener(house, "Carol", "keep")

    async def in_the_keys() -> bool:
        carols = {key.base for key in await carol.keys()}
        return opens((await frames_from(bob, sender, 1))[-1], carols)

    await until(in_the_keys, "Carol is not in the keys", within=PATIENCE)
    await of_somebody(ada, "Carol", "Remove")
    await confirm(ada, "Remove")
    for gone in (carol.person.region("People"), bob.person.tile("Carol")):
        await expect(gone).to_have_count(0, timeout=PATIENCE * 1_000)
    removed = bob.heard_at('"ParticipantLeft"')
    await bob.frames()
    after: list[Frame] = []

    async def later() -> bool:
        found = await frames_from(bob, sender, 1)
        after.extend(one for one in found if one.at > removed + REMOVED_WITHIN)
        return {one.kind for one in after} == {"audio", "video"}

    await until(later, "nothing more was sent", within=PATIENCE)
    carols = {key.base for key in await carol.keys()}
    bobs = {key.base for key in await bob.keys()}
    assert all(opens(one, bobs) for one in after)
    assert not any(opens(one, carols) for one in after)


async def test_whoever_was_met_before_is_known_by_their_device(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path, small_camera=True)
    bob = await house.guest("Bob", small_camera=True)

    async def said_of_ada() -> str:
        await bob.lock().click()
        dialog = bob.page.get_by_role("dialog", name="Encryption", exact=True)
        row = dialog.get_by_role("list").first.get_by_role("listitem").filter(has_text="Ada")
        await expect(row).not_to_contain_text("not exchanged", timeout=PATIENCE * 1_000)
        await expect(row).to_contain_text(re.compile(r"\d{5} \d{5} \d{5}"))
        text = await row.inner_text()
        warned = await dialog.get_by_text("with another device").count()
        await dialog.get_by_role("button", name="Close").click()
        return f"{text} WARNED" if warned else text

    await bob.sees("Ada", within=PATIENCE)
    assert "device" not in await said_of_ada()
    # Another page of the same browser, and a page of Bob's that remembers.
    await ada.comes_back()
    await bob.comes_back()
    await bob.sees("Ada", within=PATIENCE)
    assert "Same device as last time" in await said_of_ada()
    # She wants to be known no more, from the next time that she comes.
    await ada.lock().click()
    await ada.page.get_by_role("switch", name="Let others know this device again").click()
    await ada.comes_back()
    await bob.sees("Ada", within=PATIENCE)
    assert "WARNED" in await said_of_ada()
    await ada.button("Leave").click()
    await expect(bob.tile("Ada")).to_have_count(0)
    guest = await house.guest("Ada", small_camera=True)
    await bob.sees("Ada", within=PATIENCE)
    assert "WARNED" in await said_of_ada()
    await guest.lock().click()
    await expect(guest.page.get_by_role("switch")).to_have_count(0)
    await expect(bob.lock()).to_have_attribute("data-status", "stranger")
