"""End-to-end encryption where direct paths are cut: what ``tests/browser/test_encrypted_relay.py``
shows of a server that relays always, on the way that people come to be relayed."""

from itertools import permutations
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import Person, until
from tests.browser.test_encryption import (
    MISSED,
    PATIENCE,
    WHOLE_TEST,
    all_see_all,
    same_code,
    watched,
)
from tests.laboratory.paths import says
from tests.laboratory.town import Town


@pytest.mark.timeout(WHOLE_TEST)
async def test_three_people_come_to_be_relayed_with_the_keys_and_the_code_that_they_have(
    town: Town, tmp_path: Path
) -> None:
    async with town.house(tmp_path) as house:
        ada = await watched(house, "Ada", await town.browser("ada"), **town.options)
        bob = await watched(house, "Bob", await town.browser("bob", "firefox"), **town.options)
        await all_see_all([ada, bob])
        of_two = await same_code([ada, bob])
        missed = [await person.page.evaluate(MISSED) for person in (ada, bob)]
        carol = await watched(house, "Carol", await town.browser("cy"), **town.options)
        everybody = [ada, bob, carol]
        await all_see_all(everybody)
        of_three = await same_code(everybody, other_than=of_two)
        town.lab.forbid("direct")
        await _all_are(everybody, "Relayed")
        await all_see_all(everybody)
        assert await same_code(everybody) == of_three
        for person in everybody:
            await person.hears_somebody()
            await expect(person.lock()).to_have_attribute(
                "data-status", "encrypted", timeout=PATIENCE * 1_000
            )
        await carol.button("Leave").click()
        await all_see_all([ada, bob])
        assert await same_code([ada, bob], other_than=of_three) == of_two
        # Each had the key of each frame that came, over whichever path.
        for person, before in zip((ada, bob), missed, strict=True):
            assert len(before) == 1
            assert before.items() <= (await person.page.evaluate(MISSED)).items()


async def _all_are(people: list[Person], path: str) -> None:
    for one, other in permutations(people, 2):

        async def so(one: Person = one, other: Person = other) -> bool:
            return await says(one, path, other)

        await until(so, f"{other.name} is not {path} for {one.name}", within=PATIENCE)
