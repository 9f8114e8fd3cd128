"""One's own rooms in real browsers: pages without scripts, and an invite link that opens a room."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import House, Person
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
        await expect(page.get_by_text("You granted nothing yet")).to_be_visible()
