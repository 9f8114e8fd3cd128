"""One stay in a room, as far as it is kept."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Panel = Literal["people", "shared content", "chat"]
PathUsed = Literal["alone", "direct", "relayed", "both"]


class Stay(msgspec.Struct, frozen=True):
    """Times in ms since the Unix epoch. ``used``: the panels in which somebody did something;
    ``path``: how picture and sound went when they left; ``sent`` and ``received``: bytes of these
    that went through the relay; ``address``: of their network, of IPv6 its first half."""

    room: str
    came_at: int
    left_at: int
    used: tuple[Panel, ...]
    path: PathUsed
    browser: str
    system: str
    address: str
    sent: int = 0
    received: int = 0

    def __repr__(self) -> str:
        """Without anything personal: stays end up in tracebacks."""
        return "Stay(REDACTED)"

    @property
    def minutes(self) -> int:
        """Begun ones count."""
        return -(-max(0, self.left_at - self.came_at) // 60_000)


def path_of(relayed: Iterable[bool]) -> PathUsed:
    """Of the paths to the others: relayed or not."""
    kinds = set(relayed)
    if not kinds:
        return "alone"
    return "both" if len(kinds) > 1 else ("relayed" if True in kinds else "direct")


def browser_and_system(label: str) -> tuple[str, str]:
    """Of a label such as ``Firefox, Linux``."""
    browser, _, system = label.partition(", ")
    return browser, system
