"""How much sound leaves at the most: it is not paced, so that something else has to end it."""

from typing import Final

from meetd.core.limits import Bucket

TRACK_BYTES_PER_SECOND: Final = 80_000
"""Opus has 63,750 at the most (RFC 6716, 2.1.1: 510 kbit/s), the rest is for heads and encryption.
More is no sound: whoever sends it may silence themselves, and nobody else."""


class SoundLimit:
    """Of one track, within ``of_room``, which all tracks of a meeting share."""

    def __init__(self, of_room: Bucket, now: float) -> None:
        self._of_track = Bucket(TRACK_BYTES_PER_SECOND, TRACK_BYTES_PER_SECOND, now)
        self._of_room = of_room
        self.dropped = 0
        """Packets, each counted once for however many who would have got it."""

    def takes(self, size: int, takers: int, now: float) -> bool:
        """Bytes, to so many. False: the packet is dropped."""
        if self._of_track.take(now, size) or self._of_room.take(now, size * takers):
            self.dropped += 1
            return False
        return True
