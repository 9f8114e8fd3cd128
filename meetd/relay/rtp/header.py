"""The RTP header (RFC 3550, 5.1): parsed once per received packet, into offsets."""

import struct
from typing import Final

VERSION: Final = 2
FIXED_SIZE: Final = 12

_FIXED = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_RTCP_TYPES = range(192, 224)
"""RFC 5761, 4: the second byte of what is RTCP where RTP and RTCP share a port."""

Buffer = bytes | bytearray | memoryview


def is_rtcp(data: Buffer) -> bool:
    """RTCP, or RTP? Says nothing about whether it is well formed."""
    return len(data) > 1 and data[1] in _RTCP_TYPES


class RtpHeader:
    """Fields and offsets of one packet. Raises: ValueError.

    ``profile`` and ``extension_start`` to ``extension_end``: the header extension's data
    (RFC 8285), profile 0 without one. The payload lies from ``payload_start`` to ``payload_end``,
    padding left out.
    """

    __slots__ = (
        "extension_end",
        "extension_start",
        "marker",
        "payload_end",
        "payload_start",
        "payload_type",
        "profile",
        "sequence_number",
        "ssrc",
        "timestamp",
    )

    def __init__(self, data: Buffer) -> None:
        size = len(data)
        if size < FIXED_SIZE:
            raise ValueError("RTP packet is shorter than its header")
        first, second, self.sequence_number, self.timestamp, self.ssrc = _FIXED.unpack_from(data)
        if first >> 6 != VERSION:
            raise ValueError("RTP version is not 2")
        self.marker = second >> 7
        self.payload_type = second & 0x7F
        start = FIXED_SIZE + 4 * (first & 0x0F)
        self.profile = self.extension_start = self.extension_end = 0
        if first & 0x10:
            start = self._read_extension(data, start, size)
        self.payload_start = start
        self.payload_end = _without_padding(data, size) if first & 0x20 else size
        if self.payload_end < start:
            raise ValueError("RTP packet is shorter than its header and padding")

    def _read_extension(self, data: Buffer, start: int, size: int) -> int:
        """Returns where the payload begins."""
        if start + 4 > size:
            raise ValueError("RTP header extension is truncated")
        self.profile, words = _EXTENSION.unpack_from(data, start)
        self.extension_start = start + 4
        self.extension_end = self.extension_start + 4 * words
        if self.extension_end > size:
            raise ValueError("RTP header extension is longer than the packet")
        return self.extension_end


def _without_padding(data: Buffer, size: int) -> int:
    """RFC 3550, 5.1: the last byte counts the padding, itself included."""
    padding = data[size - 1]
    if padding == 0:
        raise ValueError("RTP padding counts no bytes")
    return size - padding
