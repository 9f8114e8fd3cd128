"""The hand-written page behind bad networks: what the relay itself has to bear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.browser.relay_page import Gathering
from tests.laboratory.browsers import Kind
from tests.laboratory.conftest import Town


@asynccontextmanager
async def relayed(town: Town, data: Path) -> AsyncIterator[Gathering]:
    async with town.server(data, MEETD_MEDIA_RELAY="always").running() as server:
        gathering = Gathering(server.url, town.browsers.opened, **town.options)
        try:
            yield gathering
        finally:
            await gathering.close()


@pytest.mark.parametrize("second", ["chromium", "firefox"])
async def test_without_udp_the_relay_is_reached_over_tcp(
    second: Kind, town: Town, tmp_path: Path
) -> None:
    town.lab.forbid("direct", "udp")
    async with relayed(town, tmp_path) as house:
        ada = await house.member("Ada", await town.browser("ada"))
        bob = await house.member("Bob", await town.browser("bob", second))
        for one, other in ((ada, bob), (bob, ada)):
            await one.gets(other)
            await one.gets(other, "microphone")
    assert town.lab.dropped("udp") > 0
