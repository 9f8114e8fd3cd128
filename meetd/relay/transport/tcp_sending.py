"""What a peer gets when its TCP connection takes less than is sent (pure).

The policy: from three quarters of the buffer on, a frame of video is dropped from its first packet
that has no room to its last one, because what is left of it cannot be decoded; the next frame is
tried anew. Sound and RTCP, which are small and matter most, are sent until the buffer is full. The
peer's own feedback asks for a key frame where it needs one.
"""

from collections.abc import Set as AbstractSet
from typing import Final

BUFFER_BYTES: Final = 256 * 1024
"""Per connection, beyond what the kernel holds."""
_VIDEO_RESERVE: Final = BUFFER_BYTES // 4
"""The last quarter is for sound and RTCP."""
_MARKER: Final = 0x80
_TIMESTAMP: Final = slice(4, 8)
_SSRC: Final = slice(8, 12)


class DropPolicy:
    """Of one peer. ``audio``: the payload types of sound."""

    def __init__(self, audio: AbstractSet[int]) -> None:
        self._audio = audio
        self._cut: dict[bytes, bytes] = {}
        """Timestamp of the frame that is being dropped, by SSRC."""

    def takes_rtp(self, packet: bytes | bytearray | memoryview, room: int) -> bool:
        """May this RTP packet be sent, with ``room`` bytes of the buffer left?"""
        size = len(packet)
        if packet[1] & 0x7F in self._audio:
            return size <= room
        ssrc, timestamp = bytes(packet[_SSRC]), bytes(packet[_TIMESTAMP])
        is_cut = self._cut.get(ssrc) == timestamp or size > room - _VIDEO_RESERVE
        if not is_cut or packet[1] & _MARKER:
            self._cut.pop(ssrc, None)
        else:
            self._cut[ssrc] = timestamp
        return not is_cut
