"""The chat: links, history, what is unread, and what one was about to say."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.browser.people import House, OpenHouse, Person, until
from tests.browser.test_accessible import check
from tests.support.history import fill_chat
from tests.support.server import running_server

# Of each message on screen, where it lies; the messages of the history are numbered.
_PLACES = """(log) => Object.fromEntries([...log.querySelectorAll('p')]
    .filter((line) => /^message \\d+$/.test(line.textContent))
    .map((line) => [line.textContent, Math.round(line.getBoundingClientRect().top)]))"""


# The browser tells of scrolling later; telling it now keeps both in one step.
_SCROLLED_PLACES = f"""(log) => {{
    log.scrollTop = 100;
    log.dispatchEvent(new Event('scroll'));
    return ({_PLACES})(log);
}}"""


async def test_links_open_elsewhere_and_know_nothing_of_us(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await ada.textbox("Message").fill("See https://example.org/a?b=c. And javascript:alert(1)")
    await ada.button("Send").click()
    link = bob.messages.get_by_role("link")
    await expect(link).to_have_count(1)
    await expect(link).to_have_text("https://example.org/a?b=c")
    await expect(link).to_have_attribute("href", "https://example.org/a?b=c")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(bob.messages.get_by_text("And javascript:alert(1)")).to_be_visible()


async def test_paragraphs_stay_apart(house: House) -> None:
    ada = await house.guest("Ada")
    field = ada.textbox("Message")
    await field.press_sequentially("first")
    await field.press("Shift+Enter")
    await field.press("Shift+Enter")
    await field.press_sequentially("second")
    await field.press("Enter")
    said = ada.messages.get_by_text("second")
    await expect(said).to_be_visible()
    assert await said.evaluate("(line) => line.innerText") == "first\n\nsecond"
    await expect(field).to_have_value("")


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_earlier_messages_come_in_above_without_moving_what_is_read(
    open_house: OpenHouse, tmp_path: Path, browser: str
) -> None:
    async with running_server(tmp_path) as (server, _url):
        await fill_chat(server, "study", 200)
    house = await open_house()
    ada = await house.guest("Ada", browser)
    log = ada.messages
    await expect(log.get_by_text("message 200", exact=True)).to_be_in_viewport()
    await expect(log.get_by_text("message 101", exact=True)).to_have_count(0)
    before = await log.evaluate(_SCROLLED_PLACES)
    await expect(log.get_by_text("message 101", exact=True)).to_have_count(1)
    after: dict[str, int] = await log.evaluate(_PLACES)
    moved = {text: after[text] - top for text, top in before.items() if abs(after[text] - top) > 1}
    assert moved == {}
    await reach_the_beginning(log)
    numbers = [int(text.split()[1]) for text in await log.evaluate(_PLACES)]
    assert numbers == list(range(1, 201))


async def reach_the_beginning(log: Locator) -> None:
    async def beginning() -> bool:
        await log.evaluate("(log) => { log.scrollTop = 0; }")
        return await log.get_by_text("This is where the conversation begins.").count() == 1

    await until(beginning, "the first message did not come")


async def test_what_is_unread_shows_where_the_panel_is_closed(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob")
    await bob.say("seen")
    await ada.reads("seen")
    await chat_button(ada).click()
    await expect(ada.region("Chat")).to_be_hidden()
    await bob.say("one")
    await bob.say("two")
    await expect(chat_button(ada)).to_contain_text("2 new messages")
    await expect(ada.page).to_have_title("(2) study · meetd")
    await chat_button(ada).click()
    await expect(ada.messages.get_by_text("New", exact=True)).to_be_visible()
    lines = await ada.messages.locator("p").all_inner_texts()
    assert lines.index("seen") < lines.index("New") < lines.index("one")
    await expect(chat_button(ada)).not_to_contain_text("new message")
    await expect(ada.page).to_have_title("study · meetd")


def chat_button(person: Person) -> Locator:
    """Opens and closes the panel; its name grows by what is unread."""
    return person.page.get_by_role("navigation", name="Panels").get_by_role("button", name="Chat")


async def test_what_is_too_long_stays_to_be_shortened(house: House) -> None:
    ada = await house.guest("Ada")
    field = ada.textbox("Message")
    await field.fill("x" * 4_001)
    await field.press("Enter")
    await expect(ada.alert).to_contain_text("at most 4000 characters")
    await expect(ada.alert).to_contain_text("1 character too many")
    await expect(field).to_have_value("x" * 4_001)
    await expect(field).to_be_focused()
    await ada.messages.get_by_text("Nothing has been said yet").wait_for()
    await field.press("End")
    await field.press("Backspace")
    await field.press("Enter")
    await expect(ada.messages.get_by_text("x" * 4_000)).to_have_count(1)


async def choose(person: Person, of: str, what: str) -> None:
    """From the menu of a message of that person, by keyboard."""
    await person.button(f"Options for the message of {of}").last.focus()
    await person.page.keyboard.press("Enter")
    await person.page.get_by_role("menuitem", name=what).click()


async def test_messages_are_answered_marked_changed_and_taken_back(house: House) -> None:
    ada = await house.guest("Ada", reduced_motion="reduce")
    bob = await house.guest("Bob", "firefox")
    await ada.say("Lunch at noon")
    await bob.reads("Lunch at noon")
    await choose(bob, "Ada", "Thumbs up")
    mark = ada.button("Thumbs up: Bob")
    await expect(mark).to_contain_text("👍 1")
    await mark.click()
    await expect(bob.button("Thumbs up: Bob, Ada")).to_contain_text("👍 2")
    await choose(bob, "Ada", "Reply")
    await expect(bob.page.get_by_text("You answer Ada")).to_be_visible()
    await bob.page.keyboard.type("Where?")
    await bob.page.keyboard.press("Enter")
    await expect(ada.messages.get_by_text("Answers Ada: Lunch at noon")).to_be_visible()
    await expect(ada.messages.get_by_text("Where?")).to_be_visible()
    await check(ada, "a chat with answers and marks")
    # Guests change their own messages only.
    await ada.button("Options for the message of Bob").focus()
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_role("menuitem", name="Reply")).to_be_visible()
    for what in ("Edit", "Delete"):
        await expect(ada.page.get_by_role("menuitem", name=what)).to_have_count(0)
    await check(ada, "the menu of a message")
    await ada.page.keyboard.press("Escape")
    await choose(ada, "Ada", "Edit")
    await expect(ada.textbox("Message")).to_have_value("Lunch at noon")
    await ada.textbox("Message").fill("Lunch at one")
    await ada.button("Save").click()
    await expect(bob.messages.get_by_text("Lunch at one (edited)", exact=True)).to_be_visible()
    await expect(bob.messages.get_by_text("Lunch at noon")).to_have_count(0)
    await ada.button("Search in the chat").click()
    await ada.page.keyboard.type("LUNCH AT")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_text("1 message found")).to_be_visible()
    await check(ada, "what was found in the chat")
    await ada.page.get_by_role("searchbox").press("Escape")
    await expect(ada.button("Search in the chat")).to_be_focused()
    await choose(bob, "Bob", "Delete")
    await expect(ada.messages.get_by_text("This message was deleted")).to_be_visible()
    await expect(ada.messages.get_by_text("Where?")).to_have_count(0)


async def test_what_one_said_as_another_participant_stays_ones_own(house: House) -> None:
    """As far as this browser remembers, and no further."""
    ada = await house.guest("Ada")
    await ada.say("Good morning")
    own = ada.messages.get_by_text("Ada (you)")
    for forgotten, count in (("meetd.wayBack.study", 1), ("meetd.was", 0)):
        await ada.button("Leave").click()
        await expect(ada.button("Join again")).to_be_visible()
        for key in (forgotten, "meetd.wayBack.study"):
            await ada.page.evaluate("(key) => localStorage.removeItem(key)", key)
        await ada.page.reload()
        await ada.join()
        await ada.reads("Good morning")
        await expect(own).to_have_count(count)
