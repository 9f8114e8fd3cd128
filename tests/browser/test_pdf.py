"""PDFs that are opened together, and such as were made to do harm."""

from playwright.async_api import FilePayload, Locator, expect

from tests.browser.people import PHONE, House, Person
from tests.browser.test_accessible import check
from tests.browser.test_content import item, shelf, upload
from tests.support.pdf import document, endless

PAGES = 300
PAINTED_MS = 20_000


def pdf(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def painted(person: Person, number: int) -> Locator:
    """The only page that is there."""
    return shelf(person).locator(f"canvas[data-page='{number}']")


async def on_page(person: Person, number: int) -> None:
    await expect(painted(person, number)).to_be_visible(timeout=PAINTED_MS)
    await expect(shelf(person).locator("canvas")).to_have_count(1)
    await expect(shelf(person).get_by_text(f"This is page {number}", exact=True)).to_be_attached()


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
