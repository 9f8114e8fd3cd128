"""Real browsers, once per run: closing Firefox is slow."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.people import House, launch_chromium, launch_firefox
from tests.support.process import serve


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Browsers live as long as their event loop, so all these tests share one."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[dict[str, Browser]]:
    async with async_playwright() as playwright:
        opened = {
            "chromium": await launch_chromium(playwright),
            "firefox": await launch_firefox(playwright),
        }
        yield opened
        for browser in opened.values():
            await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def house(browsers: dict[str, Browser], tmp_path: Path) -> AsyncIterator[House]:
    """A server of its own and whoever visits it; at the end nobody may have asked another origin
    or said an error on the console."""
    async with serve(tmp_path) as server:
        house = House(server, browsers)
        yield house
        await house.close()
    assert house.complaints == []
