"""The hand-written page on bad networks: what the relay itself has to bear."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.relay_page import Member
from tests.laboratory.browsers import Kind
from tests.laboratory.flood import flood
from tests.laboratory.rough_link import PERFECT
from tests.laboratory.town import Town
from tests.relay.network.simulation import Conditions

SMALL = {"width": 480, "height": 270, "frameRate": 10}
"""A camera that two cores can encode thrice beside everything else."""


async def see_and_hear(ada: Member, bob: Member, more: int = 5) -> None:
    for one, other in ((ada, bob), (bob, ada)):
        await one.gets(other, more=more)
        await one.gets(other, "microphone")


@pytest.mark.parametrize("second", ["chromium", "firefox"])
async def test_without_udp_the_relay_is_reached_over_tcp(
    second: Kind, town: Town, tmp_path: Path
) -> None:
    town.lab.forbid("direct", "udp")
    async with town.gathering(tmp_path) as house:
        ada = await house.member("Ada", await town.browser("ada"))
        bob = await house.member("Bob", await town.browser("bob", second))
        await see_and_hear(ada, bob)
    assert town.lab.dropped("udp") > 0


LOSSY = Conditions(loss=0.2)
LATE = Conditions(jitter=0.2)
NARROW = Conditions(rate=500_000)


@pytest.mark.parametrize(
    ("down", "up"),
    [(LOSSY, LOSSY), (LATE, LATE), (NARROW, PERFECT)],
    ids=["lossy", "late", "narrow"],
)
async def test_on_a_bad_network_sound_goes_on_and_pictures_come_back(
    down: Conditions, up: Conditions, town: Town, tmp_path: Path
) -> None:
    far, link = await town.rough_browser()
    async with town.gathering(tmp_path) as house:
        ada = await house.member("Ada", await town.browser("ada"), video=SMALL)
        carol = await house.member("Carol", far, video=SMALL)
        await see_and_hear(ada, carol)
        link.becomes(down, up)
        for _ in range(5):  # one beep per second
            await carol.gets(ada, "microphone")
            await ada.gets(carol, "microphone")
        link.becomes()
        await see_and_hear(ada, carol, more=20)
        assert await carol.page.evaluate("relay.log") == []


async def test_a_flood_of_junk_disconnects_nobody(town: Town, tmp_path: Path) -> None:
    async with town.gathering(tmp_path) as house:
        ada = await house.member("Ada", await town.browser("ada"))
        bob = await house.member("Bob", await town.browser("bob"))
        await see_and_hear(ada, bob)
        address = urlsplit(house.url).hostname or ""
        with flood(town.lab.place("stranger"), address, await ada.media_port()) as sent:
            await see_and_hear(ada, bob, more=100)
        assert sent[0] > 1_000, "that was no flood"
        for member in (ada, bob):
            assert await member.page.evaluate("relay.states()") == ["connected", "connected"]
            assert await member.page.evaluate("relay.log") == []
