"""What people read when the room goes, or the meeting in it, while they are there and after."""

from pathlib import Path

from playwright.async_api import expect

from tests.browser.people import OpenHouse
from tests.browser.test_hosting import of_the_room, study_of_ada

_COUNT_ASKING = """
const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
window.asked = 0;
devices.getUserMedia = (wanted) => { window.asked += 1; return ask(wanted); };
"""


async def test_a_deleted_room_says_so_inside_and_at_its_door(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    bob = await house.guest("Bob")
    await ada.sees("Bob")
    start, _, room = ada.page.url.rpartition("/")
    desk = await ada.page.context.new_page()
    await desk.goto(f"{start}/account/rooms")
    await desk.get_by_role("link", name="Settings").first.click()
    await desk.locator("#delete_confirm").fill(room)
    await desk.locator("form[action$='/delete'] button").click()
    for one in (ada, bob):
        await expect(one.page.get_by_role("heading", name="This room was deleted")).to_be_visible()
        await expect(one.page.get_by_role("button")).to_have_count(0)
        await expect(one.page.get_by_role("link", name="Start page")).to_be_visible()
    await bob.page.add_init_script(_COUNT_ASKING)
    await bob.page.reload()
    await expect(bob.page.get_by_role("heading", name="This room was deleted")).to_be_visible()
    assert await bob.page.evaluate("window.asked") == 0, "nobody is asked for a camera there"


async def test_whoever_ended_the_meeting_reads_that_they_did(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    bob = await house.guest("Bob")
    await ada.sees("Bob")
    await of_the_room(ada, "End for everybody")
    await expect(ada.page.get_by_role("heading", name="You ended the meeting")).to_be_visible()
    await expect(bob.page.get_by_role("heading", name="A host ended the meeting")).to_be_visible()
