"""The way out, as a transport offers it. Both calls never wait and never block."""

from collections.abc import Callable
from typing import Protocol


class Wire(Protocol):
    """One peer's connection. ``packet`` is used again after the call: copy it to keep it."""

    def send_rtp(self, packet: bytes | bytearray) -> None: ...

    def send_rtcp(self, packet: bytes) -> None: ...


Hurry = Callable[[], None]
"""Asks for a tick soon, rather than when the next one is due."""


def never_mind() -> None:
    """For who ticks often enough."""
