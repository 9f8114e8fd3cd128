"""What a subscriber's bandwidth is spent on: sound first, then what matters most on its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from meetd.relay.forwarding.layer import Layer

_ENOUGH: Final = 0.75
"""A layer of that share of the shown height looks as good as one of all of it."""
_UPGRADE_MARGIN: Final = 1.15
"""A layer that is not shown yet must fit with room, or it would come and go."""
_GUESS: Final = (150_000, 500_000, 1_700_000)
"""Bit/s of a layer that was not measured yet, from the smallest up."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page shows a track. ``height`` in device pixels, 0 where it is hidden; ``first``: the
    speaker, or what fills the screen."""

    height: int
    first: bool = False


@dataclass(slots=True)
class Wish:
    """One picture. ``layers`` from the smallest up, those that are sent only; ``current``: what is
    shown or awaited now."""

    shown: Shown
    layers: Sequence[Layer]
    current: Layer | None
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
    ones better, then the others from the largest tile down. ``spare``: bit/s beyond the budget, so
    that nobody who is seen goes dark. Returns the bit/s at which all wishes would come true.
    """
    visible = [wish for wish in wishes if wish.shown.height > 0 and wish.layers]
    visible.sort(key=lambda wish: (not wish.shown.first, -wish.shown.height))
    for wish in visible:
        is_seen = wish.current is not None
        budget -= _take(wish, 0, budget + (spare if is_seen else 0), 0, now)
    for wish in visible:
        if wish.chosen is not None:
            budget = _improve(wish, budget, now)
    return int(sum(_fully(wish, now) for wish in visible))


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
