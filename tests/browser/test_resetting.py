"""What stays in a room and what goes: reset, asked about at the end, and how much there is."""

import re
from pathlib import Path

from playwright.async_api import FilePayload, expect

from tests.browser.people import PHONE, OpenHouse, Person
from tests.browser.test_accessible import check
from tests.browser.test_content import shelf, upload
from tests.browser.test_hosting import study_of_ada

PLAN: FilePayload = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"of the house"}


async def beside(host: Person, act: str) -> Person:
    """The page that an act in the menu of the room opens."""
    await host.button("Room").click()
    await host.button(act).click()
    dialog = host.page.get_by_role("dialog", name=act, exact=True)
    await check(host, f"asked about: {act}")
    async with host.page.context.expect_page() as opened:
        await dialog.get_by_role("button", name=act, exact=True).click()
    return Person(await opened.value, host.name)


async def test_a_room_is_reset_beside_the_meeting_which_sees_it_go(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path, reduced_motion="reduce")
    bob = await house.guest("Bob", size=PHONE, has_touch=True)
    await upload(ada, PLAN)
    await ada.say("Lunch at noon")
    await bob.page.get_by_role("button", name=re.compile("^Content")).click()
    await expect(shelf(bob).get_by_text("plan.txt")).to_be_visible()
    await expect(bob.button("Room")).to_have_count(0)
    page = await beside(ada, "Reset room")
    await check(page, "what of a room may go")
    await page.button("Reset room").click()
    await expect(page.alert).to_contain_text("Tick what is to go")
    await check(page, "nothing was ticked")
    files = page.page.get_by_role("checkbox", name="1 file, 12 bytes")
    await expect(page.page.get_by_role("checkbox", name="0 whiteboards")).to_be_disabled()
    await files.focus()
    await page.page.keyboard.press("Space")
    await expect(files).to_be_checked()
    await page.button("Reset room").focus()
    await page.page.keyboard.press("Enter")
    await expect(page.page.get_by_text("What you ticked is gone.")).to_be_visible()
    await check(page, "a room that was reset")
    await expect(shelf(bob).get_by_text("plan.txt")).to_have_count(0)
    await expect(ada.messages.get_by_text("Lunch at noon")).to_be_visible()


async def test_the_last_host_is_asked_what_stays_and_nobody_else(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path, reduced_motion="reduce")
    bob = await house.guest("Bob")
    asked = ada.page.get_by_role("region", name="Keep or clear?")
    # Nothing was made: nothing is asked.
    await ada.button("Leave").click()
    await expect(ada.page.get_by_role("heading", name="You have left the room")).to_be_visible()
    await expect(asked).to_have_count(0)
    await ada.button("Join again").click()
    await ada.join()
    await ada.say("Lunch at noon")
    await upload(bob, PLAN)
    await expect(shelf(ada).get_by_text("plan.txt")).to_be_visible()
    await bob.button("Leave").click()
    await expect(bob.page.get_by_role("heading", name="You have left the room")).to_be_visible()
    await expect(bob.page.get_by_text("Keep or clear?")).to_have_count(0)
    await ada.button("Leave").click()
    await expect(asked).to_contain_text("1 file and what was said in the chat")
    await check(ada, "asked what stays")
    await ada.button("Keep").click()
    await expect(ada.page.get_by_text("Everything stays in the room")).to_be_focused()
    # Another meeting: what was kept is not asked about again.
    await ada.button("Join again").click()
    await ada.join()
    await ada.button("Leave").click()
    await expect(ada.page.get_by_role("heading", name="You have left the room")).to_be_visible()
    await expect(asked).to_have_count(0)
    await ada.button("Join again").click()
    await ada.join()
    await ada.say("And dinner")
    await ada.button("Leave").click()
    await ada.page.get_by_role("link", name="Choose what goes").click()
    await ada.page.get_by_role("checkbox", name=re.compile("^2 chat messages, ")).check()
    await ada.button("Reset room").click()
    await expect(ada.page.get_by_text("What you ticked is gone.")).to_be_visible()
    carol = await house.guest("Carol")
    await expect(carol.messages.get_by_text("Nothing has been said yet")).to_be_visible()
    await expect(shelf(carol).get_by_text("plan.txt")).to_be_visible()


async def test_everybody_sees_how_much_there_is_and_what_a_full_server_holds(
    open_house: OpenHouse,
) -> None:
    house = await open_house(MEETD_CONTENT_SERVER_MEGABYTES="1")
    house.forgiven.append("507 (Insufficient Storage)")
    ada = await house.guest("Ada", reduced_motion="reduce")
    await upload(ada, PLAN)
    await ada.say("Lunch at noon")
    used = ada.page.get_by_role("button", name=re.compile("^12 bytes of .* used in this room$"))
    await used.focus()
    await ada.page.keyboard.press("Enter")
    dialog = ada.page.get_by_role("dialog", name="Space in this room")
    for words in ("1 file: 12 bytes", "0 whiteboards: 0 bytes", "1 chat message: "):
        await expect(dialog.get_by_text(words)).to_be_visible()
    await expect(dialog.get_by_text("may hold 1 MB of files")).to_be_visible()
    await check(ada, "how much there is in a room")
    await ada.page.keyboard.press("Escape")
    await expect(used).to_be_focused()
    large: FilePayload = {**PLAN, "name": "large.txt", "buffer": bytes(1_500_000)}
    await upload(ada, large)
    await expect(shelf(ada).get_by_text("all its rooms together may hold 1 MB")).to_be_visible()
