"""The VP9 payload descriptor (RFC 9628, 4.2), as far as forwarding one stream needs it."""

from typing import Final

from meetd.relay.rtp.header import Buffer

_START: Final = 0x08
"""Bit B."""
_PREDICTED_AND_START: Final = 0x48
"""Bits P and B."""


def starts_key_frame(data: Buffer, start: int, end: int) -> bool:
    """Is this the first packet of a frame that depends on none before it?

    B is set and P is not, in the lowest spatial layer. Raises: ValueError.
    """
    if start >= end:
        raise ValueError("VP9 payload is empty")
    first = data[start]
    if first & _PREDICTED_AND_START != _START:
        return False
    if not first & 0x20:  # no layer indices
        return True
    at = start + 1
    if first & 0x80:  # picture id, 7 or 15 bit
        if at >= end:
            raise ValueError("VP9 payload descriptor is truncated")
        at += 2 if data[at] & 0x80 else 1
    if at >= end:
        raise ValueError("VP9 payload descriptor is truncated")
    return data[at] & 0x0E == 0  # SID
