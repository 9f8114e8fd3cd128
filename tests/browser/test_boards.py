"""Whiteboards in browsers: drawn together, offline for a while, there after a restart."""

import re
from base64 import b64decode
from copy import copy

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.people import CUT_OFF, DESKTOP, PHONE, House, OpenHouse, Person, until
from tests.browser.test_accessible import Keyboard, check
from tests.support.wire import Wire

TOGETHER_MS = 15_000
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAFElEQVR4nGNkaGhggAEmBiSAwgEAJRwBBuiKBHoAAAAASUVORK5CYII="
)

# Firefox tells Playwright nothing of files that a page made itself.
_KEEP_SAVED = """() => {
    const make = window.make ??= URL.createObjectURL;
    window.saved = undefined;
    URL.createObjectURL = (blob) => {
        blob.text().then((text) => { window.saved = text; });
        return make.call(URL, blob);
    };
}"""


def board(person: Person) -> Locator:
    """What is drawn on."""
    return person.page.get_by_role("application", name="Drawing surface of Whiteboard 1")


async def new_board(person: Person) -> None:
    await person.button("New whiteboard").first.click()
    await expect(board(person)).to_be_visible()
    await expect(person.page.get_by_text("Loading the whiteboard…")).to_have_count(0)


async def stroke(person: Person, tool: str, at: tuple[float, float]) -> None:
    """From that part of the paper to a little beside it."""
    await person.button(tool).click()
    box = await board(person).bounding_box()
    assert box is not None
    x, y = box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]
    mouse = person.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    for step in range(1, 8):
        await mouse.move(x + 12 * step, y + (8 if step % 2 else -8))
    await mouse.up()


async def drawn(person: Person) -> str:
    """Everything on the board as it is saved: equal only where the documents are."""
    await person.page.evaluate(_KEEP_SAVED)
    await person.button("Save as SVG").click()

    async def is_saved() -> bool:
        return bool(await person.page.evaluate("window.saved !== undefined"))

    await until(is_saved, f"{person.name} saved nothing")
    saved: str = await person.page.evaluate("window.saved")
    return saved


async def has(person: Person, count: int) -> None:
    words = "1 object" if count == 1 else f"{count} objects"
    listed = person.button("List of objects")
    if await listed.get_attribute("aria-pressed") != "true":
        await listed.click()
    shown = person.page.get_by_text(words, exact=True)
    await expect(shown).to_be_visible(timeout=TOGETHER_MS)


async def saved(person: Person) -> None:
    await expect(person.page.get_by_text("Everything is saved")).to_be_visible(timeout=TOGETHER_MS)


async def all_have_the_same(*people: Person) -> None:
    async def same() -> bool:
        return len({await drawn(person) for person in people}) == 1

    await until(same, "their boards are not the same")


async def test_whoever_draws_offline_or_comes_late_ends_with_the_same(
    open_house: OpenHouse,
) -> None:
    house = await open_house()
    house.forgiven += CUT_OFF
    ada = await house.guest("Ada")
    async with Wire(house.server.url).open() as wire:
        # For Bob alone the server is at the other end of the wire.
        elsewhere = House(copy(house.server), house.browsers)
        elsewhere.server.url = wire.url
        bob = await elsewhere.guest("Bob")
        await new_board(ada)
        await expect(board(bob)).to_be_visible(timeout=TOGETHER_MS)
        for person in (ada, bob):
            await has(person, 0)  # the list is open from here on, and the paper as wide as it stays
        await stroke(ada, "Pen", (0.2, 0.3))
        await stroke(bob, "Arrow", (0.2, 0.6))
        for person in (ada, bob):
            await has(person, 2)
        wire.hold(0)
        wire.cut()
        await expect(bob.page.get_by_text("You are offline.")).to_be_visible(timeout=TOGETHER_MS)
        await stroke(bob, "Marker", (0.5, 0.3))
        await bob.button("Pen, ink").click()
        await bob.page.keyboard.press("Delete")
        await stroke(ada, "Rectangle", (0.5, 0.6))
        await saved(ada)
        await has(bob, 2)
        wire.let_go()
        for person in (ada, bob):
            await has(person, 3)
        # Three are three on both sides before his own have arrived.
        await saved(bob)
        carol = await house.guest("Carol", browser="firefox")
        await has(carol, 3)
        await all_have_the_same(ada, bob, carol)
        for person in (ada, bob):
            await saved(person)
        await elsewhere.close()
    await house.server.kill()
    await house.server.start()
    # Who presented what is forgotten with the server; what was drawn is not.
    await ada.button("Open Whiteboard 1").click()
    await has(ada, 3)
    await stroke(ada, "Highlighter", (0.3, 0.5))
    await has(ada, 4)
    await has(carol, 4)
    dan = await house.guest("Dan")
    await has(dan, 4)
    await all_have_the_same(ada, carol, dan)


