"""Somebody whom one pinned: large on this page, whoever speaks, and first of what is relayed."""

import json
from typing import Any

from playwright.async_api import Locator, WebSocket, expect

from tests.browser.people import CUT_OFF, OpenHouse, Person, until
from tests.browser.test_relayed_room import ALWAYS


class Told:
    """Which tiles the page tells the server that it shows, the last time. To be made before it
    connects."""

    def __init__(self, person: Person) -> None:
        self._tiles: list[dict[str, Any]] = []
        person.page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", self._hear)

    def _hear(self, sent: str | bytes) -> None:
        message = json.loads(sent)
        if message["type"] == "ShowTiles":
            self._tiles = message["tiles"]

    async def puts_first(self, participant: str | None, *, first: bool = True) -> None:
        """Wait until that camera comes before the others, or does not any more."""

        async def so() -> bool:
            cameras = {one["participant"] for one in self._tiles if one["slot"] == "camera"}
            before = {one["participant"] for one in self._tiles if one["first"]}
            return participant in before & cameras if first else participant not in before

        await until(so, f"the relay is told otherwise: {self._tiles}")


def pin(person: Person, name: str) -> Locator:
    """On the tile of whoever is pinned; it lets go of them."""
    return person.tile(name).get_by_role("button", name="Pin", exact=True)


async def is_large(person: Person, name: str, other: str) -> bool:
    sizes = [await person.tile(one).bounding_box() for one in (name, other)]
    large, small = (box["width"] * box["height"] if box else 0.0 for box in sizes)
    return large > 3 * small


async def becomes_large(person: Person, name: str, other: str) -> None:
    async def large() -> bool:
        return await is_large(person, name, other)

    await until(large, f"{name} is not large")


async def test_who_is_pinned_stays_large_and_first_until_they_leave(open_house: OpenHouse) -> None:
    house = await open_house(**ALWAYS)
    house.small_cameras = True
    house.forgiven += CUT_OFF
    ada = await house.visitor("Ada")
    told = Told(ada)
    await ada.page.reload()
    await ada.join()
    bob, _carol = await house.guest("Bob"), await house.guest("Carol")
    await ada.sees("Bob")
    assert not await is_large(ada, "Bob", "Carol")
    bobs = await ada.tile("Bob").get_attribute("data-participant")

    await ada.button("Options for Bob").click()
    item = ada.page.get_by_role("menuitemcheckbox", name="Pin", exact=True)
    await expect(item).not_to_be_checked()
    await item.click()
    await becomes_large(ada, "Bob", "Carol")
    await told.puts_first(bobs)
    await expect(pin(ada, "Bob")).to_have_attribute("aria-pressed", "true")
    await expect(ada.page.get_by_role("status").get_by_text("Bob is pinned")).to_be_visible()

    await bob.comes_back()
    await expect(pin(ada, "Bob")).to_be_visible()
    await house.server.kill()
    await house.server.start()
    await expect(pin(ada, "Bob")).to_be_visible(timeout=30_000)
    await ada.sees("Bob", within=30)
    await becomes_large(ada, "Bob", "Carol")
    await told.puts_first(bobs)

    await ada.button("Options for Bob").focus()
    await ada.page.keyboard.press("n")
    await expect(pin(ada, "Bob")).to_have_count(0)
    await ada.page.keyboard.press("n")
    await expect(pin(ada, "Bob")).to_be_visible()

    await bob.button("Leave").click()
    await expect(ada.tile("Bob")).to_have_count(0)
    await told.puts_first(bobs, first=False)
    await expect(pin(ada, "Carol")).to_have_count(0)
    await ada.button("Options for Carol").click()
    await expect(item).not_to_be_checked()
