"""Packets that came together, taken from the kernel in one call.

A burst of a camera is three or four packets, and as many calls of ``recvfrom`` and one more to see
that there is nothing else: each of them makes two objects and an address in words, which nobody
reads. One ``recvmmsg`` takes all of them, and addresses stay as the kernel has them.
"""

import ctypes
import errno
import socket
from typing import Final

from meetd.relay.transport.batches import MESSAGE, SIZE_AT, VECTOR, call_of
from meetd.relay.transport.udp import packed

BATCH: Final = 64
"""Packets at once, at most: a flood never starves the rest of the process."""
LONGEST: Final = 2_048
"""Bytes of a packet that are read; no browser sends more than 1,500."""
_NAME: Final = 28
"""Bytes of a ``sockaddr_in6``; those of IPv4 are fewer."""
_NOT_ALLOWED: Final = frozenset({errno.ENOSYS, errno.EPERM, errno.EACCES})
"""By what confines the process: then packets are read as on other systems."""
_CANNOT_WAIT: Final = socket.MSG_DONTWAIT if hasattr(socket, "MSG_DONTWAIT") else 0

Received = tuple[bytes, bytes]
"""A packet, and the address it came from, as the kernel has it (``sockaddr``)."""


class Inbox:
    """Of the sockets of one port, whose ``family`` it is."""

    def __init__(self, family: int) -> None:
        self._recvmmsg = call_of("recvmmsg", ctypes.c_void_p)
        self._name_length = 28 if family == socket.AF_INET6 else 16
        self._packets = memoryview(bytearray(LONGEST * BATCH))
        self._names = memoryview(bytearray(_NAME * BATCH))
        self._messages = bytearray(MESSAGE.size * BATCH)
        self._lengths = memoryview(self._messages).cast("I")[SIZE_AT // 4 :: MESSAGE.size // 4]
        self._vectors = bytearray(VECTOR.size * BATCH)
        self._address = _address(self._messages)
        packets, names = _address(self._packets), _address(self._names)
        vectors = _address(self._vectors)
        for place in range(BATCH):
            at = place * VECTOR.size
            VECTOR.pack_into(self._vectors, at, packets + place * LONGEST, LONGEST)
            name = names + place * _NAME
            head = (name, _NAME, vectors + at, 1, 0, 0, 0, 0)
            MESSAGE.pack_into(self._messages, place * MESSAGE.size, *head)

    def take(self, udp: socket.socket, most: int = BATCH) -> list[Received]:
        """What has come, at most ``most``, which is no more than ``BATCH``. Fewer than that: there
        is nothing else. Never waits."""
        if self._recvmmsg is None:
            return _one_by_one(udp, most)
        # An ICMP error about an earlier answer counts as nothing: epoll tells of what is behind it.
        most = min(most, BATCH)
        count = self._recvmmsg(udp.fileno(), self._address, most, _CANNOT_WAIT, None)
        if count < 0 and ctypes.get_errno() in _NOT_ALLOWED:
            self._recvmmsg = None
            return _one_by_one(udp, most)
        packets, names, length = self._packets, self._names, self._name_length
        return [
            (
                bytes(packets[place * LONGEST : place * LONGEST + size]),
                bytes(names[place * _NAME : place * _NAME + length]),
            )
            for place, size in zip(range(count), self._lengths, strict=False)
        ]


def _one_by_one(udp: socket.socket, most: int) -> list[Received]:
    """Where the system has no such call."""
    found: list[Received] = []
    while len(found) < most:
        try:
            datagram, source = udp.recvfrom(LONGEST)
        except (BlockingIOError, InterruptedError):
            break
        except OSError:  # an ICMP error about an earlier answer: nothing to read
            continue
        found.append((datagram, packed(source)))
    return found


def _address(memory: bytearray | memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))
