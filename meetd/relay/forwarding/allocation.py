"""What a subscriber's bandwidth is spent on: sound first, then what matters most on its page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from meetd.relay.forwarding.layer import Layer

_ENOUGH: Final = 0.75
"""A layer of that share of the shown height looks as good as one of all of it."""
_UPGRADE_MARGIN: Final = 1.15
"""A layer that is not shown yet must fit with room, or it would come and go."""
_FIRST_SHARE: Final = 0.5
"""Of a page's bandwidth: for what is first, however small it is shown, before anybody goes dark."""
_GUESS: Final = (150_000, 500_000, 1_700_000)
"""Bit/s of a layer that was not measured yet, from the smallest up."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page shows a track. ``height`` in device pixels, 0 where it is hidden; ``first``: the
    speaker, what is pinned, or what fills the screen."""

    height: int
    first: bool = False


@dataclass(slots=True)
class Wish:
    """One picture. ``layers`` from the smallest up, those that are sent only; ``current``: what is
    shown or awaited now; ``owner``: whose it is, who may have several."""

    shown: Shown
    layers: Sequence[Layer]
    current: Layer | None
    owner: object = field(default_factory=object)
    chosen: Layer | None = None

    def wanted(self) -> int:
        """Index of the smallest layer that looks right at that size."""
        for index, layer in enumerate(self.layers):
            if layer.height >= self.shown.height * _ENOUGH:
                return index
        return len(self.layers) - 1


def allocate(budget: int, wishes: Sequence[Wish], now: float, spare: int = 0) -> int:
    """Set ``chosen`` of each wish; ``budget`` in bit/s, after sound.

    Everybody in sight gets the smallest layer, as long as it lasts; what is left makes the first
    ones better, then the others from the largest tile down. Whoever sends so much that even their
    smallest layers are above their share waits until the others have theirs. ``spare``: bit/s
    beyond the budget, so that nobody who is seen goes dark. Returns the bit/s at which all wishes
    would come true.
    """
    visible = [wish for wish in wishes if wish.shown.height > 0 and wish.layers]
    visible.sort(key=lambda wish: (not wish.shown.first, -wish.shown.height))
    for wish in _by_share(visible, budget + spare, now):
        is_seen = wish.current is not None
        budget -= _take(wish, 0, budget + (spare if is_seen else 0), 0, now)
    for wish in visible:
        if wish.chosen is not None:
            budget = _improve(wish, budget, now)
    return int(sum(_fully(wish, now) for wish in visible))


def _by_share(visible: Sequence[Wish], budget: int, now: float) -> list[Wish]:
    """In the same order, but what is above the share of its owner comes after all else."""
    shares = _shares(visible, budget)
    modest: list[Wish] = []
    greedy: list[Wish] = []
    for wish in visible:
        shares[wish.owner] -= _with_margin(wish, 0, _cost(wish, 0, now))
        (modest if shares[wish.owner] >= 0 else greedy).append(wish)
    return modest + greedy


def _shares(visible: Sequence[Wish], budget: int) -> dict[object, float]:
    """Of each owner in bit/s: by how much of the page their pictures fill, but no less than an
    equal part, and of those with something that is first no less than an equal part of half."""
    areas: Counter[object] = Counter()
    for wish in visible:
        areas[wish.owner] += wish.shown.height**2
    first = {wish.owner for wish in visible if wish.shown.first}
    equal, least = budget / max(1, len(areas)), budget * _FIRST_SHARE / max(1, len(first))
    return {
        owner: max(budget * area / areas.total(), equal, least if owner in first else 0.0)
        for owner, area in areas.items()
    }


def _take(wish: Wish, index: int, budget: int, paid: int, now: float) -> int:
    """Choose that layer if it fits. Returns what it takes more than ``paid``."""
    more = _cost(wish, index, now) - paid
    if _with_margin(wish, index, more) > budget:
        return 0
    wish.chosen = wish.layers[index]
    return more


def _improve(wish: Wish, budget: int, now: float) -> int:
    """Go up to the best layer that fits and is wanted. Returns what is left."""
    lowest = _cost(wish, 0, now)
    for index in range(wish.wanted(), 0, -1):
        taken = _take(wish, index, budget, lowest, now)
        if wish.chosen is wish.layers[index]:
            return budget - taken
    return budget


def _fully(wish: Wish, now: float) -> float:
    index = wish.wanted()
    return _with_margin(wish, index, _cost(wish, index, now))


def _with_margin(wish: Wish, index: int, cost: int) -> float:
    if wish.current in wish.layers and wish.layers.index(wish.current) >= index:
        return cost
    return cost * _UPGRADE_MARGIN


def _cost(wish: Wish, index: int, now: float) -> int:
    return wish.layers[index].cost(now) or _GUESS[min(index, len(_GUESS) - 1)]
