"""People whose media goes through the relay, on the real room page."""

from itertools import permutations
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.people import CUT_OFF, OpenHouse, Person, until

# Firefox tries no address of loopback, so that the media port listens on all of this machine.
WITH_RELAY: dict[str, Any] = {"MEETD_MEDIA_HOST": ""}
ALWAYS: dict[str, Any] = {**WITH_RELAY, "MEETD_MEDIA_RELAY": "always"}

PAIRS = [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "chromium")]

# Browsers find no way to each other, as behind two firewalls; to the server they do.
NO_DIRECT_PATH = """{
    const Original = RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
        constructor(configuration) {
            const direct = configuration.iceServers?.length > 0;
            super(direct ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
        }
    };
}"""


async def is_relayed(person: Person, name: str) -> None:
    await _has_path(person, name, "Relayed")


async def is_direct(person: Person, name: str) -> None:
    await _has_path(person, name, "Direct")


async def _has_path(person: Person, name: str, path: str) -> None:
    mark = person.tile(name).get_by_text(path, exact=True)
    await expect(mark).to_be_visible(timeout=30_000)


async def live_connections(person: Person) -> int:
    count: int = await person.page.evaluate(
        "connectionsForTests.filter((one) => one.connectionState !== 'closed').length"
    )
    return count


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_a_server_that_relays_always(open_house: OpenHouse, first: str, second: str) -> None:
    house = await open_house(**ALWAYS)
    ada = await house.guest("Ada", first)
    bob = await house.guest("Bob", second)
    for one, other in ((ada, bob), (bob, ada)):
        await one.sees(other.name)
        await one.hears_somebody()
        await is_relayed(one, other.name)
        # One to send on, one to receive on, and none that would show an address to the other.
        assert await one.page.evaluate("connectionsForTests.length") == 2


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_a_pair_without_a_direct_path_is_relayed_and_told_why(
    open_house: OpenHouse, first: str, second: str
) -> None:
    house = await open_house(**WITH_RELAY)
    house.forgiven += ["ICE failed"]  # of Firefox
    ada = await house.visitor("Ada", first)
    await ada.page.add_init_script(NO_DIRECT_PATH)
    await ada.page.reload()
    await ada.join()
    bob = await house.guest("Bob", second)
    for one, other in ((ada, "Bob"), (bob, "Ada")):
        await one.sees(other, within=30)
        await is_relayed(one, other)
    details = ada.tile("Bob").get_by_role("button", name="Relayed")
    await expect(details).to_have_accessible_description(
        "Your browsers found no direct path to each other, so this server passes picture and"
        " sound on."
    )
    await details.press("Enter")
    dialog = ada.page.get_by_role("dialog", name="Connection to Bob")
    await expect(dialog.get_by_text("found no direct path")).to_be_visible()
    await expect(dialog.get_by_text("Received", exact=True)).to_be_visible()
    await ada.page.keyboard.press("Escape")
    await expect(details).to_be_focused()


async def test_a_crowd_moves_to_the_relay_and_back(open_house: OpenHouse) -> None:
    """From two to three and back. No picture turns to a path that has brought nothing yet; how long
    it stands still meanwhile is measured by ``scripts/bench moves``."""
    house = await open_house(**WITH_RELAY, MEETD_MEDIA_MESH_LIMIT="2")
    ada = await house.guest("Ada", small_camera=True)
    bob = await house.guest("Bob", small_camera=True)
    for one, other in ((ada, "Bob"), (bob, "Ada")):
        await is_direct(one, other)
        await one.sees(other)
        await one.watches_pictures()
    carol = await house.guest("Carol", small_camera=True)
    for one, another in permutations((ada, bob, carol), 2):
        await is_relayed(one, another.name)
        await one.sees(another.name, within=40)
    await carol.button("Leave").click()
    for one, other in ((ada, "Bob"), (bob, "Ada")):
        await is_direct(one, other)
        await one.sees(other)
        await _only_direct(one)
    for one in (ada, bob):
        assert await one.turns() >= 2, "the picture did not follow the path"
        assert await one.early_turns() == 0, "turned to a path that had brought nothing"


async def _only_direct(person: Person) -> None:
    async def only_one() -> bool:
        return await live_connections(person) == 1

    await until(only_one, f"{person.name} keeps connections that carry nothing")


