"""A host sees whose key knocks, and lets in that one and no other."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import OpenHouse, Person
from tests.browser.test_visiting import answer, at_the_door, knock, locked_study

DIGITS = re.compile(r"\d{5} \d{5} \d{5}")

# What a browser does that is told to forget what pages keep, while places stay.
_FORGET_KEYS = """() => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('meetd-keys');
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
})"""


async def key_shown(person: Person) -> str:
    """In the lobby, to whoever knocks."""
    line = person.page.get_by_text(re.compile(r"Your key: \d{5}"))
    match = DIGITS.search(await line.inner_text())
    assert match
    return match.group()


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_the_key_that_a_host_sees_is_the_one_that_comes_in(
    open_house: OpenHouse, tmp_path: Path, kind: str
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    ada = await house.guest("Ada", storage_state=signed_in)
    bob = await house.visitor("Bob", kind)
    await knock(bob)
    key = await key_shown(bob)
    await expect(at_the_door(ada, "Bob")).to_contain_text(f"Key: {key}")
    await bob.page.reload()
    assert await key_shown(bob) == key
    url = bob.page.url
    await bob.page.goto(f"{house.server.url}/privacy")
    await expect(at_the_door(ada, "Bob")).to_contain_text("Left the page")
    await answer(ada, "Bob", "Admit")
    await expect(at_the_door(ada, "Bob")).to_have_count(0)
    await bob.page.goto(url)
    await expect(bob.tile("Bob (you)")).to_be_visible()
    await ada.button("Encryption").click()
    people = ada.page.get_by_role("dialog", name="Encryption", exact=True).get_by_role("listitem")
    await expect(people.filter(has_text="Bob").first).to_contain_text(key)


async def test_whoever_comes_with_other_keys_knocks_again(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, signed_in = await locked_study(open_house, tmp_path)
    ada = await house.guest("Ada", storage_state=signed_in)
    bob = await house.visitor("Bob")
    await knock(bob)
    key = await key_shown(bob)
    url = bob.page.url
    await bob.page.goto(f"{house.server.url}/privacy")
    await bob.page.evaluate(_FORGET_KEYS)
    await answer(ada, "Bob", "Admit")
    await bob.page.goto(url)
    await expect(bob.alert).to_contain_text("Knock again")
    await knock(bob)
    assert await key_shown(bob) != key
    await answer(ada, "Bob", "Admit")
    await expect(bob.tile("Bob (you)")).to_be_visible()
