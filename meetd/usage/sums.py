"""From the stays of a month to sums that lead back to nobody. Pure.

Who counts is an account or a browser, and not always somebody else: a private window is a new
browser. So many of them are many only where as many came from different addresses.

Each has one browser, one system and one path, so that these take nobody in twice; a sum is kept
only where those whom it is about are many, and those whom it leaves out as well, or nobody. It is
rounded down, so that nothing smaller comes of taking sums from each other or together.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, get_args

from meetd.usage.stay import Panel, Stay

MEGABYTE: Final = 1_000_000
FEWEST: Final = 10
"""Accounts or browsers that a sum is about, and what it is rounded to."""
OTHER: Final = "other"
_KINDS: Final = ("browser", "system", "path")


@dataclass(slots=True)
class _Person:
    """An account or a browser: what its stays come to. ``had``: minutes with each address, browser,
    system and path."""

    stays: int = 0
    minutes: int = 0
    octets: int = 0
    used: set[Panel] = field(default_factory=set)
    had: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, stay: Stay) -> None:
        self.stays += 1
        self.minutes += stay.minutes
        self.octets += stay.sent + stay.received
        self.used.update(stay.used)
        for kind in ("address", *_KINDS):
            self.had[kind][getattr(stay, kind)] += stay.minutes

    def most(self, kind: str) -> str:
        """What it had for longest; of what it had for as long, the first by name."""
        had = self.had[kind]
        return max(sorted(had), key=had.__getitem__)


_People = Collection[_Person]


class Month:
    """Takes the stays of a month one by one; ``sums`` is what is kept of them."""

    def __init__(self) -> None:
        self._people: defaultdict[str, _Person] = defaultdict(_Person)

    def add(self, whose: str, stay: Stay) -> None:
        self._people[whose].add(stay)

    @property
    def minutes(self) -> int:
        """Of however few: only to be held against a limit."""
        return sum(each.minutes for each in self._people.values())

    @property
    def octets(self) -> int:
        """Through the relay; the same."""
        return sum(each.octets for each in self._people.values())

    def sums(self) -> dict[str, int]:
        """By name; empty where nobody is safe among the others."""
        people = self._people.values()
        if not _are_many(people):
            return {}
        found = {"people": len(people)} | _amounts(people) | _used(people)
        for kind in _KINDS:
            found |= _parted(kind, people)
        rounded = {name: value // FEWEST * FEWEST for name, value in found.items()}
        return {name: value for name, value in rounded.items() if value}


def _amounts(people: _People) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, unit in (("stays", 1), ("minutes", 1), ("octets", MEGABYTE)):
        those = [each for each in people if getattr(each, name)]
        shares: Counter[str] = Counter()
        for each in those:
            shares[each.most("address")] += getattr(each, name)
        if _are_many(those) and 2 * max(shares.values()) <= shares.total():
            found["relayed" if name == "octets" else name] = shares.total() // unit
    return found


def _used(people: _People) -> dict[str, int]:
    found: dict[str, int] = {}
    for panel in get_args(Panel):
        those = [each for each in people if panel in each.used]
        rest = [each for each in people if panel not in each.used]
        if _are_many(those) and (not rest or _are_many(rest)):
            found[f"used {panel}"] = len(those)
    return found


def _parted(kind: str, people: _People) -> dict[str, int]:
    """By what they had in common. Those who are too few are put together, with the next larger ones
    until they are many; where even all together are not told apart, nothing is."""
    parts: defaultdict[str, list[_Person]] = defaultdict(list)
    for each in people:
        parts[each.most(kind) or OTHER].append(each)
    other = parts.pop(OTHER, [])
    for name in sorted(parts, key=lambda name: _addresses(parts[name])):
        if not _are_many(parts[name]) or (other and not _are_many(other)):
            other += parts.pop(name)
    if not parts:
        return {}
    found = {f"{kind} {name}": len(those) for name, those in parts.items()}
    return found | ({f"{kind} {OTHER}": len(other)} if other else {})


def _are_many(people: Iterable[_Person]) -> bool:
    return _addresses(people) >= FEWEST


def _addresses(people: Iterable[_Person]) -> int:
    """One of each: there are never more of them than people."""
    return len({each.most("address") for each in people} - {""})
