"""Reports of receivers on a socket of their own (Linux), to be read together when it is time.

Every receiver tells twenty times per second what arrived, and once what it counted. Read as it
comes, each report wakes the process for itself, when nothing of what it needs is in the caches any
more; read together, at most 80 ms later, all of forwarding costs less by a tenth and more
(``docs/performance.md``). The kernel sorts by how long a packet is and by the four bytes
that say what it is, which are in clear in SRTCP too: nothing else is delayed, requests above all,
and a flood of these alone disturbs nothing else.
"""

import contextlib
import ctypes
import socket
import struct
from typing import Final

_TRANSPORT_CC: Final = 0x8F
"""Version 2 and format 15 (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1)."""
_WITHOUT_PADDING: Final = 0xDF
"""Chromium fills most of its reports up to whole words, and says so in a bit of the first byte (RFC
3550, 6.4.1)."""
_TRANSPORT_FEEDBACK: Final = 205
_RECEIVER_REPORT: Final = 201
_TRAILER: Final = 20
"""Tag and index of SRTCP with AES-GCM (RFC 7714, 9.1): what a datagram has beside its first packet.
One that has more may have requests in it, and does not wait; neither does anything of whoever has
AES-CM, whose tags are shorter."""
_ATTACH_REUSEPORT_CBPF: Final = 51
_BUFFER_BYTES: Final = 1024 * 1024
"""What 500 receivers tell in 80 ms, as the kernel counts it; it may allow less."""
_INSTRUCTION: Final = struct.Struct("=HBBI")
_PROGRAM: Final = struct.Struct("@HP")
_LOAD_BYTE, _LOAD_HALF, _LOAD_LENGTH, _TO_X = 0x30, 0x28, 0x80, 0x07
_AND, _ADD, _SHIFT_LEFT = 0x54, 0x04, 0x64
_JUMP_IF_EQUAL, _JUMP_IF_X, _RETURN = 0x15, 0x1D, 0x06
_FILTER: Final = b"".join(
    _INSTRUCTION.pack(*one)
    for one in (
        (_LOAD_BYTE, 0, 0, 1),
        (_JUMP_IF_EQUAL, 4, 0, _RECEIVER_REPORT),
        (_JUMP_IF_EQUAL, 0, 10, _TRANSPORT_FEEDBACK),
        (_LOAD_BYTE, 0, 0, 0),
        (_AND, 0, 0, _WITHOUT_PADDING),
        (_JUMP_IF_EQUAL, 0, 7, _TRANSPORT_CC),
        (_LOAD_HALF, 0, 0, 2),
        (_SHIFT_LEFT, 0, 0, 2),
        (_ADD, 0, 0, 4 + _TRAILER),
        (_TO_X, 0, 0, 0),
        (_LOAD_LENGTH, 0, 0, 0),
        (_JUMP_IF_X, 0, 1, 0),
        (_RETURN, 0, 0, 1),
        (_RETURN, 0, 0, 0),
    )
)
"""Which socket of the group: the first, or the second for reports. Too short for a byte: the first
(classic BPF, as of socket(7))."""


def beside(udp: socket.socket) -> socket.socket | None:
    """A socket of the same port that gets the reports. None where the system has no such thing:
    then they come with everything else."""
    if not hasattr(socket, "SO_REUSEPORT"):
        return None
    second = socket.socket(udp.family, udp.type)
    try:
        _bind(second, udp)
        _steer(udp)
    except OSError:
        second.close()
        return None
    return second


def _bind(second: socket.socket, udp: socket.socket) -> None:
    """To the same port. Only now may it be shared, and with processes of this user only: where
    another one has it already, binding ``udp`` has failed."""
    second.setblocking(False)
    if udp.family == socket.AF_INET6:
        only = udp.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
        second.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
    with contextlib.suppress(OSError):
        second.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    for one in (udp, second):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    second.bind(udp.getsockname())


def _steer(udp: socket.socket) -> None:
    code = ctypes.create_string_buffer(_FILTER, len(_FILTER))
    count = len(_FILTER) // _INSTRUCTION.size
    program = _PROGRAM.pack(count, ctypes.addressof(code))
    udp.setsockopt(socket.SOL_SOCKET, _ATTACH_REUSEPORT_CBPF, program)
