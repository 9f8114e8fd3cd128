"""What the publisher sends: 720p at 30 frames per second, paced as Chromium does."""

import struct
import time
from typing import Final

from meetd.relay.rtp.rtcp import SenderInfo, sender_report
from scripts.benchmarks.relay.peer import Peer
from scripts.benchmarks.relay.sdp import VIDEO

FRAME_SECONDS: Final = 1 / 30
BURSTS: Final = (4, 3, 3)
"""Packets of one frame that leave together, 5 ms apart: Chromium's pacer at 2.5 times the rate."""
BURST_SECONDS: Final = 0.005
BYTES: Final = 1_100
"""Of a packet, before encryption: 2.6 Mbit/s."""
KEY_FRAMES: Final = 15
"""Frames from one key frame to the next: requests for one need no answer."""
SSRC: Final = 0x11223344
MASK: Final = 0xFFFF

_HEAD = struct.Struct("!BBHIIHH")
_DESCRIPTOR = struct.Struct("!BBHBB")
_EXTENSIONS: Final = b"\x22\0\0\0\x31%s\x40%s\0\0\0"
"""abs-send-time, transport-cc, mid; padded to three words."""
_KEY: Final = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", 1_280, 720)
_DELTA: Final = b"\x11\x02\x00"
_NUMBER = struct.Struct("!I")
_NTP_UNIX: Final = 2_208_988_800


class Camera:
    """``sent`` has the nanoseconds since 1970 at which each packet left, by its number."""

    def __init__(self, peer: Peer, mid: str) -> None:
        self._peer = peer
        self._mid = mid.encode()
        self._number = 1_000
        self._frame = 0
        self._ready: list[bytes] = []
        self.sent = [0] * (MASK + 1)
        self.octets = 0
        self.prepare(0, is_key=True)

    def prepare(self, burst: int, *, is_key: bool = False) -> None:
        """Encrypt the next packets, so that they leave together when it is time."""
        first = sum(BURSTS[:burst])
        self._ready = [
            self._peer.protect(self._packet(first + place, self._number + place, is_key=is_key))
            for place in range(BURSTS[burst])
        ]

    def send(self) -> int:
        """What is prepared. Returns how many packets that were."""
        send, sent, number = self._peer.socket.send, self.sent, self._number
        for packet in self._ready:
            sent[number & MASK] = time.time_ns()
            send(packet)
            number += 1
        self._number = number
        return len(self._ready)

    def next_frame(self) -> None:
        self._frame += 1

    @property
    def is_key_frame_due(self) -> bool:
        return self._frame % KEY_FRAMES == 0

    def report(self) -> None:
        """A sender report, which browsers send about once a second."""
        now = time.time_ns()
        ntp = (now // 10**9 + _NTP_UNIX << 32) + ((now % 10**9) << 32) // 10**9
        timestamp = self._frame * 3_000 & 0xFFFFFFFF
        sender = SenderInfo(SSRC, ntp, timestamp, self._number, self._number * BYTES)
        self._peer.send_rtcp(sender_report(sender))

    def _packet(self, place: int, number: int, *, is_key: bool) -> bytes:
        """The ``place``-th of its frame. Its last four bytes are its number."""
        is_first, is_last = place == 0, place == sum(BURSTS) - 1
        second = VIDEO | (0x80 if is_last else 0)
        extensions = _EXTENSIONS % (struct.pack("!H", number & MASK), self._mid)
        head = _HEAD.pack(0x90, second, number & MASK, self._frame * 3_000, SSRC, 0xBEDE, 3)
        picture = 0x8000 | (self._frame & 0x7FFF)
        descriptor = _DESCRIPTOR.pack(
            0x90 if is_first else 0x80, 0xE0, picture, self._frame & 0xFF, 0
        )
        clear = (_KEY if is_key else _DELTA) if is_first else b""
        made = head + extensions + descriptor + clear
        return made + bytes(BYTES - len(made) - 4) + _NUMBER.pack(number)


def number_of(plain: bytes) -> int:
    """Which of the publisher's packets that is."""
    number: int = _NUMBER.unpack(plain[-4:])[0]
    return number
