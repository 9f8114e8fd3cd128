"""The one shape that every packet has when it leaves this server, so that a receiver costs one
``pack_into``.

::

    0  V=2 X=1 | M PT | sequence number
    4  timestamp
    8  SSRC
    12 0xBEDE, three words of header extension follow
    16 2<<4|2  abs-send-time, 24 bit
    20 3<<4|1  transport-wide sequence number, 16 bit | 1<<4|0 of the audio level (0: padding)
    24 audio level | 4<<4|1  mid, two characters
    28 payload

Two characters are enough for a mid: the subscriber's side is offered by the server, which gives the
names. Browsers find a stream by SSRC as well; mid makes it certain (RFC 8843, 9.2).
"""

import struct
from typing import Final

from meetd.relay.rtp.numbers import MASK_32

HEAD: Final = struct.Struct("!BBHIIIIII")
HEAD_SIZE: Final = HEAD.size
FIRST: Final = 0x90
FIRST_PADDED: Final = 0xB0
EXTENSION: Final = 0xBEDE0003
NO_LEVEL: Final = -1
"""For packets without an audio level: video, and publishers that do not send it."""

_SEND_TIME: Final = 0x22000000
_SEND_TIME_UNITS: Final = 1 << 18
"""abs-send-time counts seconds in 6.18 fixed point and wraps every 64 s."""
_TRANSPORT_CC: Final = 0x31000000
_LEVEL: Final = 0x10
_MID: Final = 0x410000
MID_LENGTH: Final = 2


def send_time_word(now: float) -> int:
    """Bytes 16 to 20. ``now`` in seconds."""
    return _SEND_TIME | (int(now * _SEND_TIME_UNITS) & 0xFFFFFF)


def transport_word(level: int) -> int:
    """Bytes 20 to 24, without the number, which is ``number << 8``."""
    return _TRANSPORT_CC if level == NO_LEVEL else _TRANSPORT_CC | _LEVEL


def level_word(level: int) -> int:
    """Bytes 24 to 28, without the mid. ``level``: the byte of RFC 6464."""
    return 0 if level == NO_LEVEL else level << 24


def mid_word(mid: str) -> int:
    """Bytes 25 to 28. Raises: ValueError when it has not two ASCII characters."""
    if len(mid) != MID_LENGTH or not mid.isascii():
        raise ValueError("mid has not two ASCII characters")
    return _MID | int.from_bytes(mid.encode(), "big")


def packet(payload: bytes | memoryview) -> bytearray:
    """A packet with an empty head."""
    return bytearray(HEAD_SIZE) + payload


def padding(
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    words: tuple[int, int, int],
    size: int,
) -> bytearray:
    """A packet of nothing but padding (RFC 3550, 5.1), as probes are. ``size``: 1 to 255 bytes."""
    made = bytearray(HEAD_SIZE + size)
    stamp = timestamp & MASK_32
    HEAD.pack_into(
        made, 0, FIRST_PADDED, payload_type, sequence & 0xFFFF, stamp, ssrc, EXTENSION, *words
    )
    made[-1] = size
    return made
