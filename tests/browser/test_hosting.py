"""What hosts do in a meeting and what the others see of it, by roles and names of the contract."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.people import House, OpenHouse, Person
from tests.browser.test_accessible import check
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.process import ServerProcess
from tests.support.server import running_server, test_settings


async def study_of_ada(open_house: OpenHouse, data: Path, **options: Any) -> tuple[House, Person]:
    """A room of Ada's, which is not locked, with her in it."""
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(data, settings) as (server, url), guests_at(url) as guests:
        street = Street(server, guests)
        account = await street.account("Ada")
        await street.room("study", account, locked=False)
        token = street.token(account)
    house = await open_house(ServerProcess(data))
    cookie = {"name": "meetd", "value": token, "domain": "localhost", "path": "/"}
    signed_in = {"cookies": [cookie], "origins": []}
    ada = await house.guest("Ada", storage_state=signed_in, **options)
    return house, ada


async def of_the_room(host: Person, act: str) -> None:
    await host.button("Room").click()
    await host.button(act).click()
    await confirm(host, act)


async def of_somebody(host: Person, name: str, act: str) -> None:
    await host.button(f"Options for {name}").click()
    await host.page.get_by_role("menuitem", name=act, exact=True).click()


async def confirm(host: Person, act: str) -> None:
    dialog = host.page.get_by_role("dialog", name=act, exact=True)
    await dialog.get_by_role("button", name=act, exact=True).click()
    await expect(dialog).to_have_count(0)


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_a_microphone_goes_off_at_once_and_on_only_by_its_owner(
    open_house: OpenHouse, tmp_path: Path, kind: str
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    bob = await house.guest("Bob", kind)
    await ada.hears_somebody()
    await expect(bob.tile("Ada").get_by_text("Host")).to_be_visible()
    await bob.button("Options for Ada").click()
    await expect(bob.page.get_by_role("menuitemcheckbox", name="Pin")).to_be_visible()
    await expect(bob.page.get_by_role("menuitem")).to_have_text("Write to Ada in private")
    await bob.page.keyboard.press("Escape")
    await of_somebody(ada, "Bob", "Mute")
    await expect(bob.button("Microphone")).to_have_attribute("aria-pressed", "false")
    await expect(bob.page.get_by_text("Ada turned your microphone off")).to_be_visible()
    await expect(ada.tile("Bob").get_by_text("Microphone off")).to_have_count(1)
    await of_somebody(ada, "Bob", "Ask to unmute")
    await expect(bob.page.get_by_text("Ada asks you to turn your microphone on")).to_be_visible()
    await expect(bob.button("Microphone")).to_have_attribute("aria-pressed", "false")
    await bob.button("Turn on").click()
    await expect(bob.button("Microphone")).to_have_attribute("aria-pressed", "true")
    await expect(ada.tile("Bob").get_by_text("Microphone off")).to_have_count(0)
    await ada.hears_somebody()


async def test_presenter_mode_stops_a_screen_and_says_why(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    bob = await house.guest("Bob")
    await bob.button("Share screen").click()
    await expect(ada.region("Shared content").locator("video")).to_be_visible()
    await of_the_room(ada, "Presenter mode")
    await expect(ada.region("Shared content").locator("video")).to_have_count(0)
    await expect(bob.page.get_by_text("Your screen is not shared any more")).to_be_visible()
    await expect(bob.button("Share screen")).to_have_accessible_description(
        "Presenter mode is on: only hosts share a screen now."
    )
    await of_somebody(ada, "Bob", "Make host")
    await expect(bob.page.get_by_text("You are a host of this room now")).to_be_visible()
    await bob.button("Share screen").click()
    await expect(ada.region("Shared content").locator("video")).to_be_visible()
    await of_somebody(ada, "Bob", "Make guest")
    await expect(bob.page.get_by_text("You are not a host of this room any more")).to_be_visible()
    await expect(ada.region("Shared content").locator("video")).to_have_count(0)


async def test_whoever_is_removed_is_out_and_told_so(open_house: OpenHouse, tmp_path: Path) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    bob = await house.guest("Bob", "firefox")
    await of_somebody(ada, "Bob", "Remove")
    await expect(ada.page.get_by_role("dialog")).to_contain_text("Bob leaves the room at once")
    await confirm(ada, "Remove")
    await expect(ada.tile("Bob")).to_have_count(0)
    await expect(bob.region("People")).to_have_count(0)
    await of_the_room(ada, "Lock room")
    await expect(ada.page.get_by_text("Locked", exact=True)).to_be_visible()


async def test_axe_finds_nothing_in_what_hosts_use(open_house: OpenHouse, tmp_path: Path) -> None:
    house, ada = await study_of_ada(open_house, tmp_path, reduced_motion="reduce")
    bob = await house.guest("Bob", reduced_motion="reduce")
    await of_the_room(ada, "Presenter mode")
    await of_the_room(ada, "Lock room")
    await of_somebody(ada, "Bob", "Mute")
    await expect(bob.page.get_by_text("Ada turned your microphone off")).to_be_visible()
    await bob.button("Share screen").click(force=True)
    await expect(bob.page.get_by_text("only hosts share a screen now").first).to_be_visible()
    await check(bob, "muted, in presenter mode")
    await ada.button("Room").click()
    await expect(ada.button("Unlock room")).to_be_visible()
    await check(ada, "menu of the room", sizes=False)
    await ada.page.keyboard.press("Escape")
    await ada.button("Options for Bob").click()
    await expect(ada.page.get_by_role("menu")).to_be_visible()
    await check(ada, "menu of a person", sizes=False)
    await ada.page.get_by_role("menuitem", name="Remove", exact=True).click()
    await check(ada, "a question")


async def test_the_menus_work_with_the_keyboard_alone(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    await house.guest("Bob")
    options = ada.button("Options for Bob")
    await options.focus()
    await ada.page.keyboard.press("ArrowUp")
    await expect(ada.page.get_by_role("menuitem", name="Remove", exact=True)).to_be_focused()
    await ada.page.keyboard.press("a")
    await expect(ada.page.get_by_role("menuitem", name="Ask to unmute")).to_be_focused()
    await ada.page.keyboard.press("Escape")
    await expect(options).to_be_focused()
    await expect(ada.page.get_by_role("menu")).to_have_count(0)
    await ada.button("Room").focus()
    await ada.page.keyboard.press("Enter")
    await expect(ada.button("Lock room")).to_be_focused()
    await ada.page.keyboard.press("Enter")
    dialog = ada.page.get_by_role("dialog", name="Lock room", exact=True)
    await expect(dialog.get_by_role("heading", name="Lock room")).to_be_focused()
    for _ in range(3):
        await ada.page.keyboard.press("Tab")
    await expect(dialog.get_by_role("button", name="Lock room", exact=True)).to_be_focused()
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_text("Locked", exact=True)).to_be_visible()


async def test_content_is_cleared_ticked_one_by_one_and_at_the_end(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path, reduced_motion="reduce")
    bob = await house.guest("Bob")
    shelf = bob.region("Shared content")
    plan: FilePayload = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"of the house"}
    await ada.region("Shared content").get_by_label("Upload files").set_input_files(plan)
    await expect(shelf.get_by_text("plan.txt")).to_be_visible()
    await ada.say("Lunch at noon")
    await bob.reads("Lunch at noon")
    await ada.button("Room").click()
    await ada.button("Clear content").click()
    dialog = ada.page.get_by_role("dialog", name="Clear content")
    clear = dialog.get_by_role("button", name="Clear content")
    await expect(clear).to_be_disabled()
    await expect(dialog.get_by_role("checkbox", name="0 whiteboards")).to_be_disabled()
    await check(ada, "what is to be cleared")
    await dialog.get_by_role("checkbox", name="1 file, 12 bytes").check()
    await clear.click()
    await expect(shelf.get_by_text("plan.txt")).to_have_count(0)
    await bob.reads("Lunch at noon")
    await ada.button("Room").click()
    await ada.button("End for everybody").click()
    await ada.page.get_by_role("checkbox", name="Everything that was said").check()
    await confirm(ada, "End for everybody")
    await expect(bob.page.get_by_text("Lunch at noon")).to_have_count(0)
    carol = await house.guest("Carol")
    await expect(carol.messages.get_by_text("Nothing has been said yet")).to_be_visible()
