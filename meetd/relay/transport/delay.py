"""How long packets are in this process: from their arrival in the kernel until what is made of them
was given back to it. A few per second are looked at, which costs nothing."""

import fcntl
import socket
import struct
from collections import deque
from typing import Final

from meetd.core.clock import SystemClock

SAMPLE_SECONDS: Final = 0.1
"""Between two packets that are looked at."""
_KEPT: Final = 600
"""The last minute under load."""
_SIOCGSTAMPNS: Final = 0x8907
"""When the packet that was read last arrived (Linux, socket(7))."""
_TIME: Final = struct.Struct("@qq")


class Delay:
    """Seconds, of the first packet of a batch, which waited longest."""

    def __init__(self) -> None:
        self._samples: deque[float] = deque(maxlen=_KEPT)
        self._due = 0.0

    def is_due(self, now: float) -> bool:
        """Is another packet to be looked at?"""
        if now < self._due:
            return False
        self._due = now + SAMPLE_SECONDS
        return True

    def add(self, seconds: float) -> None:
        # The clock that the kernel stamps with may be set back.
        self._samples.append(max(0.0, seconds))

    def at(self, percent: int) -> float:
        """So many percent of the packets took no longer; 0 before the first."""
        ordered = sorted(self._samples)
        return ordered[(len(ordered) - 1) * percent // 100] if ordered else 0.0


def arrived(udp: socket.socket) -> float | None:
    """When the packet that was read last arrived, in seconds of ``SystemClock.stamp``. None where
    the kernel does not say: before it was asked for the first time, and elsewhere than on Linux."""
    try:
        seconds, nanoseconds = _TIME.unpack(fcntl.ioctl(udp, _SIOCGSTAMPNS, bytes(_TIME.size)))
    except OSError:
        return None
    return float(seconds + nanoseconds / 1e9)


def passed_since(moment: float) -> float:
    """Seconds."""
    return SystemClock.stamp() - moment
