"""A received packet in canonical shape."""

from meetd.relay.rtp import canonical
from meetd.relay.rtp.vp8 import ABSENT, Vp8Descriptor


class Packet:
    """Made once per received packet and shared by all receivers and the ring.

    ``data``: ``canonical.HEAD_SIZE`` bytes that each receiver overwrites, then the payload.
    ``sequence`` and ``timestamp`` are unrolled: they only grow. ``marker`` is 0x80 or 0, as it
    stands in the packet. Offsets count from the start of ``data``; those of VP8 are 0 where the
    packet has none.
    """

    __slots__ = (
        "data",
        "height",
        "is_key_frame",
        "level",
        "marker",
        "picture_id",
        "picture_mask",
        "picture_offset",
        "sequence",
        "size",
        "starts_frame",
        "timestamp",
        "tl0_offset",
        "tl0_picture_index",
    )

    def __init__(
        self, sequence: int, timestamp: int, marker: int, payload: memoryview, level: int
    ) -> None:
        self.sequence = sequence
        self.timestamp = timestamp
        self.marker = marker << 7
        self.data = canonical.packet(payload)
        self.size = len(self.data)
        self.level = level
        self.is_key_frame = self.starts_frame = False
        self.height = self.picture_offset = self.picture_mask = self.tl0_offset = 0
        self.picture_id = self.tl0_picture_index = ABSENT

    def describe_vp8(self) -> None:
        """Read the descriptor. Raises: ValueError."""
        if self.size == canonical.HEAD_SIZE:  # padding of a publisher without RTX
            return
        found = Vp8Descriptor(self.data, canonical.HEAD_SIZE, self.size)
        self.is_key_frame = found.is_key_frame
        self.starts_frame = found.starts_frame
        self.height = found.height
        self.picture_id, self.picture_mask = found.picture_id, found.picture_mask
        self.picture_offset = found.picture_offset
        self.tl0_picture_index, self.tl0_offset = found.tl0_picture_index, found.tl0_offset
