"""People without an account, and the link that leads to what they left. The fixtures are for the
tests that import them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.door import Street, street_at
from tests.support.guest import Guest
from tests.support.people import Answer, Browser, browser_at


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with street_at(tmp_path) as street:
        yield street


@pytest.fixture
async def browser(street: Street) -> AsyncIterator[Browser]:
    async with browser_at(street.guests.url) as browser:
        yield browser


def path_of(token: str) -> str:
    return f"/privacy/data/{token}"


async def talker(street: Street, token: str, room: str = "garden", name: str = "Zoe") -> Guest:
    guest = await street.enter(room, name, visitor=token)
    await guest.say(f"{name} was in the {room}")
    return guest


async def erase(browser: Browser, token: str) -> Answer:
    return await browser.post(f"{path_of(token)}/erase", {"sure": "yes"})
