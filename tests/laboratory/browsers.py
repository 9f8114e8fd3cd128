"""Browsers in the places of a laboratory."""

import shlex
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import playwright
import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.people import launch_chromium, launch_firefox
from tests.laboratory.network import Place

Kind = Literal["chromium", "firefox"]
_NODE = Path(playwright.__file__).parent / "driver" / "node"
_LAUNCH = {"chromium": launch_chromium, "firefox": launch_firefox}


class Browsers:
    """Opened when first asked for, and closed together: closing Firefox is slow.

    Each place has a driver of its own. A driver reaches Firefox over the network, and Chromium
    inherits its namespace, so that nothing else has to be told where they live.
    """

    def __init__(self, scripts: Path) -> None:
        """``scripts``: a folder for what starts the drivers."""
        self.opened: dict[str, Browser] = {}
        self._scripts = scripts
        self._drivers: dict[Place, Playwright] = {}
        self._stack = AsyncExitStack()

    async def at(self, place: Place, kind: Kind) -> str:
        """The name in ``opened`` of a browser of that kind there."""
        name = f"{kind} at {place.name}"
        if name not in self.opened:
            driver = await self._driver(place)
            self.opened[name] = browser = await _LAUNCH[kind](driver)
            self._stack.push_async_callback(browser.close)
        return name

    async def close(self) -> None:
        await self._stack.aclose()

    async def _driver(self, place: Place) -> Playwright:
        if place not in self._drivers:
            node = self._scripts / f"node-at-{place.name}"
            node.write_text(f'#!/bin/sh\nexec {shlex.join([*place.within, str(_NODE)])} "$@"\n')
            node.chmod(0o700)
            with pytest.MonkeyPatch.context() as patched:
                patched.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
                driver = await self._stack.enter_async_context(async_playwright())
            self._drivers[place] = driver
        return self._drivers[place]
