"""Browsers see and hear each other through the relay: a hand-written page speaks the protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from meetd.app import Server
from tests.browser.people import until
from tests.browser.relay_page import Gathering
from tests.support.server import running_server, test_settings


class Relayed(Gathering):
    """A server that relays always, and its members."""

    def __init__(self, server: Server, url: str, browsers: dict[str, Browser]) -> None:
        super().__init__(url, browsers)
        self.server = server


@asynccontextmanager
async def relayed(data: Path, browsers: dict[str, Browser], **media: Any) -> AsyncIterator[Relayed]:
    # Firefox tries no address of loopback, so that the port listens on all of this machine.
    settings = test_settings(media={"relay": "always", "host": "", **media})
    async with running_server(data, settings) as (server, url):
        house = Relayed(server, url, browsers)
        try:
            yield house
        finally:
            await house.close()


@pytest.mark.parametrize(
    ("first", "second"),
    [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "firefox")],
)
async def test_two_see_and_hear_each_other(
    first: str, second: str, browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada = await house.member("Ada", first)
        bob = await house.member("Bob", second)
        for one, other in ((ada, bob), (bob, ada)):
            await one.gets(other)
            await one.gets(other, "microphone")
        assert house.server.relay.total("packets_refused") == 0


async def test_a_thumbnail_gets_the_low_layer_and_a_large_tile_a_high_one(
    browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada, bob = await house.member("Ada"), await house.member("Bob")
        await ada.gets(bob)
        await ada.shows(bob, 90, lambda height: height == 180)
        await ada.shows(bob, 360, lambda height: height == 360)
        await ada.gets(bob)


async def test_a_hidden_picture_is_not_sent_and_its_sound_is(
    browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada, bob = await house.member("Ada"), await house.member("Bob")
        await ada.gets(bob)
        await ada.ask(type="ShowTiles", tiles=[])
        before = await ada.decoded(bob, "camera")
        await ada.gets(bob, "microphone")
        await ada.gets(bob, "microphone")
        after = await ada.decoded(bob, "camera")
        # What was on its way, and probing, which has no pictures.
        assert after["count"] - before["count"] <= 10
        await ada.shows(bob, 360, lambda height: height > 0)
        await ada.gets(bob)


async def test_people_come_and_go_and_the_others_go_on(
    browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada, bob = await house.member("Ada"), await house.member("Bob")
        await ada.gets(bob)
        for name in ("Carol", "Dan"):  # Dan gets the sections that Carol leaves
            guest = await house.member(name)
            await ada.gets(guest)
            await guest.gets(ada)
            await guest.page.evaluate("relay.socket.send(JSON.stringify({type: 'Leave'}))")
            await ada.gets(bob)
        transports = house.server.relay

        async def only_two() -> bool:
            return transports.streams == 8

        await until(only_two, "the streams of who left are still there")
        assert await ada.page.evaluate("relay.subscriber.getTransceivers().length") <= 4
        assert (await ada.page.evaluate("relay.log")) == []


async def test_a_shared_screen_comes_with_its_announcement(
    browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada, bob = await house.member("Ada"), await house.member("Bob", screen=False)
        await ada.gets(bob)
        await bob.page.evaluate(
            "relay.screen.sender.replaceTrack(relay.media.getVideoTracks()[0].clone())"
        )
        await bob.ask(type="ChangeMedia", microphone=True, camera=True, screen=True)
        await ada.gets(bob, "screen")
        await ada.gets(bob)


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_both_ways_go_on_after_an_ice_restart(
    browser: str, browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada, bob = await house.member("Ada", browser), await house.member("Bob")
        await ada.gets(bob)
        await bob.gets(ada)
        await ada.page.evaluate("relay.offer({ iceRestart: true })")
        assert (await ada.ask(type="RelayReconnect"))["type"] == "Done"
        await ada.gets(bob, more=30)
        await bob.gets(ada, more=30)
        assert (await ada.page.evaluate("relay.log")) == []


async def test_a_dead_connection_is_replaced(browsers: dict[str, Browser], tmp_path: Path) -> None:
    async with relayed(tmp_path, browsers) as house:
        ada, bob = await house.member("Ada"), await house.member("Bob")
        await ada.gets(bob)
        await ada.page.evaluate("relay.subscriber.close()")
        assert (await ada.ask(type="RelayReconnect", anew=True))["type"] == "Done"
        await ada.page.evaluate("document.body.replaceChildren()")
        await ada.gets(bob)
        await bob.page.evaluate("relay.publisher.close()")
        await bob.page.evaluate("relay.publish()")
        await ada.gets(bob)
