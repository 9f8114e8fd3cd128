"""The way out, as a transport offers it. Both calls never wait and never block."""

from typing import Protocol


class Wire(Protocol):
    """One peer's connection. ``packet`` is used again after the call: copy it to keep it."""

    def send_rtp(self, packet: bytes | bytearray) -> None: ...

    def send_rtcp(self, packet: bytes) -> None: ...
