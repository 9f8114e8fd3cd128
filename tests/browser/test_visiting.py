"""Visitors at a locked door, by roles and names of the contract."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.people import CUT_OFF, PHONE, House, OpenHouse, Person
from tests.browser.test_accessible import check
from tests.images.pictures import encoded, plain
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.process import ServerProcess
from tests.support.server import running_server, test_settings

MESSAGE = "Message to the host"


async def locked_study(open_house: OpenHouse, data: Path) -> tuple[House, dict[str, Any]]:
    """A locked room of Ada's, and with what a browser of hers is signed in."""
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(data, settings) as (server, url), guests_at(url) as guests:
        street = Street(server, guests)
        account = await street.account("Ada")
        await street.room("study", account)
        token = street.token(account)
    cookie = {"name": "meetd", "value": token, "domain": "localhost", "path": "/"}
    return await open_house(ServerProcess(data)), {"cookies": [cookie], "origins": []}


def status(person: Person) -> Locator:
    return person.page.get_by_role("status").filter(has_text=re.compile("Waiting|Turned|Admitted"))


def at_the_door(host: Person, name: str) -> Locator:
    return host.region("At the door").get_by_role("listitem").filter(has_text=name)


async def answer(host: Person, name: str, how: str) -> None:
    await at_the_door(host, name).get_by_role("button", name=how, exact=True).click()


