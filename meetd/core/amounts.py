"""How much there is of something."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Amount:
    """``bytes``: as people wrote or sent it, or as it is kept where that is not known."""

    count: int
    bytes: int