async def _closes_offline(house: House, person: Person, wire: Wire) -> Person:
    """Draws something with no way to the server, closes the page, and comes back. As they return,
    the server is there again."""
    wire.hold(0)
    wire.cut()
    await expect(person.page.get_by_text("You are offline.")).to_be_visible(timeout=TOGETHER_MS)
    await stroke(person, "Marker", (0.5, 0.3))
    await expect(person.button("Marker, ink").first).to_be_visible()
    await person.page.close()
    wire.let_go()
    return await house.again(person)


async def test_what_was_drawn_offline_is_sent_after_the_page_was_closed(
    open_house: OpenHouse,
) -> None:
    house = await open_house()
    house.forgiven += CUT_OFF
    ada = await house.guest("Ada")
    async with Wire(house.server.url).open() as wire:
        elsewhere = House(copy(house.server), house.browsers)
        elsewhere.server.url = wire.url
        bob = await elsewhere.guest("Bob")
        await new_board(ada)
        await has(bob, 0)
        bob = await _closes_offline(elsewhere, bob, wire)
        # The board is open for everybody: the page that shows it sends what is left.
        await bob.join()
        await has(ada, 1)
        await has(bob, 1)
        await saved(bob)
        bob = await _closes_offline(elsewhere, bob, wire)
        await ada.button("Close Whiteboard 1 for everybody").click()
        # Not open for anybody: it is sent all the same.
        await bob.join()
        await expect(bob.button("Open Whiteboard 1")).to_be_visible()

        async def is_sent() -> bool:
            left = await bob.page.evaluate("localStorage.getItem('meetd.strokes')")
            return left is None

        await until(is_sent, "what was left stays in the browser")
        await ada.button("Open Whiteboard 1").click()
        await has(ada, 2)
        await elsewhere.close()


async def test_the_keyboard_alone_draws_moves_and_removes(open_house: OpenHouse) -> None:
    house = await open_house()
    # Nothing on the way from one colour to the other while axe looks.
    ada = await house.guest("Ada", reduced_motion="reduce")
    await new_board(ada)
    await ada.button("Ellipse").focus()
    await ada.page.keyboard.press("Enter")
    await board(ada).focus()
    await ada.page.keyboard.press("Enter")
    await has(ada, 1)
    await ada.button("Sticky note").click()
    await board(ada).focus()
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.type("Water the plants")
    await ada.page.keyboard.press("Escape")
    note = ada.button("Sticky note: Water the plants")
    await expect(note).to_be_visible()
    before = await drawn(ada)
    await note.focus()
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.press("ArrowRight")
    moved = await drawn(ada)
    assert "translate(10 0)" in moved
    assert "translate(10 0)" not in before
    await check(ada, "a whiteboard")
    await note.focus()
    await ada.page.keyboard.press("Delete")
    await has(ada, 1)
    await board(ada).focus()
    await ada.page.keyboard.press("Control+z")
    await expect(note).to_be_visible()


async def test_undo_takes_back_what_one_did_oneself(open_house: OpenHouse) -> None:
    house = await open_house()
    ada, bob = await house.guest("Ada"), await house.guest("Bob")
    await new_board(ada)
    await expect(board(bob)).to_be_visible(timeout=TOGETHER_MS)
    await stroke(ada, "Pen", (0.2, 0.3))
    await has(bob, 1)
    await stroke(bob, "Line", (0.4, 0.5))
    await has(ada, 2)
    await ada.button("Undo").click()
    await has(bob, 1)
    await expect(bob.button("Line, ink")).to_be_visible()
    await ada.button("Redo").click()
    await has(bob, 2)


