"""What people are told of the encryption: whose code they marked, and who cannot take part."""

import pytest
from playwright.async_api import expect

from tests.browser.people import House
from tests.browser.test_encryption import PATIENCE, WHOLE_TEST

CANNOT_ENCRYPT = "delete window.RTCRtpScriptTransform"


@pytest.mark.timeout(WHOLE_TEST)
async def test_a_new_code_is_not_the_one_that_was_compared(house: House) -> None:
    ada = await house.guest("Ada", small_camera=True)
    await house.guest("Bob", small_camera=True)
    await ada.sees("Bob", within=PATIENCE)
    await ada.lock().click()
    dialog = ada.page.get_by_role("dialog", name="Encryption", exact=True)
    mark = dialog.get_by_role("button", name="Mark as compared")
    await expect(mark).to_have_attribute("aria-disabled", "false", timeout=PATIENCE * 1_000)
    await mark.focus()
    await ada.page.keyboard.press("Enter")
    await expect(dialog.get_by_text("You compared this with Bob")).to_be_visible()
    await expect(mark).to_be_focused()
    await house.guest("Carol", small_camera=True)
    said = dialog.get_by_text("Carol came, so the code is new")
    await expect(said).to_be_visible(timeout=PATIENCE * 1_000)
    await expect(mark).to_be_focused()
    await expect(mark).to_have_attribute("aria-disabled", "false", timeout=PATIENCE * 1_000)


@pytest.mark.timeout(WHOLE_TEST)
async def test_somebody_whose_browser_cannot_encrypt_is_named(house: House) -> None:
    ada = await house.guest("Ada", small_camera=True)
    dirk = await house.visitor("Dirk")
    await dirk.page.add_init_script(CANNOT_ENCRYPT)
    await dirk.page.reload()
    await dirk.join()
    told = ada.tile("Dirk").get_by_text("You and Dirk neither see nor hear each other")
    await expect(told).to_be_visible(timeout=PATIENCE * 1_000)
    await expect(ada.lock()).to_have_attribute("data-status", "encrypted")
    await expect(dirk.lock()).to_have_attribute("data-status", "impossible")
    await expect(dirk.tile("Ada").get_by_text("Connecting")).to_have_count(0)
