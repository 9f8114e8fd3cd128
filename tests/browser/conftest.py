"""Real browsers, once per run: closing Firefox is slow."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.people import (
    FAKE_DEVICES,
    PLAIN_ARGUMENTS,
    House,
    OpenHouse,
    launch_chromium,
    launch_firefox,
)
from tests.support.process import ServerProcess


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Browsers live as long as their event loop, so all these tests share one."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers(playwright: Playwright) -> AsyncIterator[dict[str, Browser]]:
    opened = {
        "chromium": await launch_chromium(playwright),
        "firefox": await launch_firefox(playwright),
    }
    yield opened
    for browser in opened.values():
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def deviceless(playwright: Playwright, browsers: dict[str, Browser]) -> str:
    """Name of a Chromium on a machine without camera and microphone."""
    browsers["deviceless"] = await launch_chromium(playwright, *PLAIN_ARGUMENTS)
    return "deviceless"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def asking(playwright: Playwright, browsers: dict[str, Browser]) -> str:
    """Name of a Chromium that gives its devices only where the permission was granted."""
    browsers["asking"] = await launch_chromium(playwright, FAKE_DEVICES)
    return "asking"


OF_OTHER_THINGS = {
    f"test_{name}"
    for name in (
        *("accessible", "bad_input", "boards", "chat", "content", "deleted_room", "hosting"),
        *("pdf", "private_chat", "resetting"),
    )
}
"""Files whose meetings need people, but not what large cameras cost."""


@pytest_asyncio.fixture(loop_scope="session")
async def open_house(
    request: pytest.FixtureRequest, browsers: dict[str, Browser], tmp_path: Path
) -> AsyncIterator[OpenHouse]:
    """Starts a server of its own with those settings. At the end nobody who visited it may have
    asked another origin or said an error on the console."""
    async with AsyncExitStack() as stack:

        async def start(server: ServerProcess | None = None, **settings: str) -> House:
            opened = server or ServerProcess(tmp_path, **settings)
            house = await stack.enter_async_context(_opened(opened, browsers))
            house.small_cameras = request.path.stem in OF_OTHER_THINGS
            return house

        yield start


@asynccontextmanager
async def _opened(server: ServerProcess, browsers: dict[str, Browser]) -> AsyncIterator[House]:
    async with server.running():
        house = House(server, browsers)
        try:
            yield house
        finally:
            await house.close()
    assert house.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def house(open_house: OpenHouse) -> House:
    return await open_house()
