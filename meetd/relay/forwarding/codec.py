"""What the relay must know of a codec: where one may begin to watch, and what it is called."""

from enum import Enum

from meetd.relay.forwarding.packet import Packet
from meetd.relay.rtp import canonical, vp9


class Codec(Enum):
    """(canonical payload type, the same of its RTX or 0, clock rate in Hz)"""

    OPUS = (111, 0, 48_000)
    VP8 = (96, 97, 90_000)
    VP9 = (98, 99, 90_000)

    def __init__(self, payload_type: int, rtx_payload_type: int, clock_rate: int) -> None:
        self.payload_type = payload_type
        self.rtx_payload_type = rtx_payload_type
        self.clock_rate = clock_rate

    @property
    def is_audio(self) -> bool:
        return self is Codec.OPUS

    def describe(self, packet: Packet) -> None:
        """Fill in what the payload's clear bytes tell. Raises: ValueError."""
        if self is Codec.VP8:
            packet.describe_vp8()
        elif self is Codec.OPUS:
            packet.is_key_frame = True  # any packet will do to begin with
        elif packet.size > canonical.HEAD_SIZE:
            packet.is_key_frame = vp9.starts_key_frame(
                packet.data, canonical.HEAD_SIZE, packet.size
            )
