"""Media over UDP: one path per address."""

import ctypes
import socket
import struct
from typing import Any, Final


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
    """To one address, from the one socket of the media port. ``key``: that address, as the kernel
    has it."""

    room = None
    """Nothing waits here: what the kernel does not take is lost, as on the way."""

    __slots__ = ("_udp", "key", "name", "source")

    def __init__(self, udp: socket.socket, key: bytes) -> None:
        self._udp = udp
        self.key = key
        self.name: Name | None = None
        self.source = unpacked(key)

    def pack_name(self) -> Name:
        """Fill in ``name``. Only for who is sent media."""
        self.name = Name(self.key)
        return self.name

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        try:
            self._udp.sendto(datagram, self.source)
        except OSError:  # no route back, or the send buffer is full
            return False
        return True

    def close(self) -> None:
        """The socket is everybody's."""


_FAMILY: Final = struct.Struct("=H")
_IPV4: Final = struct.Struct("!2xH4s8x")
_IPV6: Final = struct.Struct("!2xHI16s")
_SCOPE: Final = struct.Struct("=I")


def packed(source: tuple[Any, ...]) -> bytes:
    """``sockaddr_in`` or ``sockaddr_in6`` of what a socket calls an address: two values for IPv4,
    four for IPv6."""
    address, port, *more = source
    if not more:
        return _with_family(socket.AF_INET, _IPV4.pack(port, socket.inet_aton(address)))
    flow, scope = more
    ip = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    return _with_family(socket.AF_INET6, _IPV6.pack(port, flow, ip)) + _SCOPE.pack(scope)


def unpacked(name: bytes) -> tuple[Any, ...]:
    """The other way round."""
    (family,) = _FAMILY.unpack_from(name)
    if family == socket.AF_INET:
        port, ip = _IPV4.unpack_from(name)
        return socket.inet_ntop(family, ip), port
    port, flow, ip = _IPV6.unpack_from(name)
    (scope,) = _SCOPE.unpack_from(name, _IPV6.size)
    return socket.inet_ntop(family, ip), port, flow, scope


def _with_family(family: int, rest: bytes) -> bytes:
    return _FAMILY.pack(family) + rest[_FAMILY.size :]
