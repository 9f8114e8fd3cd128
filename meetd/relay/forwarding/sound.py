"""How much sound leaves at the most: it is not paced, so that something else has to end it."""

from typing import Final

from meetd.core.limits import Bucket

TRACK_BYTES_PER_SECOND: Final = 80_000
"""Opus has 63,750 at the most (RFC 6716, 2.1.1: 510 kbit/s), the rest is for heads and encryption.
More is no sound: whoever sends it may silence themselves, and nobody else."""
_RESERVED: Final = 0.5
"""Of what is there for all: kept for those who are within their share."""


class RoomSound:
    """What all sound of a meeting takes at the most: bytes, per second and at once, to everybody
    together."""

    def __init__(self, rate: float, now: float) -> None:
        self._all = Bucket(rate, rate, now)
        self._reserved = rate * _RESERVED
        self.share = rate
        """Of each who sends, in the same unit."""

    def change(self, rate: float, sharers: int, now: float) -> None:
        """From now on; so many share it."""
        self._all.change(rate, rate, now)
        self._reserved = rate * _RESERVED
        self.share = rate / max(1, sharers)

    def takes(self, size: int, now: float, *, within: bool) -> bool:
        """``within`` the share of who sends it; what is above has what nobody else needs."""
        if not within and self._all.left(now) - size < self._reserved:
            return False
        return not self._all.take(now, size)


class SoundShare:
    """Of one who sends, for all of their tracks. More passes while the others leave it, so that
    whoever sends as much as they can takes nothing that another one has a right to."""

    def __init__(self, room: RoomSound, now: float) -> None:
        self._room = room
        self._share = room.share
        self._own = Bucket(self._share, self._share, now)

    def takes(self, size: int, now: float) -> bool:
        """Bytes, to everybody together."""
        if self._share != self._room.share:
            self._share = self._room.share
            self._own.change(self._share, self._share, now)
        return self._room.takes(size, now, within=not self._own.take(now, size))


class SoundLimit:
    """Of one track, within ``share``, which all tracks of one who sends have together."""

    def __init__(self, share: SoundShare, now: float) -> None:
        self._of_track = Bucket(TRACK_BYTES_PER_SECOND, TRACK_BYTES_PER_SECOND, now)
        self._share = share
        self.dropped = 0
        """Packets, each counted once for however many who would have got it."""

    def takes(self, size: int, takers: int, now: float) -> bool:
        """Bytes, to so many. False: the packet is dropped."""
        if self._of_track.take(now, size) or not self._share.takes(size * takers, now):
            self.dropped += 1
            return False
        return True
