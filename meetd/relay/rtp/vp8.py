"""The VP8 payload descriptor (RFC 7741, 4.2) and the clear bytes of a frame behind it."""

import struct
from typing import Final

from meetd.relay.rtp.header import Buffer

ABSENT: Final = -1
KEY_FRAME_CLEAR_BYTES: Final = 10
"""RFC 6386, 9.1: frame tag, start code, width and height. What lies behind is encrypted."""

_START: Final = 0x10
_START_AND_PARTITION: Final = 0x17
"""A frame starts where S is set and PID is 0."""
_START_CODE: Final = b"\x9d\x01\x2a"
_SIZES: Final = struct.Struct("<HH")
PICTURE: Final = struct.Struct("!H")


class Vp8Descriptor:
    """One packet's descriptor. Offsets are from the start of ``data``; values are ``ABSENT`` where
    the packet has none. Raises: ValueError.

    ``picture_mask``: 0x7FFF or 0x7F, as wide as this publisher writes PictureID.
    ``is_key_frame`` is known only where ``starts_frame``; ``width`` and ``height`` only there.
    """

    __slots__ = (
        "height",
        "is_key_frame",
        "payload",
        "picture_id",
        "picture_mask",
        "picture_offset",
        "starts_frame",
        "tl0_offset",
        "tl0_picture_index",
        "width",
    )

    def __init__(self, data: Buffer, start: int, end: int) -> None:
        self.picture_id = self.tl0_picture_index = ABSENT
        self.picture_offset = self.picture_mask = self.tl0_offset = 0
        self.width = self.height = 0
        self.is_key_frame = False
        if start >= end:
            raise ValueError("VP8 payload is empty")
        first, at = data[start], start + 1
        if first & 0x80:
            try:
                at = self._read_extended(data, at)
            except IndexError:
                at = end + 1
        if at > end:
            raise ValueError("VP8 payload descriptor is truncated")
        self.payload = at
        self.starts_frame = first & _START_AND_PARTITION == _START
        if self.starts_frame:
            self._read_clear_bytes(data, at, end)

    def _read_extended(self, data: Buffer, at: int) -> int:
        """Returns where the payload begins, behind the end where something is missing. Raises:
        IndexError, behind the end of ``data``."""
        flags = data[at]
        at += 1
        if flags & 0x80:
            first, self.picture_offset = data[at], at
            if first & 0x80:
                self.picture_mask, self.picture_id = 0x7FFF, (first & 0x7F) << 8 | data[at + 1]
                at += 2
            else:
                self.picture_mask, self.picture_id = 0x7F, first
                at += 1
        if flags & 0x40:
            self.tl0_offset, self.tl0_picture_index = at, data[at]
            at += 1
        if flags & 0x30:
            at += 1
        return at

    def _read_clear_bytes(self, data: Buffer, at: int, end: int) -> None:
        """A key frame has bit P at 0 (RFC 6386, 9.1) and its start code."""
        if at + KEY_FRAME_CLEAR_BYTES > end or data[at] & 1:
            return
        self.is_key_frame = bytes(data[at + 3 : at + 6]) == _START_CODE
        if self.is_key_frame:
            width, height = _SIZES.unpack_from(data, at + 6)
            self.width, self.height = width & 0x3FFF, height & 0x3FFF  # 2 bits of scale on top


def write_picture_id(data: bytearray, offset: int, mask: int, picture_id: int) -> None:
    """In place, as wide as it was."""
    if mask == 0x7F:  # noqa: PLR2004
        data[offset] = picture_id & mask
    else:
        PICTURE.pack_into(data, offset, 0x8000 | (picture_id & mask))
