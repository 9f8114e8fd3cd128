"""RTP header extensions (RFC 8285), one-byte and two-byte elements."""

from dataclasses import dataclass
from typing import Final

from meetd.relay.rtp.header import Buffer, RtpHeader

AUDIO_LEVEL: Final = 1
ABS_SEND_TIME: Final = 2
TRANSPORT_CC: Final = 3
MID: Final = 4
RID: Final = 5
REPAIRED_RID: Final = 6

ONE_BYTE: Final = 0xBEDE
TWO_BYTE: Final = 0x100
"""The upper 12 bits; the lower four are for the application (RFC 8285, 4.3)."""

_STOP: Final = 15

Element = tuple[int, int, int]
"""id, where its data begins, how long it is"""


@dataclass(frozen=True, slots=True)
class ExtensionIds:
    """Which id a publisher gave to what; 0 for what was not agreed. The default is canonical."""

    audio_level: int = AUDIO_LEVEL
    transport_cc: int = TRANSPORT_CC
    mid: int = MID
    rid: int = RID
    repaired_rid: int = REPAIRED_RID


def elements(data: Buffer, header: RtpHeader) -> list[Element]:
    """The elements of a packet. A profile that nobody knows has none. Raises: ValueError."""
    if header.profile == ONE_BYTE:
        return _one_byte(data, header.extension_start, header.extension_end)
    if header.profile >> 4 == TWO_BYTE:
        return _two_byte(data, header.extension_start, header.extension_end)
    return []


def _one_byte(data: Buffer, at: int, end: int) -> list[Element]:
    """RFC 8285, 4.2: id 0 is padding, id 15 ends the reading."""
    found: list[Element] = []
    while at < end:
        first = data[at]
        at += 1
        if first == 0:
            continue
        identifier = first >> 4
        if identifier == _STOP:
            break
        length = (first & 0x0F) + 1
        if at + length > end:
            raise ValueError("RTP header extension element is truncated")
        found.append((identifier, at, length))
        at += length
    return found


def _two_byte(data: Buffer, at: int, end: int) -> list[Element]:
    """RFC 8285, 4.3: a byte of id, a byte of length, which may be 0."""
    found: list[Element] = []
    while at < end:
        identifier = data[at]
        at += 1
        if identifier == 0:
            continue
        if at >= end or at + 1 + data[at] > end:
            raise ValueError("RTP header extension element is truncated")
        found.append((identifier, at + 1, data[at]))
        at += 1 + data[at]
    return found


def text(data: Buffer, start: int, length: int) -> str:
    """A mid or rid (RFC 8852, 8843): letters, digits and a few signs. Raises: ValueError."""
    value = bytes(data[start : start + length])
    if not value or not value.isascii() or not value.decode("ascii").isprintable():
        raise ValueError("mid or rid is not printable ASCII")
    return value.decode("ascii")
