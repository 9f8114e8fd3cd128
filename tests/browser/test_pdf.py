"""PDFs that are opened together, and such as were made to do harm."""

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.people import PHONE, House, OpenHouse, Person
from tests.browser.test_accessible import check
from tests.browser.test_boards import TOGETHER_MS, drawn, has
from tests.browser.test_content import item, shelf, upload
from tests.browser.test_hosting import of_the_room, study_of_ada
from tests.support.pdf import document, endless

PAGES = 300
WALKED = 25
MOST_HELD = 4
"""Canvases: the page that is shown, the one that is painted, and what the parser measures with."""
MOST_PIXELS = 8_000_000
"""Of all of them: a phone of 390 points at two or three pixels each."""
_COUNT = """function () {
    return [this.length, this.reduce((sum, one) => sum + one.width * one.height, 0)];
}"""
PAINTED_MS = 20_000


def pdf(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def painted(person: Person, number: int) -> Locator:
    """The only page that is there."""
    return shelf(person).locator(f"canvas[data-page='{number}']")


async def held(person: Person) -> tuple[int, int]:
    """Canvases that the page holds on to, shown or not, and their pixels together. Chromium."""
    session = await person.page.context.new_cdp_session(person.page)
    await session.send("HeapProfiler.collectGarbage")
    prototype = await session.send(
        "Runtime.evaluate", {"expression": "HTMLCanvasElement.prototype"}
    )
    found = await session.send(
        "Runtime.queryObjects", {"prototypeObjectId": prototype["result"]["objectId"]}
    )
    counted = await session.send(
        "Runtime.callFunctionOn",
        {
            "objectId": found["objects"]["objectId"],
            "functionDeclaration": _COUNT,
            "returnByValue": True,
        },
    )
    await session.detach()
    count, pixels = counted["result"]["value"]
    return count, pixels


async def on_page(person: Person, number: int) -> None:
    await expect(painted(person, number)).to_be_visible(timeout=PAINTED_MS)
    await expect(shelf(person).locator("canvas")).to_have_count(1)
    said = re.compile(rf"^This is page {number}\b")
    await expect(shelf(person).get_by_text(said)).to_be_attached()


async def test_everybody_follows_in_a_long_pdf_and_may_look_around(house: House) -> None:
    ada = await house.guest("Ada", "firefox")
    bob = await house.guest("Bob", size=PHONE, has_touch=True, reduced_motion="reduce")
    await upload(ada, pdf("plan.pdf", document(PAGES)))
    await ada.button("Open plan.pdf").click()
    for person in (ada, bob):
        await on_page(person, 1)
    await expect(shelf(bob).get_by_text(f"of {PAGES}")).to_be_visible()
    await shelf(ada).get_by_role("textbox", name="Page").fill("150")
    await ada.page.keyboard.press("Enter")
    for person in (ada, bob):
        await on_page(person, 150)
    before = await painted(bob, 150).bounding_box()
    for _ in range(3):
        await ada.button("Larger").click()
    await expect(bob.button("Follow Ada")).to_have_count(0)
    await shelf(bob).get_by_role("region", name="plan.pdf").focus()
    await bob.page.keyboard.press("PageDown")
    await on_page(bob, 151)
    await bob.button("Follow Ada").click()
    await on_page(bob, 150)
    after = await painted(bob, 150).bounding_box()
    assert before
    assert after
    assert after["width"] > 1.5 * before["width"]
    await check(bob, "a PDF that somebody presents")


async def test_a_pdf_that_is_none_or_asks_too_much_is_refused(house: House) -> None:
    ada = await house.guest("Ada")
    cases = {
        "none.pdf": (b"<script>hit = 1</script>", "This PDF cannot be read here"),
        "ribbon.pdf": (document(1, "0 0 9999999 1"), "This PDF is too much work"),
        "endless.pdf": (endless(), "This PDF is too much work"),
    }
    for name, (content, why) in cases.items():
        await upload(ada, pdf(name, content))
        await expect(item(ada, name)).to_be_visible()
        await ada.button(f"Open {name}").click()
        await expect(shelf(ada).get_by_text(why)).to_be_visible(timeout=PAINTED_MS)
        await ada.button(f"Close {name} for everybody").click()
    # Large is not too large: it is painted as finely as is reasonable.
    await upload(ada, pdf("wall.pdf", document(1, "0 0 14400000 14400000")))
    await ada.button("Open wall.pdf").click()
    await expect(painted(ada, 1)).to_be_visible(timeout=PAINTED_MS)
    pixels: int = await painted(ada, 1).evaluate("(canvas) => canvas.width * canvas.height")
    assert pixels <= 16_000_000
    await ada.say("still here")


async def test_a_page_is_drawn_on_by_whoever_may_draw(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path, reduced_motion="reduce")
    bob = await house.guest("Bob", size=PHONE, has_touch=True, reduced_motion="reduce")
    await upload(ada, pdf("plan.pdf", document(3, "0 0 5950 8420")))
    await ada.button("Open plan.pdf").click()
    await on_page(bob, 1)
    draw = bob.button("Draw on this page")
    await expect(draw).to_be_visible()
    await of_the_room(ada, "Presenter mode")
    await expect(draw).to_have_count(0)
    await of_the_room(ada, "Presenter mode")
    await expect(draw).to_be_visible()
    await shelf(bob).get_by_role("region", name="plan.pdf").focus()
    await bob.page.keyboard.press("PageDown")
    await on_page(bob, 2)
    await check(bob, "a page of a PDF that may be drawn on")
    await draw.focus()
    await bob.page.keyboard.press("Enter")
    for person in (bob, ada):
        paper = person.page.get_by_role("application", name="Drawing surface of Page 2 of plan.pdf")
        await expect(paper).to_be_visible(timeout=TOGETHER_MS)
    await has(ada, 1)
    await expect(ada.button("Image: Page 2 of plan.pdf")).to_be_visible()
    found = re.search(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", await drawn(ada))
    assert found
    width, height = Image.open(BytesIO(b64decode(found[1]))).size
    assert width < height <= 1_600
    assert height > 1_000


async def test_a_long_pdf_takes_no_more_memory_however_far_one_reads(house: House) -> None:
    bob = await house.guest(
        "Bob", size=PHONE, has_touch=True, device_scale_factor=2, reduced_motion="reduce"
    )
    await bob.button("Content").click()
    await upload(bob, pdf("plan.pdf", document(PAGES, lines=40)))
    await bob.button("Open plan.pdf").click()
    await on_page(bob, 1)
    for number in range(2, WALKED + 1):
        await bob.button("Next page").click()
        await on_page(bob, number)
    count, pixels = await held(bob)
    assert 1 <= count <= MOST_HELD
    assert 0 < pixels <= MOST_PIXELS
