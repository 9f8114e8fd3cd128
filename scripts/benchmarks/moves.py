"""How long people wait for a picture where there is no direct path, after one was cut, and while a
room grows and shrinks around the limit of direct paths. Needs root, as the laboratory does."""

import statistics
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from itertools import permutations
from pathlib import Path
from typing import Final

from meetd.core.ids import new_id
from tests.browser.people import House, Person
from tests.laboratory.browsers import Browsers, Kind
from tests.laboratory.network import Forbidden, laboratory
from tests.laboratory.paths import (
    PATIENCE,
    both_are_direct,
    both_move_again,
    see_each_other,
)
from tests.laboratory.town import Town

ROUNDS: Final = 3
STEADY_SECONDS: Final = 10
LONGEST_GAP: Final = 0.3
"""Seconds between two decoded frames, whatever path they came by."""

Pair = tuple[Kind, Kind]
PAIRS: Final[tuple[Pair, ...]] = (
    ("chromium", "chromium"),
    ("chromium", "firefox"),
    ("firefox", "chromium"),
)
BLOCKED: Final[dict[str, tuple[Forbidden, ...]]] = {
    "no direct path": ("direct",),
    "no UDP at all": ("direct", "udp"),
}

Row = tuple[str, str, str]


async def measure() -> list[Row]:
    with laboratory() as lab, tempfile.TemporaryDirectory() as folder:
        browsers, data = Browsers(Path(folder)), Path(folder)
        try:
            town = Town(lab, browsers)
            rows = [await _joining(town, data, what, way) for what, way in BLOCKED.items()]
            return [*rows, await _cut(town, data), *await _growing(town, data)]
        finally:
            await browsers.close()


async def _joining(town: Town, data: Path, what: str, forbidden: tuple[Forbidden, ...]) -> Row:
    """From joining, as the second, until both see the other."""
    town.lab.forbid(*forbidden)
    taken = []
    for pair in PAIRS:
        async with town.house(_folder(data)) as house:
            ada, bob = await _hall(town, house, pair)
            await ada.join()
            began = time.monotonic()
            await bob.join()
            await see_each_other(ada, bob)
            taken.append(time.monotonic() - began)
    town.lab.forbid()
    return (f"{what}: from joining to both pictures, each pair of browsers", _told(taken), "10 s")


async def _cut(town: Town, data: Path) -> Row:
    """From the end of a direct path until both pictures move again, over the relay."""
    taken = []
    for pair in PAIRS:
        for _ in range(ROUNDS):
            async with town.house(_folder(data)) as house:
                ada, bob = await _hall(town, house, pair)
                await ada.join()
                await bob.join()
                await see_each_other(ada, bob)
                began = time.monotonic()
                town.lab.forbid("direct")
                await both_move_again(ada, bob)
                taken.append(time.monotonic() - began)
                town.lab.forbid()
    return ("direct path cut: until both pictures move again", _told(taken), "5 s")


async def _growing(town: Town, data: Path) -> list[Row]:
    """Two people alone, then from direct to relayed for a third, and back."""
    steady, moved = [], []
    async with AsyncExitStack() as stack:
        settings = {"MEETD_MEDIA_MESH_LIMIT": "2"}
        house = await stack.enter_async_context(town.house(_folder(data), **settings))
        ada, bob = await _hall(town, house, ("chromium", "chromium"))
        for person in (ada, bob):
            await person.join()
            await person.watches_pictures()
        await see_each_other(ada, bob)
        for _ in range(ROUNDS):
            await ada.page.wait_for_timeout(STEADY_SECONDS * 1_000)
            steady += await _gaps(ada, bob)
            await _come_and_go(town, house, ada, bob)
            moved += await _gaps(ada, bob)
    return [
        (f"two people, {STEADY_SECONDS} s in which nothing changes: longest gap", _gap(steady), ""),
        ("two people become three and two again: longest gap", _gap(moved), f"{LONGEST_GAP} s"),
    ]


async def _come_and_go(town: Town, house: House, *others: Person) -> None:
    carol = await house.guest("Carol", await town.browser("carol"), **town.options)
    for one, other in permutations((carol, *others), 2):
        await one.sees(other.name, PATIENCE)
    await carol.button("Leave").click()
    await carol.page.context.close()
    await both_are_direct(*others)


async def _gaps(one: Person, other: Person) -> list[float]:
    """In the pictures of both, since the last time."""
    gaps = [
        await person.stops_of(of.name, LONGEST_GAP) for person, of in ((one, other), (other, one))
    ]
    for person in (one, other):
        await person.forgets_looks()
    return gaps


async def _hall(town: Town, house: House, pair: Pair) -> tuple[Person, Person]:
    first, second = pair
    ada = await house.visitor("Ada", await town.browser("ada", first), **town.options)
    bob = await house.visitor("Bob", await town.browser("bob", second), **town.options)
    return ada, bob


def _folder(data: Path) -> Path:
    """A server's own, of many."""
    return data / new_id()


def _told(seconds: Iterable[float]) -> str:
    ordered = sorted(seconds)
    return f"{statistics.median(ordered):.1f} s ({ordered[0]:.1f} to {ordered[-1]:.1f})"


def _gap(gaps: list[float]) -> str:
    """``stops_of`` gives 0 for what is short enough."""
    found = [gap for gap in gaps if gap]
    longest = f", the longest {max(found):.2f} s" if found else ""
    return f"{len(gaps) - len(found)} of {len(gaps)} times at most {LONGEST_GAP} s{longest}"
