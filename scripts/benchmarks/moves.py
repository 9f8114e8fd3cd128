"""How long people wait for a picture where there is no direct path, after one was cut, and while a
room grows and shrinks around the limit of direct paths. Needs root, as the laboratory does."""

import statistics
import tempfile
import time
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Final

from meetd.core.ids import new_id
from tests.browser.people import TINY, House, Person, until
from tests.laboratory.browsers import Browsers, Kind
from tests.laboratory.network import Forbidden, laboratory
from tests.laboratory.paths import both_move_again, says, see_each_other
from tests.laboratory.town import Town

ROUNDS: Final = 3
STEADY_SECONDS: Final = 10
PEOPLE: Final = ("Ada", "Bob", "Dan", "Eve")
"""As many as the limit of direct paths is by default; Carol is one more."""
CROWD_PATIENCE: Final = 60.0
"""Seconds: the machine is never as busy as while five begin."""
WINDOW: Final = (640, 480)
"""Five pages are painted by one machine."""
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
    """Four people alone, then from direct to relayed for a fifth, and back. All in one browser."""
    gaps: dict[str, list[float]] = {"four": [], "grown": [], "five": [], "shrunk": []}
    async with town.house(_folder(data)) as house:
        house.camera = TINY
        people = [await _sits_down(town, house, name) for name in PEOPLE]
        await _are_all(people, "Direct")
        for _ in range(ROUNDS):
            gaps["four"] += await _steady(people)
            carol = await _sits_down(town, house, "Carol")
            await _are_all([*people, carol], "Relayed")
            gaps["grown"] += await _gaps([*people, carol])
            gaps["five"] += await _steady([*people, carol])
            await carol.button("Leave").click()
            await carol.page.context.close()
            await _are_all(people, "Direct")
            gaps["shrunk"] += await _gaps(people)
    limit = f"{LONGEST_GAP} s"
    still = f"{STEADY_SECONDS} s in which nothing changes: longest gap"
    return [
        (f"four people, direct, {still}", _gap(gaps["four"]), ""),
        ("four people become five: longest gap on any page", _gap(gaps["grown"]), limit),
        (f"five people, relayed, {still}", _gap(gaps["five"]), ""),
        ("five people become four: longest gap on any page", _gap(gaps["shrunk"]), limit),
    ]


async def _sits_down(town: Town, house: House, name: str) -> Person:
    browser = await town.browser("ada")
    person = await house.guest(name, browser, size=WINDOW, **town.options)
    await person.watches_pictures()
    return person


async def _are_all(people: list[Person], path: str) -> None:
    """To and from each of the others, with pictures that move."""
    for one, other in permutations(people, 2):

        async def so(one: Person = one, other: Person = other) -> bool:
            return await says(one, path, other)

        await until(so, f"{other.name} is not {path} for {one.name}", CROWD_PATIENCE)
        await one.sees(other.name, CROWD_PATIENCE)


async def _steady(people: list[Person]) -> list[float]:
    """Gaps while nothing changes."""
    await _forget(people)
    await people[0].page.wait_for_timeout(STEADY_SECONDS * 1_000)
    return await _gaps(people)


async def _gaps(people: list[Person]) -> list[float]:
    """In the pictures of everybody, since the last time."""
    gaps = [await one.stops_of(of.name, LONGEST_GAP) for one, of in permutations(people, 2)]
    await _forget(people)
    return gaps


async def _forget(people: list[Person]) -> None:
    for person in people:
        await person.forgets_looks()


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
