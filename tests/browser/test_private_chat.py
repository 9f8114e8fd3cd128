"""What is said to one person alone, who is writing, the chat as a file, and files in messages."""

import json

from playwright.async_api import Download, Locator, expect

from tests.browser.people import SECONDS, House, Person
from tests.browser.test_accessible import check
from tests.browser.test_chat import choose
from tests.browser.test_content import shelf, small, upload

PARCEL = "The parcel is behind the shed"


def line(person: Person) -> Locator:
    """What the composer says of whom it is for."""
    return person.region("Chat").locator(".composer-private")


async def write_to(person: Person, name: str) -> None:
    """From that person's tile, by keyboard."""
    await person.button(f"Options for {name}").focus()
    await person.page.keyboard.press("Enter")
    await person.page.get_by_role("menuitem", name=f"Write to {name} in private").focus()
    await person.page.keyboard.press("Enter")
    await expect(person.textbox("Message")).to_be_focused()
    await expect(line(person)).to_contain_text(f"Private to {name}. Nobody else sees it")


async def address(person: Person, now: str, name: str) -> None:
    """From the composer."""
    await person.button(f"Write to: {now}").click()
    await person.page.get_by_role("menuitem", name=name, exact=True).click()
    await expect(person.button(f"Write to: {name}")).to_be_visible()


async def saved(person: Person, what: str) -> str:
    """The file that comes of a choice in the menu of the chat."""
    async with person.page.expect_download() as started:
        await person.button("Chat options").click()
        await person.page.get_by_role("menuitem", name=f"Save the chat as {what}").click()
    download: Download = await started.value
    assert download.suggested_filename == f"chat-study.{'txt' if what == 'text' else 'json'}"
    answer = await person.page.context.request.get(download.url)
    return await answer.text()


async def three_people(house: House) -> tuple[Person, Person, Person]:
    house.small_cameras = True  # three of them are enough for this machine
    ada = await house.guest("Ada", reduced_motion="reduce")
    return ada, await house.guest("Bob", "firefox"), await house.guest("Carol")


async def test_two_people_talk_in_private_and_nobody_else_knows(house: House) -> None:
    ada, bob, carol = await three_people(house)
    await write_to(ada, "Bob")
    await ada.page.keyboard.type(PARCEL)
    await ada.page.keyboard.press("Enter")
    await bob.reads(PARCEL)
    await expect(bob.messages.get_by_text("Private to you")).to_be_visible()
    await expect(ada.messages.get_by_text("Private to Bob")).to_be_visible()
    await choose(bob, "Ada", "Reply")
    await expect(line(bob)).to_contain_text("Private to Ada")
    await bob.page.keyboard.type("Thank you")
    await bob.page.keyboard.press("Enter")
    await ada.reads("Thank you")
    await expect(ada.messages.get_by_text(f"Answers Ada: {PARCEL}")).to_be_visible()
    await ada.button("Write to everybody again").click()
    await expect(line(ada)).to_have_count(0)
    await ada.say("Lunch is ready")
    await carol.reads("Lunch is ready")
    for text in (PARCEL, "Thank you", "Private to"):
        await expect(carol.messages.get_by_text(text)).to_have_count(0)
    await bob.comes_back()
    await bob.reads(PARCEL)


async def test_the_two_find_and_save_what_was_private_and_others_do_not(house: House) -> None:
    ada, bob, carol = await three_people(house)
    await write_to(ada, "Bob")
    await ada.page.keyboard.type(PARCEL)
    await ada.page.keyboard.press("Enter")
    await bob.reads(PARCEL)
    await carol.say("Lunch is ready")
    await ada.reads("Lunch is ready")
    for person, count in ((ada, "1 message found"), (carol, "0 messages found")):
        await person.button("Search in the chat").click()
        await person.page.keyboard.type("parcel")
        await person.page.keyboard.press("Enter")
        await expect(person.page.get_by_text(count)).to_be_visible()
    assert PARCEL in await saved(ada, "text")
    kept = json.loads(await saved(ada, "JSON"))
    assert [each.get("privateTo") for each in kept["messages"]] == ["Bob", None]
    assert PARCEL not in await saved(carol, "text")


