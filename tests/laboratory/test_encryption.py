"""End-to-end encryption where direct paths are cut: what ``tests/browser/test_encrypted_relay.py``
shows of a server that relays always, on the way that people come to be relayed."""

from itertools import permutations
from pathlib import Path

import pytest

from tests.browser.people import Person, until
from tests.browser.test_encrypted_relay import is_encrypted
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
        carol = await watched(house, "Carol", await town.browser("cy"), **town.options)
        everybody = [ada, bob, carol]
        await all_see_all(everybody)
        code = await same_code(everybody)
        missed = [await person.page.evaluate(MISSED) for person in everybody]
        town.lab.forbid("direct")
        await _all_are(everybody, "Relayed")
        await all_see_all(everybody)
        assert await same_code(everybody) == code
        for person, before in zip(everybody, missed, strict=True):
            await person.hears_somebody()
            await is_encrypted(person)
            # It had the key of each frame that came, over whichever path.
            assert len(before) == 2
            assert before == await person.page.evaluate(MISSED)


async def _all_are(people: list[Person], path: str) -> None:
    for one, other in permutations(people, 2):

        async def so(one: Person = one, other: Person = other) -> bool:
            return await says(one, path, other)

        await until(so, f"{other.name} is not {path} for {one.name}", within=PATIENCE)
