"""Retransmission (RFC 4588): a packet sent again in a stream of its own, led by the original
sequence number."""

import struct
from typing import Final

from meetd.relay.rtp.header import Buffer, RtpHeader

ORIGINAL: Final = struct.Struct("!H")


def original_sequence_number(data: Buffer, header: RtpHeader) -> int | None:
    """The number of the packet inside; the payload follows two bytes later.

    None for padding, with which browsers probe in this stream. Raises: ValueError.
    """
    length = header.payload_end - header.payload_start
    if length == 0:
        return None
    if length < ORIGINAL.size:
        raise ValueError("RTX payload has no original sequence number")
    number: int = ORIGINAL.unpack_from(data, header.payload_start)[0]
    return number


def wrap(payload: Buffer, sequence_number: int) -> bytes:
    """The payload of the retransmission."""
    return ORIGINAL.pack(sequence_number) + payload