async def test_a_private_message_is_there_for_everybody_who_may_read_it(house: House) -> None:
    """With whatever they read: axe finds nothing, before and after it was said."""
    ada = await house.guest("Ada", reduced_motion="reduce", small_camera=True)
    bob = await house.guest("Bob", small_camera=True)
    await write_to(ada, "Bob")
    await ada.page.keyboard.type(PARCEL)
    await ada.page.keyboard.press("Enter")
    await bob.reads(PARCEL)
    await check(ada, "a chat with a private message")


async def test_what_is_meant_for_somebody_who_left_goes_to_nobody(house: House) -> None:
    ada, bob, carol = await three_people(house)
    await address(ada, "Everybody", "Bob")
    await ada.textbox("Message").fill(PARCEL)
    await bob.button("Leave").click()
    await expect(ada.alert).to_contain_text("Bob is not in the room any more")
    await expect(ada.textbox("Message")).to_have_value(PARCEL)
    await ada.textbox("Message").press("Enter")
    await check(ada, "a message for somebody who left")
    await address(ada, "Bob", "Carol")
    await expect(ada.alert).to_have_count(0)
    await ada.textbox("Message").press("Enter")
    await carol.reads(PARCEL)
    await expect(ada.messages.get_by_text(PARCEL)).to_have_count(1)
    await expect(carol.messages.get_by_text("Private to you")).to_be_visible()


async def test_that_somebody_is_writing_shows_and_goes(house: House) -> None:
    ada, bob, carol = await three_people(house)
    await ada.textbox("Message").press_sequentially("Lun")
    await expect(bob.page.get_by_text("Ada is writing")).to_be_visible()
    # Read by who looks for it, and not read out.
    live = bob.page.get_by_text("Ada is writing").locator("xpath=ancestor-or-self::*[@aria-live]")
    await expect(live).to_have_count(0)
    writing = bob.page.get_by_text("Ada is writing")
    await expect(writing).to_have_count(0, timeout=SECONDS * 1_000)
    await write_to(bob, "Ada")
    await bob.page.keyboard.type("Yes")
    await expect(ada.page.get_by_text("Bob is writing to you")).to_be_visible()
    await expect(carol.page.get_by_text("Bob is writing")).to_have_count(0)
    await bob.page.keyboard.press("Enter")
    await expect(ada.page.get_by_text("Bob is writing to you")).to_have_count(0)
    await ada.reads("Yes")


async def test_a_message_leads_to_a_file_until_it_is_gone(house: House) -> None:
    ada = await house.guest("Ada", reduced_motion="reduce")
    bob = await house.guest("Bob", "firefox")
    await ada.button("Mention a file").click()
    nothing = ada.page.get_by_role("menuitem", name="Nothing is shared in this room yet")
    await expect(nothing).to_be_visible()
    await ada.page.keyboard.press("Escape")
    await upload(ada, small("plan.txt", "of the garden"), small("other.txt"))
    await expect(shelf(ada).get_by_role("listitem").filter(has_text="other.txt")).to_be_visible()
    for name in ("plan.txt", "other.txt"):
        await ada.button("Mention a file").focus()
        await ada.page.keyboard.press("Enter")
        await ada.page.get_by_role("menuitem", name=name).press("Enter")
    await ada.button("Do not mention other.txt").click()
    await check(ada, "a message that mentions a file")
    await ada.button("Send").click()
    link = bob.messages.get_by_role("button", name="Open plan.txt")
    await expect(link).to_be_visible()
    await expect(bob.messages.get_by_text("other.txt")).to_have_count(0)
    await link.click()
    for person in (ada, bob):
        await expect(shelf(person).get_by_text("of the garden")).to_be_visible()
    await check(bob, "a message that leads to a file")
    await shelf(ada).get_by_role("button", name="2 files").click()  # folded while one is open
    await ada.button("Remove plan.txt").click()
    gone = bob.messages.get_by_text("plan.txt is not in the room any more")
    await expect(gone).to_be_visible(timeout=SECONDS * 1_000)
    await expect(link).to_have_count(0)
