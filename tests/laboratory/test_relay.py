"""The hand-written page on bad networks: what the relay itself has to bear."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.relay_page import Member
from tests.laboratory.browsers import Kind
from tests.laboratory.flood import flood
from tests.laboratory.town import Town


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