async def test_what_the_presenter_sees_is_followed_until_one_looks_elsewhere(
    open_house: OpenHouse,
) -> None:
    house = await open_house()
    ada, bob = await house.guest("Ada"), await house.guest("Bob", size=PHONE)
    await new_board(ada)
    await expect(board(bob)).to_be_visible(timeout=TOGETHER_MS)
    await stroke(ada, "Pen", (0.4, 0.4))
    await ada.button("Add a page").click()
    await expect(bob.page.get_by_text("Page 2 of 2")).to_be_visible(timeout=TOGETHER_MS)
    await bob.button("Previous page").click()
    await bob.button("Follow Ada").click()
    await expect(bob.page.get_by_text("Page 2 of 2")).to_be_visible()


async def test_a_board_is_edited_renamed_and_taken_back_to_a_snapshot(
    open_house: OpenHouse,
) -> None:
    house = await open_house()
    ada = await house.guest("Ada", reduced_motion="reduce")
    await new_board(ada)
    await ada.button("Rectangle").click()
    await board(ada).focus()
    await ada.page.keyboard.press("Enter")
    await has(ada, 1)
    await saved(ada)
    await ada.button("Snapshots").click()
    await ada.button("Keep a snapshot").click()
    back = ada.page.get_by_role("button", name=re.compile("^Go back to this"))
    await expect(back).to_be_visible(timeout=TOGETHER_MS)
    await check(ada, "snapshots of a whiteboard")
    await ada.page.keyboard.press("Escape")
    before = await drawn(ada)
    await ada.button("Rectangle, ink").click()
    await ada.page.get_by_role("radio", name="Red").check(force=True)
    await ada.button("Make what is selected larger").click()
    await expect(ada.button("Rectangle, red")).to_be_visible()
    await ada.button("Put an image on the board").click()
    await check(ada, "which image goes on a whiteboard")
    file = {"name": "plan.png", "mimeType": "image/png", "buffer": PNG}
    await ada.page.get_by_label("From this device").set_input_files(file)  # type: ignore[arg-type]
    await expect(ada.button("Image: plan.png")).to_be_visible()
    assert "data:image/jpeg;base64," in await drawn(ada)
    await saved(ada)
    await ada.button("Snapshots").click()
    await back.click()
    await has(ada, 1)
    assert await drawn(ada) == before
    await ada.button("Rename").click()
    await ada.page.get_by_label("Name of the whiteboard").fill("Summer")
    await ada.page.keyboard.press("Enter")
    await expect(ada.button("Close Summer for everybody")).to_be_visible()


async def test_a_picture_that_is_open_is_drawn_over_on_a_board_of_its_own(
    open_house: OpenHouse,
) -> None:
    house = await open_house()
    ada = await house.guest("Ada")
    file = FilePayload(name="plan.png", mimeType="image/png", buffer=PNG)
    await ada.page.get_by_label("Upload files").first.set_input_files([file])
    await ada.button("Open plan.png").click()
    await ada.button("Draw on it").click()
    paper = ada.page.get_by_role("application", name="Drawing surface of plan.png")
    await expect(paper).to_be_visible(timeout=TOGETHER_MS)
    await has(ada, 1)
    await expect(ada.button("Image: plan.png")).to_be_visible()
    assert "data:image/jpeg;base64," in await drawn(ada)


# Of what is cut, how wide or high it is and would have to be.
_CUT = """(elements) => elements.filter((one) =>
    one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight).map((one) =>
    [one.className, one.clientWidth, one.scrollWidth, one.clientHeight, one.scrollHeight])"""


@pytest.mark.parametrize("size", [DESKTOP, (1024, 768), PHONE])
async def test_nothing_of_a_whiteboard_is_cut_beside_the_chat(
    house: House, size: tuple[int, int]
) -> None:
    """On a phone the tools are in one row that scrolls, and what has the focus comes into view."""
    ada = await house.guest("Ada", size=size, reduced_motion="reduce")
    bob = await house.guest("Bob")
    await new_board(bob)
    told = ada.page.locator(".room-status", has_text="Whiteboard 1 is open for everybody")
    await expect(told).to_be_visible()
    assert await told.evaluate_all(_CUT) == []
    await expect(board(ada)).to_be_visible()
    tools = ada.page.locator(".whiteboard-tools")
    if size != PHONE:
        assert await tools.evaluate_all(_CUT) == []
    await tools.get_by_role("button", name="Undo").focus()
    await Keyboard(ada.page).go_to("Thin")
