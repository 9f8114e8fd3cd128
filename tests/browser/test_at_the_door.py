"""Who knocks, as hosts see it on any page, by roles and names of the contract."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from meetd.protocol.door import Knock, KnockSeen, Look
from tests.browser.people import PHONE, House, OpenHouse, Person, until
from tests.browser.test_accessible import check
from tests.support.door import Street, state_of
from tests.support.guest import Guest, Guests, guests_at
from tests.support.process import ServerProcess
from tests.support.server import running_server, test_settings

CROWD = 200
PER_ROOM = 20

# Counts the tones of knocks: two for each double knock.
_COUNT_TONES = """
    window.tones = 0;
    const original = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
        window.tones += 1;
        return original.call(this);
    };
"""

# Who in the list has the focus: their number in it, as screen readers say it.
_FOCUSED = """() => Number(
    document.activeElement.closest('[role=list] > li')?.getAttribute('aria-posinset') ?? 0)"""

_NAME_OF_FOCUSED = "document.activeElement.innerText"


class Ada:
    """A host, the browsers that she is signed in with, and who comes to her doors."""

    def __init__(self, house: House, guests: Guests, signed_in: dict[str, Any]) -> None:
        self.house = house
        self.signed_in = signed_in
        self._guests = guests

    async def opens(self, path: str = "account", **options: Any) -> Person:
        options = {"storage_state": self.signed_in, "reduced_motion": "reduce"} | options
        return await self.house.visitor("Ada", room=path, **options)

    async def knock(self, name: str, room: str = "study", kind: str = "room") -> Guest:
        guest = await self._guests.connect(name)
        await guest.ask(Look(name=room, kind=kind))  # type: ignore[arg-type]
        assert isinstance(await guest.ask(Knock(name=name)), KnockSeen)
        return guest


OpenDoor = Callable[..., AbstractAsyncContextManager[Ada]]


@pytest.fixture
def door_of_ada(open_house: OpenHouse, tmp_path: Path) -> OpenDoor:
    """A locked study of hers, and more rooms where a test wants them."""

    @asynccontextmanager
    async def open_door(rooms: int = 0) -> AsyncIterator[Ada]:
        settings = test_settings(accounts={"registration": "open"})
        async with running_server(tmp_path, settings) as (server, url), guests_at(url) as guests:
            street = Street(server, guests)
            account = await street.account("Ada")
            for name in ("study", *(f"room-{number}" for number in range(rooms))):
                await street.room(name, account)
            token = street.token(account)
        cookie = {"name": "meetd", "value": token, "domain": "localhost", "path": "/"}
        fast = {"MEETD_LIMITS_KNOCKS_PER_MINUTE": "100000"}
        house = await open_house(ServerProcess(tmp_path, **fast))
        async with guests_at(house.server.url) as knockers:
            yield Ada(house, knockers, {"cookies": [cookie], "origins": []})

    return open_door


def row(host: Person, name: str) -> Locator:
    return host.region("At the door").get_by_role("listitem").filter(has_text=name)


async def press(host: Person, name: str, answer: str) -> None:
    await row(host, name).get_by_role("button", name=answer, exact=True).click()


async def answered(guest: Guest, state: str) -> None:
    await guest.until(lambda: state_of(guest) == state, f"{guest.name} is not {state}")


async def test_a_knock_shows_on_any_page_and_is_answered_there(door_of_ada: OpenDoor) -> None:
    async with door_of_ada() as ada:
        host = await ada.opens()
        bob = await ada.knock("Bob")
        await expect(row(host, "Bob")).to_be_visible(timeout=2_000)
        await expect(host.page).to_have_title("(1) Your account, meetd")
        await check(host, "somebody at the door")
        await host.page.goto(f"{ada.house.server.url}/privacy")
        await press(host, "Bob", "Ask to wait")
        await expect(row(host, "Bob")).to_contain_text("Asked to wait")
        await answered(bob, "asked to wait")
        await press(host, "Bob", "Admit")
        await answered(bob, "admitted")
        await expect(host.region("At the door").get_by_role("listitem")).to_have_count(0)
        await expect(host.page.get_by_role("link", name="Go to study")).to_be_visible()
        carol = await ada.knock("Carol")
        await press(host, "Carol", "Turn away")
        await answered(carol, "turned away")
        await expect(host.page.locator("output.visually-hidden")).to_contain_text(
            "Carol was turned away"
        )


async def test_at_the_reception_the_host_says_where_to(door_of_ada: OpenDoor) -> None:
    async with door_of_ada() as ada:
        host = await ada.opens(size=PHONE)
        bob = await ada.knock("Bob", "ada", "reception")
        await press(host, "Bob", "Admit")
        where = host.page.get_by_label("Where to")
        await expect(where).to_be_focused()
        rooms = host.page.locator("datalist option")
        await expect(rooms).to_have_count(
            1
        )  # asked of the server: no list of rooms is on this page
        await expect(rooms).to_have_attribute("value", "study")
        await where.fill("nowhere")
        await host.page.keyboard.press("Enter")
        await expect(host.alert).to_contain_text("There is no such room")
        await check(host, "where to")
        await where.fill("study")
        await host.button("Admit to study").click()
        await answered(bob, "admitted")
        carol = await ada.knock("Carol", "ada", "reception")
        await press(host, "Carol", "Admit")
        await host.button("Admit to a new room").click()
        await answered(carol, "admitted")


async def test_on_a_phone_the_page_stays_where_it_is_when_one_answers(
    door_of_ada: OpenDoor,
) -> None:
    """The card goes, its head takes the focus: the browser must not scroll the page for it."""
    async with door_of_ada() as ada:
        host = await ada.opens(size=PHONE, has_touch=True)
        await ada.knock("Bob")
        await expect(row(host, "Bob")).to_be_visible()
        assert await host.page.evaluate("document.documentElement.scrollHeight > 2 * innerHeight")
        button = row(host, "Bob").get_by_role("button", name="Admit", exact=True)
        await expect(button).to_be_in_viewport()
        box = await button.bounding_box()
        assert box is not None
        await host.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await expect(row(host, "Bob")).to_have_count(0)
        await expect(host.button("At the door: 0")).to_be_focused()
        assert await host.page.evaluate("scrollY") == 0


async def test_the_ways_to_admit_are_told_apart_where_they_are_chosen(
    door_of_ada: OpenDoor,
) -> None:
    async with door_of_ada() as ada:
        host = await ada.opens()
        await ada.knock("Bob")
        await press(host, "Bob", "More")
        meaning = "comes and goes without knocking until it ends"
        await expect(row(host, "Bob").get_by_text(meaning)).to_be_visible()
        for_meeting = row(host, "Bob").get_by_role("button", name="Admit for this meeting")
        await expect(for_meeting).to_have_accessible_description(
            f"Bob Admit for this meeting: {meaning}."
        )
        await check(host, "the ways to admit")


async def test_the_keyboard_is_enough(door_of_ada: OpenDoor) -> None:
    async with door_of_ada() as ada:
        host = await ada.opens()
        keys = host.page.keyboard
        guests = [await ada.knock(name) for name in ("Bob", "Carol")]
        await expect(row(host, "Carol")).to_be_visible()
        await tab_to(host.page, "Admit")
        await keys.press("Enter")
        await answered(guests[0], "admitted")
        await expect(row(host, "Bob")).to_have_count(0)
        await expect(row(host, "Carol")).to_be_focused()
        await keys.press("Enter")  # still down: nobody is let in by it
        await keys.press("Escape")
        await expect(host.button("At the door: 1")).to_be_focused()
        await expect(host.button("At the door: 1")).to_have_attribute("aria-expanded", "false")
        await check(host, "folded")
        await host.page.reload()
        await expect(host.button("At the door: 1")).to_have_attribute("aria-expanded", "false")
        await tab_to(host.page, "At the door: 1")
        await keys.press("Enter")
        await tab_to(host.page, "Turn away")
        await keys.press("Space")
        await answered(guests[1], "turned away")


async def tab_to(page: Page, name: str) -> None:
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate(_NAME_OF_FOCUSED) == name:
            return
    raise AssertionError(f"twenty tabs do not lead to {name}")


async def test_it_speaks_the_language_of_the_page(door_of_ada: OpenDoor) -> None:
    async with door_of_ada() as ada:
        host = await ada.opens(locale="nl-NL", size=PHONE)
        bob = await ada.knock("Bob")
        door = host.region("Aan de deur")
        await door.get_by_role("button", name="Binnenlaten", exact=True).click()
        await answered(bob, "admitted")
        await expect(host.page.locator("output.visually-hidden")).to_contain_text(
            "Bob is binnengelaten"
        )


async def test_one_tab_rings_however_many_are_open(door_of_ada: OpenDoor) -> None:
    async with door_of_ada() as ada:
        host = await ada.opens("")
        context = host.page.context
        await context.add_init_script(_COUNT_TONES)
        tabs = [host.page, await context.new_page(), await context.new_page()]
        for page in tabs:
            await page.goto(f"{ada.house.server.url}/account")
        await ada.knock("Bob")

        async def tones() -> int:
            return sum([await page.evaluate("window.tones") for page in tabs])

        for page in tabs:
            await expect(page.get_by_role("button", name="At the door: 1")).to_be_visible()
        await until(lambda: is_true(tones), "nobody rang")
        # Every tab has said it to screen readers, which comes after the sound.
        for page in tabs:
            await expect(page.locator("output.visually-hidden")).to_contain_text(
                "Bob is at the door"
            )
        assert await tones() == 2


async def is_true(number: Callable[[], Any]) -> bool:
    return bool(await number())


async def test_a_crowd_is_drawn_in_part_and_reached_in_full(door_of_ada: OpenDoor) -> None:
    async with door_of_ada(CROWD // PER_ROOM) as ada:
        host = await ada.opens()
        names = [f"Person {number}" for number in range(CROWD)]
        rooms = [f"room-{number // PER_ROOM}" for number in range(CROWD)]
        await asyncio.gather(*map(ada.knock, names, rooms))
        await expect(host.button(f"At the door: {CROWD}")).to_be_visible()
        rows = host.region("At the door").get_by_role("listitem")
        assert await rows.count() < 20
        await tab_to(host.page, "Admit")
        assert await host.page.evaluate(_FOCUSED) == 1
        await host.page.keyboard.press("End")
        await until(lambda: focus_is_at(host, CROWD), "the last one is not reached")
        await host.page.keyboard.press("PageUp")
        await host.page.keyboard.press("Home")
        await until(lambda: focus_is_at(host, 1), "the first one is not reached")
        await check(host, "a crowd", sizes=False)
        await host.page.get_by_role("button", name="Admit all").first.click()
        await expect(host.button(f"At the door: {CROWD - PER_ROOM}")).to_be_visible()


async def focus_is_at(host: Person, number: int) -> bool:
    return bool(await host.page.evaluate(_FOCUSED) == number)


async def test_nobody_else_is_admitted_because_the_rows_moved(door_of_ada: OpenDoor) -> None:
    """The pointer rests on Gus's Admit; Hank knocks, and his Admit comes to lie under it."""
    async with door_of_ada() as ada:
        host = await ada.opens()
        gus = await ada.knock("Gus")
        await row(host, "Gus").get_by_role("button", name="Admit", exact=True).hover()
        hank = await ada.knock("Hank")
        await expect(row(host, "Hank")).to_be_visible(timeout=2_000)
        await host.page.mouse.down()
        await host.page.mouse.up()
        assert (state_of(gus), state_of(hank)) == ("waiting", "waiting")
        await row(host, "Gus").get_by_role("button", name="Admit", exact=True).click()
        await gus.until(lambda: state_of(gus) == "admitted", "Gus was not admitted")
        assert state_of(hank) == "waiting"