async def test_switches_work_relayed_as_they_do_directly(open_house: OpenHouse) -> None:
    house = await open_house(**ALWAYS)
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await bob.sees("Ada")
    await ada.button("Camera").click()
    await expect(bob.tile("Ada").locator("video").first).to_be_hidden()
    await ada.button("Camera").click()
    await bob.sees("Ada")
    await ada.button("Share screen").click()
    shared = bob.region("Shared content").locator("video")
    await expect(shared).to_be_visible()

    async def screen_arrives() -> bool:
        width: int = await shared.evaluate("(v) => v.videoWidth")
        return width > 0

    await until(screen_arrives, "Bob does not see Ada's screen")
    await ada.button("Share screen").click()
    await expect(shared).to_have_count(0)
    await bob.sees("Ada")
    await bob.hears_somebody()


async def test_pictures_that_nobody_looks_at_are_not_sent(open_house: OpenHouse) -> None:
    house = await open_house(**ALWAYS)
    ada = await house.guest("Ada")
    await house.guest("Bob")
    await ada.sees("Bob")
    await ada.button("People").click()

    async def rests() -> bool:
        before = await _pictures(ada)
        await ada.page.wait_for_timeout(1_000)  # over which nothing may come
        return before - await _pictures(ada) == 0

    await until(rests, "pictures come though nobody looks at them")
    await ada.hears_somebody()
    await ada.button("People").click()
    await ada.sees("Bob")


async def _pictures(person: Person) -> int:
    decoded: int = await person.page.evaluate(
        """async () => {
            let frames = 0;
            for (const connection of connectionsForTests) {
                for (const entry of (await connection.getStats()).values()) {
                    if (entry.type === 'inbound-rtp') frames += entry.framesDecoded ?? 0;
                }
            }
            return frames;
        }"""
    )
    return decoded


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_page_that_is_reloaded_is_relayed_again(
    open_house: OpenHouse, browser: str
) -> None:
    house = await open_house(**ALWAYS)
    ada = await house.guest("Ada", browser)
    bob = await house.guest("Bob")
    await ada.sees("Bob")
    await ada.comes_back()
    await ada.sees("Bob")
    await bob.sees("Ada")


async def test_relayed_media_comes_back_after_a_restart_of_the_server(
    open_house: OpenHouse,
) -> None:
    house = await open_house(**ALWAYS)
    house.forgiven += CUT_OFF
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await ada.sees("Bob")
    await house.server.kill()
    await house.server.start()
    for one, other in ((ada, "Bob"), (bob, "Ada")):
        await expect(one.tile(other)).to_have_count(1, timeout=30_000)
        await one.sees(other, within=30)


async def test_a_full_relay_says_so_to_who_sends_and_with_the_person(
    open_house: OpenHouse,
) -> None:
    house = await open_house(**ALWAYS, MEETD_MEDIA_RELAYED_STREAMS_PER_ROOM="4")
    first, second = await house.guest("Ada"), await house.guest("Bob")

    people = (first, second)

    async def is_told() -> bool:
        told = [
            await one.alert.filter(has_text="Nobody can see or hear you").count() for one in people
        ]
        return sorted(told) == [0, 1]

    await until(is_told, "nobody is told that the relay takes nothing from them", within=30)
    refused = [bool(await one.alert.filter(has_text="Nobody can see").count()) for one in people]
    heard, unheard = people if refused[1] else reversed(people)
    full = "cannot be seen or heard: this server passes on as much as it can"
    await expect(heard.tile(unheard.name)).to_contain_text(full, timeout=30_000)


async def test_a_pair_with_no_path_at_all_is_told_what_to_do(open_house: OpenHouse) -> None:
    house = await open_house(**WITH_RELAY, MEETD_MEDIA_RELAY="never")
    ada = await house.visitor("Ada")
    await ada.page.add_init_script(NO_DIRECT_PATH)
    await ada.page.reload()
    await ada.join()
    bob = await house.guest("Bob")
    for one, other in ((ada, "Bob"), (bob, "Ada")):
        alert = one.tile(other).get_by_role("alert")
        await expect(alert).to_contain_text("no direct path between", timeout=20_000)
        await expect(alert.get_by_role("button", name="Try again")).to_be_visible()
