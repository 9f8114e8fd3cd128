"""Media over UDP: one path per address."""

import ctypes
import socket
import struct
from collections.abc import Hashable
from typing import Any


class Name:
    """An address as the kernel takes it (``sockaddr_in``, ``sockaddr_in6``), and where it lies.

    ``together``: may several packets go there as one message? Until one was not taken.
    """

    __slots__ = ("_memory", "address", "length", "together")

    def __init__(self, packed: bytes) -> None:
        self._memory = ctypes.create_string_buffer(packed, len(packed))
        self.address = ctypes.addressof(self._memory)
        self.length = len(packed)
        self.together = True


class UdpPath:
    """To one address, from the one socket of the media port."""

    room = None
    """Nothing waits here: what the kernel does not take is lost, as on the way."""

    __slots__ = ("_udp", "name", "source")

    def __init__(self, udp: socket.socket, source: tuple[Any, ...]) -> None:
        self._udp = udp
        self.name: Name | None = None
        self.source = source

    @property
    def key(self) -> Hashable:
        return self.source

    def pack_name(self) -> Name:
        """Fill in ``name``. Only for who is sent media."""
        self.name = Name(_packed(self.source))
        return self.name

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        try:
            self._udp.sendto(datagram, self.source)
        except OSError:  # no route back, or the send buffer is full
            return False
        return True

    def close(self) -> None:
        """The socket is everybody's."""


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
