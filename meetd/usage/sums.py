"""From the stays of a month to sums that lead back to nobody. Pure.

A sum is kept only where it is about many people, and where what it leaves out is about as many:
else somebody could be found by taking one sum from another. None of them is mostly of one person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from meetd.usage.stay import Stay

MEGABYTE: Final = 1_000_000
FEWEST: Final = 10
"""People that a sum is about."""
OTHER: Final = "other"

_Shares = Mapping[str, int]
"""By person."""


def sums_of(stays: Iterable[tuple[str, Stay]]) -> dict[str, int]:
    """By name; each stay with whose it was."""
    kept = list(stays)
    total = Counter(person for person, _ in kept)
    if not _is_safe(total):
        return {}
    sums = {"stays": total.total(), "people": len(total)}
    minutes: Counter[str] = Counter()
    for person, stay in kept:
        minutes[person] += stay.minutes
    if _is_safe(minutes):
        sums["minutes"] = minutes.total()
    relayed: Counter[str] = Counter()
    for person, stay in kept:
        relayed[person] += stay.sent + stay.received
    if _is_safe(+relayed):
        sums["relayed"] = relayed.total() // MEGABYTE
    for name in ("people", "shared content", "chat"):
        used = Counter(person for person, stay in kept if name in stay.used)
        rest = total.keys() - used.keys()
        if _is_safe(used) and (not rest or len(rest) >= FEWEST):
            sums[f"used {name}"] = len(used)
    for group in ("browser", "system", "path"):
        sums |= _group(group, kept)
    return sums


def _group(group: str, stays: list[tuple[str, Stay]]) -> dict[str, int]:
    """People by what they had in common. Those who are too few are put together, with the next
    larger ones until they are many; where even all together are not told apart, nothing is."""
    people: defaultdict[str, set[str]] = defaultdict(set)
    for person, stay in stays:
        people[getattr(stay, group) or OTHER].add(person)
    other = people.pop(OTHER, set())
    for name in sorted(people, key=lambda each: len(people[each])):
        # Whoever is in two of them could be found in the difference.
        others = set[str]().union(*(those for each, those in people.items() if each != name))
        alone = people[name] - others - other
        if len(alone) < FEWEST or 0 < len(other) < FEWEST:
            other |= people.pop(name)
    if other and len(other) < FEWEST:
        return {}
    found = {f"{group} {name}": len(those) for name, those in people.items()}
    return found | ({f"{group} {OTHER}": len(other)} if other and found else {})


def _is_safe(shares: _Shares) -> bool:
    total = sum(shares.values())
    return len(shares) >= FEWEST and 2 * max(shares.values(), default=0) <= total
