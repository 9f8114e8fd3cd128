"""People whose media goes through the relay, on the real room page."""

import pytest
from playwright.async_api import expect

from tests.browser.people import OpenHouse

# Firefox tries no address of loopback, so that the media port listens on all of this machine.
RELAYED = {"MEETD_MEDIA_HOST": "", "MEETD_MEDIA_RELAY": "always"}


@pytest.mark.parametrize(
    ("first", "second"),
    [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "chromium")],
)
async def test_two_see_and_hear_each_other_relayed(
    open_house: OpenHouse, first: str, second: str
) -> None:
    house = await open_house(**RELAYED)
    ada = await house.guest("Ada", first)
    bob = await house.guest("Bob", second)
    await ada.sees("Bob")
    await bob.sees("Ada")
    await ada.hears_somebody()
    await bob.hears_somebody()
    await expect(ada.tile("Bob").get_by_text("Relayed", exact=True)).to_be_visible()
