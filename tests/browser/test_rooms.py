"""One's own rooms in real browsers: pages without scripts, and an invite link that opens a room."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import PHONE, House, Person
from tests.browser.test_accessible import Keyboard, check
from tests.browser.test_accounts import fill, page_of


async def sign_up(page: Page, house: House) -> None:
    """The first administrator, through the link of the first start."""
    link = next(line.split()[-1] for line in house.server.printed if "/welcome/" in line)
    await page.goto(link)
    await fill(page, "ada@example.org")
    await page.get_by_role("button", name="Create account", exact=True).click()
    await expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


async def make_room(page: Page, name: str) -> None:
    await page.get_by_role("link", name="My rooms", exact=True).click()
    await page.get_by_role("textbox", name="Name of the new room").fill(name)
    await page.get_by_role("button", name="Make room", exact=True).click()


async def make_link(page: Page) -> str:
    await page.get_by_role("link", name="Grant access", exact=True).click()
    await page.get_by_role("textbox", name="What you call it").fill("Book club")
    await page.get_by_role("button", name="Make link", exact=True).click()
    return await page.get_by_role("textbox", name="Invite link", exact=True).input_value()


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_a_room_is_made_renamed_shared_and_deleted_without_scripts(
    house: House, kind: str
) -> None:
    async with page_of(house.browsers[kind]) as page:
        await sign_up(page, house)
        await make_room(page, "not/a name")
        await expect(page.get_by_role("alert")).to_contain_text("letters a to z")
        await make_room(page, "Study")
        await expect(page.get_by_role("heading", name="study", exact=True)).to_be_visible()
        await page.get_by_role("textbox", name="Room name", exact=True).fill("library")
        await page.get_by_role("button", name="Rename", exact=True).click()
        await expect(page.get_by_role("heading", name="library", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Unlock room", exact=True).click()
        await page.get_by_role("button", name="Lock room", exact=True).click()
        here = page.url
        link = await make_link(page)
        assert re.fullmatch(rf"{re.escape(house.server.url)}/library#key=[\w-]{{43}}", link)
        await comes_in_by(link.replace("/library#", "/study#"), house, kind)
        await page.goto(here)
        await page.get_by_label("Room name, to be sure").last.fill("library")
        await page.get_by_role("button", name="Delete room", exact=True).click()
        await expect(page.get_by_text("You have no room of your own yet")).to_be_visible()


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_without_scripts_the_page_says_what_was_done_and_opens_at_what_is_wrong(
    house: House, kind: str
) -> None:
    """In sight each time, on a phone, however long the page is."""
    context = await house.browsers[kind].new_context(
        java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}
    )
    page = await context.new_page()
    await sign_up(page, house)
    await make_room(page, "study")
    await expect(page.locator(".done")).to_contain_text("The room is there")
    await page.get_by_role("textbox", name="Most people at a time").fill("7")
    await page.get_by_role("button", name="Save settings", exact=True).click()
    await expect(page.locator(".done")).to_have_text("Saved.")
    await expect(page.locator(".done")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("heading", name="In the room", exact=True)).to_be_in_viewport(
        ratio=1
    )
    await page.reload()
    await expect(page.locator(".done")).to_have_count(0)
    await page.get_by_role("textbox", name="Most people at a time").fill("many")
    await page.get_by_role("button", name="Save settings", exact=True).click()
    await expect(page.get_by_role("alert")).to_have_count(1)
    await expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("textbox", name="Most people at a time")).to_be_focused()
    await page.goto(f"{house.server.url}/account")
    await page.get_by_role("textbox", name="User name").fill("not a name")
    await page.get_by_role("button", name="Save names").click()
    await expect(page.get_by_role("textbox", name="User name")).to_be_focused()
    await expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    await context.close()


async def test_a_link_is_copied_and_its_key_leaves_the_address(house: House) -> None:
    async with page_of(house.browsers["chromium"], scripts=True) as page:
        await sign_up(page, house)
        await make_room(page, "study")
        link = await make_link(page)
        await page.get_by_role("button", name="Copy", exact=True).click()
        await expect(page.get_by_text("Copied", exact=True)).to_be_visible()
        await page.goto(f"{house.server.url}/account/rooms")
        await page.get_by_role("textbox", name="Name of the new room").focus()
        await page.keyboard.press("Control+v")
        await expect(page.get_by_role("textbox", name="Name of the new room")).to_have_value(link)
    bob = await house.visitor("Bob", room="")
    await bob.page.goto(link)
    await bob.join()
    await expect(bob.page).to_have_url(f"{house.server.url}/study")
    await bob.button("Leave").click()
    await expect(bob.button("Join again")).to_be_visible()
    await bob.page.reload()
    await expect(bob.button("Join")).to_be_visible()
    carol = await house.visitor("Carol", room="study")
    await expect(carol.button("Knock")).to_be_visible()


async def comes_in_by(link: str, house: House, kind: str) -> None:
    """With the key behind the old name, which leads to the new one; without it, they knock."""
    bob = await house.visitor("Bob", kind, room="")
    await bob.page.goto(link.partition("#")[0])
    await expect(bob.button("Knock")).to_be_visible()
    await bob.page.goto("about:blank")
    await bob.page.goto(link)
    await expect(bob.button("Join")).to_be_visible()
    await bob.join()


async def test_every_page_about_rooms_is_accessible(house: House) -> None:
    async with page_of(house.browsers["chromium"], scripts=True) as page:
        ada = Person(page, "Ada")
        await page.emulate_media(reduced_motion="reduce")
        await sign_up(page, house)
        await page.goto(f"{house.server.url}/account/rooms")
        await check(ada, "no rooms")
        await make_room(page, "study")
        await check(ada, "a room")
        await page.get_by_role("textbox", name="Most people at a time").fill("many")
        await page.get_by_role("button", name="Save settings", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("Write a number")
        await check(ada, "a room with something wrong")
        await make_link(page)
        await check(ada, "an invite link")
        await page.get_by_role("link", name="Back to who may come in").click()
        await check(ada, "access")
        await page.goto(house.server.url)
        await check(ada, "the start page with rooms")
        bob = await house.guest("Bob", room="garden")
        await bob.say("Something that is kept")
        await bob.button("Leave").click()
        await expect(bob.button("Join again")).to_be_visible()
        await page.get_by_role("link", name="Account", exact=True).click()
        await make_room(page, "garden")
        await expect(page.get_by_role("button", name="Claim this room")).to_be_visible()
        await check(ada, "claiming a room")


async def test_a_keyboard_is_enough_to_grant_and_revoke(house: House) -> None:
    async with page_of(house.browsers["chromium"], scripts=True) as page:
        await sign_up(page, house)
        await make_room(page, "study")
        await page.get_by_role("link", name="Grant access", exact=True).click()
        await expect(page.get_by_role("heading", name="Who may come in")).to_be_visible()
        keyboard = Keyboard(page)
        await keyboard.go_to("User name or e-mail")
        await keyboard.write("bob@example.org")
        await keyboard.go_to("Always join")
        await keyboard.press("ArrowDown")
        await keyboard.go_to("Grant access")
        await keyboard.press("Enter")
        granted = page.get_by_role("listitem").filter(has_text="bob@example.org")
        await expect(granted).to_contain_text("Host")
        await keyboard.go_to("Revoke: bob@example.org")
        await keyboard.press("Enter")
        await expect(page.get_by_text("Nothing was granted yet")).to_be_visible()


async def test_from_the_hall_to_a_room_of_ones_own_and_to_deleting_it_beside_the_meeting(
    house: House,
) -> None:
    """Deleting is confirmed on a page beside the meeting, which goes on until then."""
    async with page_of(house.browsers["chromium"]) as signing_up:
        await sign_up(signing_up, house)
        state = await signing_up.context.storage_state()
    calm: dict[str, Any] = {"storage_state": state, "reduced_motion": "reduce"}
    ada = await house.visitor("Ada", room="garden", **calm)
    await ada.page.get_by_role("link", name="Make this room yours").click()
    await check(ada, "claiming from the hall")
    await ada.button("Claim this room").click()
    await ada.button("Copy").click()
    await expect(ada.page.get_by_text("Copied", exact=True)).to_be_visible()
    await ada.page.get_by_role("link", name="Go to the room").click()
    await ada.button("Join").click()
    await ada.button("Room").click()
    await ada.button("Delete room").click()
    dialog = ada.page.get_by_role("dialog", name="Delete room")
    await check(ada, "asked about deleting")
    async with ada.page.context.expect_page() as opened:
        await dialog.get_by_role("button", name="Delete room", exact=True).click()
    beside = await opened.value
    await beside.get_by_label("Room name, to be sure").last.fill("garden")
    await expect(ada.button("Leave")).to_be_visible()
    await beside.get_by_role("button", name="Delete room", exact=True).click()
    await expect(ada.button("Leave")).to_have_count(0)
