"""Media over UDP: one path per address."""

import socket
from collections.abc import Hashable
from typing import Any


class UdpPath:
    """To one address, from the one socket of the media port."""

    room = None
    """Nothing waits here: what the kernel does not take is lost, as on the way."""

    __slots__ = ("_udp", "source")

    def __init__(self, udp: socket.socket, source: tuple[Any, ...]) -> None:
        self._udp = udp
        self.source = source

    @property
    def key(self) -> Hashable:
        return self.source

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        try:
            self._udp.sendto(datagram, self.source)
        except OSError:  # no route back, or the send buffer is full
            return False
        return True

    def close(self) -> None:
        """The socket is everybody's."""