async def knock(person: Person) -> None:
    await person.textbox("Your name").fill(person.name)
    await person.button("Knock").click()
    await expect(status(person)).to_contain_text("Waiting")


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_somebody_knocks_is_admitted_and_comes_back_without_knocking(
    open_house: OpenHouse, tmp_path: Path, kind: str
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    bob = await house.visitor("Bob", kind)
    await bob.textbox(MESSAGE).fill("It is about the hens")
    await knock(bob)
    await expect(status(bob)).to_contain_text("Nobody is here to let you in yet")
    ada = await house.guest("Ada", storage_state=signed_in)
    await expect(status(bob)).to_contain_text("A host is here", timeout=2_000)
    await expect(at_the_door(ada, "Bob")).to_contain_text("It is about the hens", timeout=2_000)
    await answer(ada, "Bob", "Admit")
    await expect(bob.tile("Bob (you)")).to_be_visible(timeout=3_000)
    await ada.sees("Bob")
    await bob.comes_back()
    await ada.sees("Bob")
    closed = bob.page
    bob = await house.again(bob)
    await closed.close()
    await bob.page.reload()
    await bob.button("Join").click()
    await expect(bob.tile("Bob (you)")).to_be_visible()


async def test_who_is_turned_away_is_told_so_and_may_knock_again(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    ada = await house.guest("Ada", storage_state=signed_in)
    bob = await house.visitor("Bob")
    await knock(bob)
    await answer(ada, "Bob", "Turn away")
    await expect(status(bob)).to_contain_text("Turned away")
    # What is at the door is told in turns: for a moment hosts see who knocked before.
    await expect(at_the_door(ada, "Bob")).to_have_count(0)
    await bob.button("Knock again").click()
    await expect(bob.textbox("Your name")).to_have_value("Bob")
    await knock(bob)
    await answer(ada, "Bob", "Ask to wait")
    await expect(status(bob)).to_contain_text("Waiting: the host asks")
    await bob.button("Stop knocking").click()
    await expect(bob.button("Knock")).to_be_visible()
    await expect(at_the_door(ada, "Bob")).to_have_count(0)


async def test_a_place_outlives_a_reload_another_tab_and_a_server_that_dies(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    house.forgiven += CUT_OFF
    bob = await house.visitor("Bob")
    await bob.textbox(MESSAGE).fill("Still me")
    await knock(bob)
    await bob.page.reload()
    await expect(status(bob)).to_contain_text("Waiting")
    twin = await house.again(bob)
    await expect(status(twin)).to_contain_text("Waiting")
    await expect(bob.page.get_by_role("heading", level=1)).to_contain_text("in another tab")
    await house.server.kill()
    await expect(twin.page.get_by_text("The server does not answer")).to_be_visible()
    await house.server.start()
    await expect(twin.page.get_by_text("The server does not answer")).to_have_count(0)
    ada = await house.guest("Ada", storage_state=signed_in)
    await expect(at_the_door(ada, "Bob")).to_have_count(1)
    await twin.page.get_by_text("Change your message").click()
    await expect(twin.textbox(MESSAGE)).to_have_value("Still me")
    await answer(ada, "Bob", "Admit")
    await expect(twin.tile("Bob (you)")).to_be_visible()


async def test_a_picture_goes_along_only_when_somebody_sends_one(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    ada = await house.guest("Ada", storage_state=signed_in)
    shy = await house.visitor("Shy")
    await shy.button("Send a picture").click()
    await shy.button("Without a picture").click()
    await knock(shy)
    await expect(at_the_door(ada, "Shy")).to_have_count(1)
    bob = await house.visitor("Bob")
    await bob.button("Send a picture").click()
    await expect(bob.page.get_by_role("img", name="Send a picture")).to_be_visible()
    await knock(bob)
    await expect(at_the_door(ada, "Bob").locator("img")).to_be_visible()
    await expect(at_the_door(ada, "Shy").locator("img")).to_have_count(0)


async def test_the_picture_of_the_waiting_room_is_seen_by_who_waits_as_it_is_now(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    bob = await house.visitor("Bob")
    await knock(bob)
    picture = bob.page.locator("img.lobby-picture")
    await expect(picture).to_have_count(0)
    ada = await house.guest("Ada", storage_state=signed_in)
    page = await ada.page.context.new_page()
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(f"{house.server.url}/account/rooms")
    await page.get_by_role("link", name="Settings of study").click()
    chosen = page.get_by_label("Choose a picture")
    await chosen.set_input_files(
        {
            "name": "p.jpg",
            "mimeType": "image/jpeg",
            "buffer": encoded(plain(size=(320, 200)), "JPEG"),
        }
    )
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("img", name="Picture in the waiting room now")).to_be_visible()
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 320)
    house.forgiven += ["Failed to load resource: the server responded with a status of 415"]
    await chosen.set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": b"none"})
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("alert")).to_contain_text("Choose a PNG, JPEG, WebP or GIF")
    await expect(page.get_by_role("img", name="Picture in the waiting room now")).to_be_visible()
    await check(Person(page, "Ada"), "settings of a room whose picture was refused")
    await page.get_by_role("button", name="Remove").click()
    await expect(picture).to_have_count(0)


async def test_who_was_removed_or_sent_to_the_lobby_has_to_be_let_in_again(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    ada = await house.guest("Ada", storage_state=signed_in)
    bob = await house.visitor("Bob")
    await knock(bob)
    await answer(ada, "Bob", "Admit")
    await expect(bob.tile("Bob (you)")).to_be_visible()
    await _of_bob(ada, "Send to the lobby")
    await expect(bob.page.get_by_text("A host sent you here from the room")).to_be_visible()
    await expect(status(bob)).to_contain_text("Waiting")
    await answer(ada, "Bob", "Admit")
    await expect(bob.tile("Bob (you)")).to_be_visible()
    await _of_bob(ada, "Remove")
    heading = bob.page.get_by_role("heading", level=1)
    await expect(heading).to_contain_text("A host removed you")
    await expect(heading).to_be_focused()
    await bob.page.reload()
    await expect(bob.button("Knock")).to_be_visible()


async def _of_bob(host: Person, act: str) -> None:
    await host.button("Options for Bob").click()
    await host.page.get_by_role("menuitem", name=act, exact=True).click()
    dialog = host.page.get_by_role("dialog", name=act, exact=True)
    await dialog.get_by_role("button", name=act, exact=True).click()


async def test_the_keyboard_is_enough_in_dutch_and_axe_finds_nothing(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    piet = await house.visitor("Piet", locale="nl-NL", size=PHONE, reduced_motion="reduce")
    await expect(piet.button("Aankloppen")).to_be_visible()
    await check(piet, "hall of a locked room")
    await piet.textbox("Je naam").focus()
    keyboard = piet.page.keyboard
    await keyboard.type("Piet")
    await keyboard.press("Tab")
    await keyboard.type("Voor de vergadering")
    for _ in ("picture", "knock"):
        await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(piet.page.get_by_role("heading", level=1)).to_be_focused()
    await expect(piet.page.get_by_role("status").first).to_contain_text("Wachten")
    await check(piet, "lobby")
    ada = await house.guest("Ada", storage_state=signed_in)
    await answer(ada, "Piet", "Admit")
    await expect(piet.page.get_by_role("main")).to_be_focused()
    await expect(piet.page.get_by_role("status").first).to_contain_text("Je bent in de kamer")
