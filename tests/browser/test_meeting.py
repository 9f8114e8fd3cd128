"""The main job, in real browsers: see, hear and write to each other."""

import pytest
from playwright.async_api import expect

from tests.browser.people import CUT_OFF, House, until

PAIRS = [("chromium", "firefox"), ("chromium", "chromium"), ("firefox", "firefox")]


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_two_people_see_hear_and_write_to_each_other(
    house: House, first: str, second: str
) -> None:
    ada = await house.guest("Ada", first)
    bob = await house.guest("Bob", second)
    await ada.sees("Bob")
    await bob.sees("Ada")
    await ada.hears_somebody()
    await bob.hears_somebody()
    await expect(ada.tile("Bob").get_by_text("Direct")).to_be_visible()
    await ada.say("Good morning, Bob")
    await bob.reads("Good morning, Bob")
    await bob.say("Good morning, Ada")
    await ada.reads("Good morning, Ada")


async def test_people_come_and_go_and_the_chat_stays(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    carol = await house.guest("Carol")
    for person, others in ((ada, "Bob Carol"), (bob, "Ada Carol"), (carol, "Ada Bob")):
        for other in others.split():
            await person.sees(other)
    await carol.say("I have to go")
    await carol.button("Leave").click()
    await expect(ada.tile("Carol")).to_have_count(0, timeout=5_000)
    await expect(bob.tile("Carol")).to_have_count(0, timeout=5_000)
    await bob.page.context.close()
    await expect(ada.tile("Bob")).to_have_count(0, timeout=5_000)
    await ada.comes_back()
    await ada.reads("I have to go")


async def test_a_room_is_made_on_the_start_page(house: House) -> None:
    ada = await house.visitor("Ada", room="")
    await ada.button("New room").click()
    await ada.join()
    bob = await house.guest("Bob", room=ada.page.url.rpartition("/")[2].upper())
    await ada.sees("Bob")
    assert bob.page.url == ada.page.url


async def test_a_room_is_found_by_its_name(house: House) -> None:
    ada = await house.visitor("Ada", room="")
    await ada.textbox("Room name").fill("Our Study")
    await ada.button("Go").click()
    await ada.page.wait_for_url("**/our-study")
    await ada.join()


async def test_mute_camera_hand_and_screen_are_seen_by_the_other(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await bob.sees("Ada")
    await ada.button("Microphone").click()
    await expect(ada.button("Microphone")).to_have_attribute("aria-pressed", "false")
    await expect(bob.tile("Ada").get_by_text("Microphone off")).to_have_count(1)
    await ada.button("Camera").click()
    await expect(bob.tile("Ada").locator("video").first).to_be_hidden()
    await ada.button("Raise hand").click()
    await expect(bob.tile("Ada").get_by_text("Hand", exact=False)).to_have_count(1)
    await ada.button("Camera").click()
    await bob.sees("Ada")
    await ada.button("Share screen").click()
    shared = bob.region("Shared content").locator("video")
    await expect(shared).to_be_visible()

    async def screen_arrives() -> bool:
        width: int = await shared.evaluate("(v) => v.videoWidth")
        return width > 0

    await until(screen_arrives, "Bob does not see Ada's screen")
    await ada.button("Share screen").click()
    await expect(shared).to_have_count(0)


async def test_direct_media_outlives_the_server(house: House) -> None:
    """kill -9 in the middle of a call: pictures go on, pages come back, no word lost or doubled."""
    house.forgiven += CUT_OFF
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await ada.sees("Bob")
    await bob.sees("Ada")
    await ada.say("before")
    await house.server.kill()
    await ada.textbox("Message").fill("meanwhile")
    await ada.button("Send").click()
    await ada.sees("Bob", within=5)
    await bob.sees("Ada", within=5)
    await house.server.start()
    await bob.reads("meanwhile")
    await ada.reads("meanwhile")
    await ada.reads("before")
    await bob.say("after")
    await ada.reads("after")
    await ada.sees("Bob", within=5)
    await bob.sees("Ada", within=5)
    await expect(ada.tile("Bob")).to_have_count(1)
