"""Before joining: whatever a browser has or refuses, one can see why, and come in."""

import ifaddr
import pytest
from playwright.async_api import expect

from tests.browser.people import House, OpenHouse


async def test_without_any_device_one_joins_to_listen(house: House, deviceless: str) -> None:
    ada = await house.visitor("Ada", deviceless)
    await expect(ada.alert.filter(has_text="No camera was found")).to_be_visible()
    await expect(ada.alert.filter(has_text="No microphone was found")).to_be_visible()
    await expect(ada.page.get_by_text("You join listening only.")).to_be_visible()
    bob = await house.guest("Bob")
    await ada.join()
    await expect(bob.tile("Ada").get_by_text("Microphone off")).to_have_count(1)
    await ada.sees("Bob")
    await ada.hears_somebody()
    await ada.say("I can only listen")
    await bob.reads("I can only listen")


async def test_a_refused_permission_says_how_to_give_it(house: House, asking: str) -> None:
    ada = await house.visitor("Ada", asking)
    refusal = ada.alert.filter(has_text="does not let this page use the camera")
    await expect(refusal).to_contain_text("Click the icon to the left of the address")
    await expect(ada.button("Camera")).to_have_attribute("aria-pressed", "false")
    bob = await house.guest("Bob")
    await ada.join()
    await expect(bob.tile("Ada")).to_be_visible()
    await ada.page.context.grant_permissions(["camera", "microphone"])
    await ada.button("Camera").click()
    await bob.sees("Ada")
    await expect(ada.alert.filter(has_text="use the camera")).to_have_count(0)


async def test_what_was_turned_off_in_the_hall_stays_off(house: House) -> None:
    bob = await house.guest("Bob", "firefox")
    ada = await house.visitor("Ada")
    for device in ("Microphone", "Camera"):
        await expect(ada.button(device)).to_have_attribute("aria-pressed", "true")
        await ada.button(device).click()
        await expect(ada.button(device)).to_have_attribute("aria-pressed", "false")
    await ada.join()
    await expect(bob.tile("Ada").get_by_text("Microphone off")).to_have_count(1)
    await expect(bob.tile("Ada").locator("video").first).to_be_hidden()
    for device in ("Microphone", "Camera"):
        await expect(ada.button(device)).to_have_attribute("aria-pressed", "false")
    await ada.comes_back()
    await expect(ada.button("Camera")).to_have_attribute("aria-pressed", "false")
    await ada.button("Camera").click()
    await bob.sees("Ada")


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_devices_can_be_chosen_and_the_name_is_remembered(house: House, browser: str) -> None:
    ada = await house.visitor("Ada", browser)
    for kind in ("Camera", "Microphone"):
        choice = ada.page.get_by_role("combobox", name=f"{kind} device")
        await expect(choice).to_be_enabled()
        await expect(choice).not_to_have_value("")
    await ada.join()
    await ada.button("Leave").click()
    await ada.page.reload()
    await expect(ada.textbox("Your name")).to_have_value("Ada")
    await ada.button("Join").click()
    await expect(ada.tile("Ada (you)")).to_be_visible()


async def test_plain_http_says_why_there_is_no_camera(open_house: OpenHouse) -> None:
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback, where browsers give a camera")
    house = await open_house(MEETD_SERVER_HOST=address)
    # Browsers remark that some headers mean nothing without encryption.
    house.forgiven += ["untrustworthy", "Cross-Origin-Opener-Policy"]
    ada = await house.visitor("Ada")
    sentence = ada.alert.filter(has_text="encrypted pages only")
    await expect(sentence).to_have_count(1)
    await expect(sentence).to_contain_text("https://")
    await expect(sentence).to_contain_text("You can still join")
    await ada.join()
    bob = await house.guest("Bob", "firefox")
    await bob.say("I read you")
    await ada.reads("I read you")
    start = await house.visitor("Carol", room="")
    await expect(start.page.get_by_text("browsers give it no camera")).to_be_visible()


def own_address() -> str | None:
    """An IPv4 address of this machine that other machines would use."""
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str) and not address.ip.startswith(("127.", "169.254.")):
                return address.ip
    return None


async def test_leaving_gives_the_devices_back_and_leads_in_again(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await bob.sees("Ada")
    await ada.button("Leave").click()
    await expect(bob.tile("Ada")).to_have_count(0)
    await expect(ada.page.get_by_role("heading", name="You have left the room")).to_be_focused()
    await ada.button("Join again").click()
    await ada.join()
    await ada.sees("Ada (you)")
    # With the keys of before, as the page is the same.
    await bob.sees("Ada")
    await ada.sees("Bob")
