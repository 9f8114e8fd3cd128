"""The way out, as a transport offers it. Both calls never wait and never block."""

from collections.abc import Callable, Sequence
from typing import Protocol


class Wire(Protocol):
    """One peer's connection. Packets are used again after the call: copy them to keep them."""

    def send_rtp(self, packets: Sequence[bytes | bytearray]) -> None: ...

    def send_rtcp(self, packet: bytes) -> None: ...


Hurry = Callable[[], None]
"""Asks for a tick soon, rather than when the next one is due."""


def never_mind() -> None:
    """For who ticks often enough."""


Leave = Callable[[float], None]
"""Sends what has gathered. Takes the time."""

Gather = Callable[[Leave], bool]
"""Is there more to come that arrived together with this? Then what gathers leaves when all of it
was looked at; else it has to leave at once."""


def nothing_more(_leave: Leave) -> bool:
    """Each packet came alone."""
    return False
