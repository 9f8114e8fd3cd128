"""Three people through the relay, one of them on a bad network; and everybody under a flood.

Needs root, as the laboratory does. What is measured on a busy machine is its load.
"""

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from scripts.benchmarks.asking import answers
from scripts.benchmarks.watching import RECOVERY_SECONDS, Report, recovery, report, watch
from tests.browser.relay_page import Gathering, Member
from tests.laboratory.browsers import Browsers
from tests.laboratory.flood import flood
from tests.laboratory.network import laboratory
from tests.laboratory.rough_link import PERFECT, RoughLink
from tests.laboratory.town import Town
from tests.relay.network.simulation import Conditions

SECONDS: Final = 15.0
SETTLE_SECONDS: Final = 8.0
CAMERA: Final = {"width": 480, "height": 270, "frameRate": 10}
"""Three of them are encoded, and six pictures decoded, on one machine."""

Both = tuple[Conditions, Conditions]
NETWORKS: Final[dict[str, Both]] = {
    "a good network": (PERFECT, PERFECT),
    "5 % loss both ways": (Conditions(loss=0.05), Conditions(loss=0.05)),
    "10 % loss both ways": (Conditions(loss=0.1), Conditions(loss=0.1)),
    "20 % loss both ways": (Conditions(loss=0.2), Conditions(loss=0.2)),
    "200 ms jitter both ways": (Conditions(jitter=0.2), Conditions(jitter=0.2)),
    "500 kbit/s down": (Conditions(rate=500_000), PERFECT),
}
"""Towards the person, and away."""

Row = tuple[str, str, str]


async def measure() -> list[Row]:
    with laboratory() as lab, tempfile.TemporaryDirectory() as folder:
        browsers = Browsers(Path(folder))
        try:
            return await _measure(Town(lab, browsers), Path(folder) / "data")
        finally:
            await browsers.close()


async def _measure(town: Town, data: Path) -> list[Row]:
    far, link = await town.rough_browser()
    async with town.gathering(data) as house:
        places = {name: await town.browser(name) for name in ("ada", "bob")}
        places["carol"] = far
        members = [await _member(house, name, browser) for name, browser in places.items()]
        await _see_each_other(members)
        rows = [
            row
            for what, network in NETWORKS.items()
            for row in await _on(what, network, link, members)
        ]
        return rows + await _flooded(town, house, members)


async def _member(house: Gathering, name: str, browser: str) -> Member:
    member = await house.member(name.title(), browser, video=CAMERA)
    await watch(member)
    return member


async def _see_each_other(members: list[Member]) -> None:
    for one in members:
        for other in members:
            if one is not other:
                await one.gets(other)


async def _on(what: str, network: Both, link: RoughLink, members: list[Member]) -> list[Row]:
    ada, bob, carol = members
    link.becomes(*network)
    await asyncio.sleep(SETTLE_SECONDS)
    hers, others = await asyncio.gather(report(carol, ada, SECONDS), report(ada, bob, SECONDS))
    link.becomes()
    back = await recovery(carol, ada)
    rows = [
        (f"{what}: what arrives there", _told(hers), ""),
        (f"{what}: between the two others", _told(others), ""),
    ]
    if network != (PERFECT, PERFECT):
        rows.append((f"{what}: picture moves after it ended", back, f"{RECOVERY_SECONDS:.0f} s"))
    return rows


def _told(seen: Report) -> str:
    return (
        f"sound {seen.concealed:.0%} filled in, longest silence {seen.silence:.1f} s; picture"
        f" {seen.frames:.1f} per second, {seen.height} high, longest standstill {seen.gap:.1f} s"
    )


async def _flooded(town: Town, house: Gathering, members: list[Member]) -> list[Row]:
    ada, bob, _ = members
    stranger, asking = town.lab.place("stranger"), town.lab.place("dan")
    address, socket = urlsplit(house.url).hostname or "", f"{house.url}/ws"
    quiet = await answers(asking, socket, SECONDS)
    with flood(stranger, address, await ada.media_port()) as sent:
        loud, seen = await asyncio.gather(
            answers(asking, socket, SECONDS), report(ada, bob, SECONDS)
        )
    states: list[Any] = [await member.page.evaluate("relay.states()") for member in members]
    connected = sum(state == ["connected", "connected"] for state in states)
    junk = f"{sent[0]:,.0f} junk packets/s"
    return [
        ("signaling p95 while three talk", f"{_p95(quiet):.1f} ms", ""),
        (f"signaling p95 while three talk, {junk}", f"{_p95(loud):.1f} ms", "200 ms"),
        (f"what arrives at one of three, {junk}", _told(seen), ""),
        (f"still connected after {junk}", f"{connected} of {len(members)}", f"{len(members)}"),
    ]


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]
