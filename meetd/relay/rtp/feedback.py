"""RTCP feedback (RFC 4585, 5104) and REMB (draft-alvestrand-rmcat-remb-03)."""

import struct
from collections.abc import Iterable
from typing import Final

from meetd.relay.rtp.numbers import MASK_16
from meetd.relay.rtp.rtcp import PAYLOAD_FEEDBACK, TRANSPORT_FEEDBACK, RtcpPacket, compose

NACK: Final = 1
PLI: Final = 1
FIR: Final = 4
APPLICATION: Final = 15
MAX_NACK_ITEMS: Final = 250
"""Of 17 numbers each: the packet still fits into a datagram."""

_SSRCS = struct.Struct("!II")
_NACK = struct.Struct("!HH")
_FIR = struct.Struct("!IBxxx")
_REMB: Final = b"REMB"
_MANTISSA_BITS: Final = 18


def read_media_ssrc(packet: RtcpPacket) -> int:
    """Whom a feedback packet is about (RFC 4585, 6.1). Raises: ValueError."""
    if len(packet.body) < _SSRCS.size:
        raise ValueError("RTCP feedback is truncated")
    media: int = _SSRCS.unpack_from(packet.body)[1]
    return media


def read_nack(packet: RtcpPacket) -> list[int]:
    """The sequence numbers asked for (RFC 4585, 6.2.1). Raises: ValueError."""
    read_media_ssrc(packet)
    if len(packet.body) % 4:
        raise ValueError("NACK has no whole items")
    numbers: list[int] = []
    for number, mask in _NACK.iter_unpack(packet.body[_SSRCS.size :]):
        numbers.append(number)
        numbers.extend(
            (number + bit + 1) & MASK_16 for bit in range(16) if mask and mask >> bit & 1
        )
    return numbers


def nack(sender: int, media: int, numbers: Iterable[int]) -> bytes:
    """``numbers`` in their order, 16 bit each; those within 17 share an item."""
    items: list[tuple[int, int]] = []
    for number in numbers:
        step = (number - items[-1][0] - 1) & MASK_16 if items else 16
        if step < 16:  # noqa: PLR2004
            items[-1] = (items[-1][0], items[-1][1] | 1 << step)
        else:
            items.append((number, 0))
    body = b"".join(_NACK.pack(*item) for item in items[:MAX_NACK_ITEMS])
    return compose(TRANSPORT_FEEDBACK, NACK, _SSRCS.pack(sender, media) + body)


def pli(sender: int, media: int) -> bytes:
    """Picture loss indication (RFC 4585, 6.3.1)."""
    return compose(PAYLOAD_FEEDBACK, PLI, _SSRCS.pack(sender, media))


def fir(sender: int, media: int, number: int) -> bytes:
    """Full intra request (RFC 5104, 4.3.1). ``number``: one more for each new request."""
    body = _SSRCS.pack(sender, 0) + _FIR.pack(media, number & 0xFF)
    return compose(PAYLOAD_FEEDBACK, FIR, body)


def read_fir(packet: RtcpPacket) -> list[tuple[int, int]]:
    """SSRC and request number of each item. Raises: ValueError."""
    read_media_ssrc(packet)
    items = packet.body[_SSRCS.size :]
    if len(items) % _FIR.size:
        raise ValueError("FIR has no whole items")
    return list(_FIR.iter_unpack(items))


def remb(sender: int, bitrate: int, ssrcs: list[int]) -> bytes:
    """``bitrate`` in bit/s, rounded down to 18 significant bits."""
    exponent = max(0, bitrate.bit_length() - _MANTISSA_BITS)
    packed = len(ssrcs) << 24 | exponent << 18 | bitrate >> exponent
    body = _SSRCS.pack(sender, 0) + _REMB + packed.to_bytes(4, "big")
    return compose(
        PAYLOAD_FEEDBACK, APPLICATION, body + b"".join(s.to_bytes(4, "big") for s in ssrcs)
    )


def read_remb(packet: RtcpPacket) -> int | None:
    """The bitrate in bit/s; None when the application's message is another. Raises: ValueError."""
    body = packet.body
    if body[8:12] != _REMB:
        return None
    if len(body) < 16 or len(body) < 16 + 4 * body[12]:  # noqa: PLR2004
        raise ValueError("REMB is truncated")
    packed = int.from_bytes(body[13:16], "big")
    return (packed & (1 << _MANTISSA_BITS) - 1) << (packed >> _MANTISSA_BITS)
