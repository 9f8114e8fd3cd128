"""How long a picture stood still, from what pages' statistics say of decoded frames."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt


@dataclass(frozen=True)
class Look:
    """At one stream, at that time. ``frames`` decoded so far, the ``delay`` between each two of
    them in sum, and the sum of its ``squares``. All times in seconds."""

    at: float
    frames: int
    delay: float
    squares: float


def longest_stop(streams: Iterable[list[Look]], limit: float) -> float:
    """The longest time without frames of one person, over whichever of their streams, in seconds.
    0: two frames were never further apart than ``limit``. What cannot be excluded counts: between
    two looks there may be several frames."""
    every = list(streams)
    moving = sorted(span for looks in every for span in _moving(looks, limit))
    end = moving[0][0] if moving else float("-inf")
    longest = 0.0
    for start, until in moving:
        longest = max(longest, start - end)
        end = max(end, until)
    longest = max(longest, max(look.at for looks in every for look in looks) - end)
    return longest if longest > limit else 0.0


def _moving(looks: list[Look], limit: float) -> Iterable[tuple[float, float]]:
    """From when to when frames came within ``limit`` of each other."""
    seen = [look for look in looks if look.frames > 0]
    if not seen:
        return
    # The delay up to a frame tells when it came after the first one, which came before each look.
    first = min(look.at - look.delay for look in seen)
    yield first + seen[0].delay, first + seen[0].delay
    for before, after in pairwise(seen):
        if _longest_between(before, after) <= limit:
            yield first + before.delay, first + after.delay


def _longest_between(before: Look, after: Look) -> float:
    """At most, of the delays that have this sum and this sum of squares."""
    count = after.frames - before.frames
    if count == 0:
        return 0.0
    mean = (after.delay - before.delay) / count
    spread = max(0.0, after.squares - before.squares - count * mean**2)
    return mean + sqrt(spread * (count - 1) / count)
