"""Media over UDP: one path per address."""

import socket
import struct
from collections.abc import Hashable
from typing import Any


class UdpPath:
    """To one address, from the one socket of the media port."""

    room = None
    """Nothing waits here: what the kernel does not take is lost, as on the way."""

    __slots__ = ("_udp", "name", "source")

    def __init__(self, udp: socket.socket, source: tuple[Any, ...]) -> None:
        self._udp = udp
        self.name = b""
        self.source = source

    @property
    def key(self) -> Hashable:
        return self.source

    def pack_name(self) -> bytes:
        """Fill in ``name`` (``sockaddr_in``, ``sockaddr_in6``). Only for who is sent media."""
        self.name = _packed(self.source)
        return self.name

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        try:
            self._udp.sendto(datagram, self.source)
        except OSError:  # no route back, or the send buffer is full
            return False
        return True

    def close(self) -> None:
        """The socket is everybody's."""


def name_length(family: int) -> int:
    """Of a ``name``, in bytes."""
    return 16 if family == socket.AF_INET else 28


def _packed(source: tuple[Any, ...]) -> bytes:
    """``source``: as the socket gives it, two values for IPv4, four for IPv6."""
    address, port, *more = source
    if not more:
        family = struct.pack("=H", socket.AF_INET)
        return family + struct.pack("!H4s8x", port, socket.inet_aton(address))
    flow, scope = more
    family, ip = struct.pack("=H", socket.AF_INET6), address.partition("%")[0]
    place = struct.pack("!HI16s", port, flow, socket.inet_pton(socket.AF_INET6, ip))
    return family + place + struct.pack("=I", scope)
