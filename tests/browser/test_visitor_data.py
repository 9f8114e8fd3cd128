"""What somebody without an account left, found again from the page that they left it on."""

import re

from playwright.async_api import expect

from tests.browser.people import House, Person
from tests.browser.test_accounts import check_accessible, page_of

_KEPT = "localStorage.getItem('meetd.visitor')"


async def test_seen_corrected_and_erased_by_the_link_that_the_browser_keeps(house: House) -> None:
    ada = await house.visitor("Ada")
    await expect(ada.button("Join")).to_be_visible()
    assert await ada.page.evaluate(_KEPT) is None, "kept before anything could be left"
    await ada.join()
    bob = await house.guest("Bob")
    await bob.say("plan nine")
    await ada.reads("plan nine")
    await bob.button("Settings").click()
    path = await bob.page.get_by_role("link", name="My data", exact=True).get_attribute("href")
    assert path
    assert re.fullmatch(r"/privacy/data/[A-Za-z0-9_-]{43}", path)
    # Without scripts, and in another browser: the link is all that it takes.
    async with page_of(house.browsers["firefox"]) as page:
        await page.goto(f"{house.server.url}{path}")
        await expect(page.get_by_role("heading", name="My data", exact=True)).to_be_visible()
        await page.get_by_role("textbox", name="Your name").fill("Robert")
        await page.get_by_role("button", name="Correct the name", exact=True).click()
        await expect(page.get_by_text("Saved")).to_be_visible()
        await expect(ada.region("Chat").get_by_text("Robert")).to_be_visible()
        await expect(ada.tile("Robert")).to_be_visible()
        await page.get_by_role("button", name="Erase my data", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("Tick that you want it erased")
    async with page_of(house.browsers["chromium"], scripts=True) as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.goto(f"{house.server.url}{path}")
        await page.get_by_text("Show", exact=True).first.click()
        await check_accessible(page)
        await page.goto(f"{house.server.url}/privacy/data/{'A' * 43}")
        await check_accessible(page)
    await erase_in_own_browser(ada, bob, path)


async def erase_in_own_browser(ada: Person, bob: Person, path: str) -> None:
    """Where the link is forgotten too, and the meeting goes on without them."""
    origin = bob.page.url.removesuffix("/study")
    own = await bob.page.context.new_page()
    kept = await bob.page.evaluate("localStorage.getItem('meetd.was')")
    assert kept is not None
    assert "ids" in kept
    await own.goto(f"{origin}/study")
    await expect(own.get_by_role("textbox", name="Your name")).to_have_value("Robert")
    link = own.get_by_role("link", name="My data", exact=True)
    await expect(link).to_have_attribute("href", path)
    await own.goto(f"{origin}{path}")
    await own.get_by_label("Erase everything that is found by this link").check()
    await own.get_by_role("button", name="Erase my data", exact=True).click()
    await expect(own.get_by_role("heading", name="Erased", exact=True)).to_be_visible()
    await own.wait_for_function(f"() => {_KEPT} === null")
    assert await own.evaluate("localStorage.getItem('meetd.was')") is None
    await expect(own.get_by_role("status")).to_contain_text("leads nowhere any more")
    await expect(bob.button("Join again")).to_be_visible()
    await expect(ada.region("Chat").get_by_text("plan nine")).to_have_count(0)
    await expect(ada.region("Chat").get_by_text("Somebody")).to_be_visible()
