"""For everybody: axe finds nothing, a keyboard is enough, nothing moves for whom it should not, and
the page speaks one's language."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import DESKTOP, PHONE, House, Person

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"

_FINDINGS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    (found) => found.id + ': ' + found.nodes.map((node) => node.target.join(' ')).join(', '))"""

# Drawn anew after the size of the window changed.
_SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# What has the focus: its name, whether it is in view, and whether it shows (a ring or an outline).
_FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0
        && box.left < innerWidth;
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return {
        name: element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText
            ?? element.querySelector('.bar-button-name')?.innerText ?? element.innerText,
        shows: inView && (outlined || style.boxShadow !== 'none'),
        lost: element === document.body,
    };
}"""

# Everything that begins to move from now on; smooth scrolling as well would be in getAnimations.
_WATCH_MOTION = """
    window.moved = [];
    for (const kind of ['animationstart', 'transitionrun']) {
        document.addEventListener(kind, (event) => {
            window.moved.push(kind + ' ' + event.target.className);
        }, true);
    }
"""

# What is wider than the page: its own fault or that of something in it.
_TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? []
    : [...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.tagName + '.' + element.className)"""


async def check(person: Person, where: str, *, sizes: bool = True) -> None:
    """axe finds nothing, in light and dark, on a desk and on a phone."""
    page = person.page
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    for size in (PHONE, DESKTOP) if sizes else (DESKTOP,):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.evaluate(_SETTLED)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            findings = await page.evaluate(_FINDINGS)
            assert findings == [], f"{where}, {scheme}, {size[0]} px"


async def close_dialog(person: Person) -> None:
    await person.page.keyboard.press("Escape")
    await expect(person.page.get_by_role("dialog")).to_have_count(0)


async def test_axe_finds_nothing(house: House) -> None:
    ada = await house.visitor("Ada", room="", reduced_motion="reduce")
    await check(ada, "start page")
    await ada.page.goto(f"{house.server.url}/study")
    await expect(ada.button("Join")).to_be_visible()
    await check(ada, "hall")
    await ada.join()
    await check(ada, "alone in the room")
    bob = await house.guest("Bob")
    await bob.say("Here is what I meant: https://example.org")
    await ada.reads("Here is what I meant: https://example.org")
    await bob.button("Raise hand").click()
    await bob.button("Microphone").click()
    await ada.sees("Bob")
    await check(ada, "two people who talk")
    for dialog in ("Settings", "Invite"):
        await ada.button(dialog).click()
        await expect(ada.page.get_by_role("dialog")).to_be_visible()
        await check(ada, dialog)
        await close_dialog(ada)
    await ada.page.keyboard.press("?")
    await expect(ada.page.get_by_role("dialog")).to_be_visible()
    await check(ada, "shortcuts")
    await close_dialog(ada)
    await bob.button("Share screen").click()
    await expect(ada.region("Shared content").locator("video")).to_be_visible()
    await check(ada, "somebody shows a screen")
    await ada.button("Leave").click()
    await expect(ada.button("Join again")).to_be_visible()
    await check(ada, "after leaving")


async def test_axe_finds_nothing_in_firefox(house: House) -> None:
    ada = await house.visitor("Ada", "firefox", room="", reduced_motion="reduce")
    await check(ada, "start page", sizes=False)
    await ada.page.goto(f"{house.server.url}/study")
    await expect(ada.button("Join")).to_be_visible()
    await check(ada, "hall", sizes=False)
    await ada.join()
    await check(ada, "room", sizes=False)


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def focus(self) -> dict[str, Any]:
        focus: dict[str, Any] = await self.page.evaluate(_FOCUS)
        return focus

    async def go_to(self, name: str, key: str = "Tab") -> None:
        """Press Tab until something of that name has the focus, which shows all the way."""
        passed = []
        for _ in range(40):
            await self.press(key)
            focus = await self.focus()
            if focus["lost"]:  # the browser's own bar lies between the last and the first
                continue
            assert focus["shows"], f"the focus does not show on {focus['name']!r}"
            passed.append(focus["name"].strip())
            if passed[-1] == name:
                return
        raise AssertionError(f"{name} cannot be reached by Tab, only {passed}")


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_keyboard_is_enough(house: House, browser: str) -> None:
    """start -> hall -> join -> chat -> mute -> settings -> leave -> hall"""
    bob = await house.guest("Bob")
    ada = await house.visitor("Ada", browser, room="")
    keyboard = Keyboard(ada.page)
    await come_in(ada, keyboard)
    await write_and_mute(keyboard, bob)
    await open_and_close_settings(ada, keyboard)
    await keyboard.press("m")
    await expect(bob.tile("Ada").get_by_text("Microphone off")).to_have_count(0)
    await keyboard.go_to("Leave", "Shift+Tab")
    await keyboard.press("Enter")
    await expect(ada.page.get_by_role("heading", name="You have left the room")).to_be_focused()
    await expect(bob.tile("Ada")).to_have_count(0)
    await keyboard.go_to("Join again")
    await keyboard.press("Enter")
    await expect(ada.page.get_by_role("heading", name="study")).to_be_focused()


async def come_in(ada: Person, keyboard: Keyboard) -> None:
    await keyboard.go_to("Room name")
    await keyboard.write("study")
    await keyboard.go_to("Go")
    await keyboard.press("Enter")
    await expect(ada.button("Join")).to_be_visible()
    await keyboard.go_to("Your name")
    await keyboard.write("Ada")
    await keyboard.go_to("Join")
    await keyboard.press("Enter")
    await expect(ada.page.get_by_role("main")).to_be_focused()


