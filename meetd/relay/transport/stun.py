"""STUN binding (RFC 8489): bytes in, bytes out. No sockets and no clock.

Our own few lines, because aioice's parser costs 94 us per request (measured) and an import of
12 MiB that a server without relayed media does not need.
"""

import ipaddress
import struct
import zlib

_HEADER = struct.Struct("!HHI12s")
_MAGIC_COOKIE = 0x2112A442
_BINDING_REQUEST = 0x0001
_BINDING_SUCCESS = 0x0101
_XOR_MAPPED_ADDRESS = 0x0020
_FINGERPRINT = 0x8028
_FINGERPRINT_XOR = 0x5354554E
_MAX_REQUEST = 548
"""RFC 8489, 6.1: what fits any path. Longer ones are not from a browser."""


def is_binding_request(datagram: bytes) -> bool:
    """The header of a well-formed binding request without authentication needs."""
    if not _HEADER.size <= len(datagram) <= _MAX_REQUEST or len(datagram) % 4:
        return False
    kind, length, cookie, _ = _HEADER.unpack_from(datagram)
    expected = (_BINDING_REQUEST, len(datagram) - _HEADER.size, _MAGIC_COOKIE)
    return (kind, length, cookie) == expected


def binding_success(request: bytes, address: str, port: int) -> bytes:
    """The answer to ``request`` (RFC 8489, 6.3.1.1): where it came from, and a fingerprint.

    32 bytes of attributes at most (IPv6); the answer is 52 to 64 bytes.
    """
    transaction = request[8:20]
    attributes = _attribute(_XOR_MAPPED_ADDRESS, _xor_address(transaction, address, port))
    # The length covers the fingerprint before it is computed (RFC 8489, 14.7).
    length = len(attributes) + 8
    head = _HEADER.pack(_BINDING_SUCCESS, length, _MAGIC_COOKIE, transaction)
    checksum = zlib.crc32(head + attributes) ^ _FINGERPRINT_XOR
    return head + attributes + _attribute(_FINGERPRINT, struct.pack("!I", checksum))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value


def _xor_address(transaction: bytes, address: str, port: int) -> bytes:
    """RFC 8489, 14.2. An IPv4 address that arrived on an IPv6 socket is told as IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    mask = struct.pack("!I", _MAGIC_COOKIE) + transaction
    family = 1 if ip.version == 4 else 2  # noqa: PLR2004
    xored = bytes(a ^ b for a, b in zip(ip.packed, mask, strict=False))
    return struct.pack("!xBH", family, port ^ (_MAGIC_COOKIE >> 16)) + xored