async def write_and_mute(keyboard: Keyboard, bob: Person) -> None:
    await keyboard.go_to("Message")
    await keyboard.write("Good morning, m and v are letters here")
    await keyboard.press("Enter")
    await bob.reads("Good morning, m and v are letters here")
    await expect(bob.tile("Ada").get_by_text("Microphone off")).to_have_count(0)
    await keyboard.go_to("Microphone")
    await keyboard.press("Space")
    await expect(bob.tile("Ada").get_by_text("Microphone off")).to_have_count(1)


async def open_and_close_settings(ada: Person, keyboard: Keyboard) -> None:
    await keyboard.go_to("Settings")
    await keyboard.press("Enter")
    dialog = ada.page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading", name="Settings")).to_be_focused()
    await keyboard.go_to("Your name")
    await keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(ada.button("Settings")).to_be_focused()


async def test_single_keys_can_be_turned_off_for_good(house: House) -> None:
    ada = await house.guest("Ada")
    microphone = ada.button("Microphone")
    # A key that comes while the microphone is still starting is not for a microphone that is on.
    await expect(microphone).to_have_attribute("aria-pressed", "true")
    await expect(microphone).to_have_attribute("aria-busy", "false")
    await ada.page.keyboard.press("m")
    await expect(microphone).to_have_attribute("aria-pressed", "false")
    await ada.page.keyboard.press("?")
    await ada.page.get_by_role("switch", name="Use single keys").click()
    await close_dialog(ada)
    for _ in ("now", "after a reload"):
        await ada.page.keyboard.press("m")
        await ada.page.keyboard.press("?")
        await expect(ada.page.get_by_role("dialog")).to_have_count(0)
        await expect(microphone).to_have_attribute("aria-pressed", "false")
        await ada.comes_back()


async def test_the_page_speaks_dutch(house: House) -> None:
    house.forgiven += ["400 ("]
    piet = await house.visitor("Piet", room="", locale="nl-NL")
    page = piet.page
    await expect(page.locator("html")).to_have_attribute("lang", "nl")
    await expect(piet.button("Nieuwe kamer")).to_be_visible()
    await page.get_by_role("textbox").fill("a/b")
    await page.get_by_role("textbox").press("Enter")
    await expect(piet.alert).to_contain_text("cijfers, - en _")
    await page.goto(f"{house.server.url}/study")
    await expect(page.locator("html")).to_have_attribute("lang", "nl")
    await piet.textbox("Je naam").fill("Piet")
    await piet.button("Deelnemen").click()
    await expect(piet.region("Mensen").get_by_role("group", name="Piet (jij)")).to_be_visible()
    await expect(piet.region("Gedeelde inhoud")).to_be_visible()
    chat = page.get_by_role("navigation", name="Panelen").get_by_role("button", name="Chat")
    await chat.click()
    ada = await house.guest("Ada")
    await ada.say("Good morning")
    await expect(chat).to_contain_text("1 nieuw bericht")
    await chat.click()
    await expect(page.get_by_role("log", name="Berichten").get_by_text("Nieuw")).to_be_visible()
    await expect(page.get_by_text("Vandaag")).to_be_visible()
    await piet.button("Verlaten").click()
    await expect(page.get_by_role("heading", name="Je hebt de kamer verlaten")).to_be_visible()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
async def test_nothing_moves_for_whom_it_should_not(house: House, motion: str) -> None:
    """The other half proves that what is watched for would be seen."""
    ada = await house.visitor("Ada", reduced_motion=motion)
    await ada.page.evaluate(_WATCH_MOTION)
    await ada.join()
    bob = await house.guest("Bob")
    await expect(ada.tile("Bob")).to_be_visible()
    await ada.button("Microphone").hover()
    await ada.button("Settings").click()
    await ada.page.get_by_role("switch", name="Mirror my picture").click()
    await close_dialog(ada)
    await bob.button("Leave").click()
    await expect(ada.tile("Bob")).to_have_count(0)
    running = await ada.page.evaluate(
        "document.getAnimations().filter((one) => one.playState === 'running').length"
    )
    moved = await ada.page.evaluate("window.moved")
    if motion == "reduce":
        assert moved == []
        assert running == 0
    else:
        assert moved != []


async def test_a_small_phone_never_scrolls_sideways(house: House) -> None:
    ada = await house.visitor("Ada", room="", size=(360, 640))
    long_name = "Wolfeschlegelsteinhausenbergerdorff-Wolfeschlegelsteinhausen"
    await narrow(ada, "start page")
    for text in ("privacy", "terms", "a/b/c"):
        house.forgiven += ["404 ("]
        await ada.page.goto(f"{house.server.url}/{text}")
        await narrow(ada, text)
    await ada.page.goto(f"{house.server.url}/{'x' * 60}")
    await ada.textbox("Your name").fill(long_name)
    await narrow(ada, "hall")
    await ada.join()
    await narrow(ada, "room")
    bob = await house.guest(long_name, room="x" * 60)
    await bob.say("https://example.org/" + "y" * 200 + " " + "z" * 200)
    await expect(ada.tile(long_name)).to_be_visible()
    await narrow(ada, "two in the room")
    panels = ada.page.get_by_role("navigation", name="Panels")
    for panel in ("Content", "Chat"):
        await panels.get_by_role("button", name=panel).click()
        await narrow(ada, panel)
    for dialog in ("Settings", "Invite"):
        await ada.button(dialog).click()
        await expect(ada.page.get_by_role("dialog")).to_be_visible()
        await narrow(ada, dialog)
        await close_dialog(ada)
    await ada.button("Leave").click()
    await expect(ada.button("Join again")).to_be_visible()
    await narrow(ada, "after leaving")


async def narrow(person: Person, where: str) -> None:
    wide = await person.page.evaluate(_TOO_WIDE)
    assert wide == [], f"{where} is too wide: {json.dumps(wide)}"
