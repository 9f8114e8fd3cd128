"""How much sound leaves at the most: it is not paced, so that something else has to end it."""

from meetd.core.limits import Bucket


class SoundLimit:
    """Of one meeting, within that of all."""

    def __init__(self, of_room: Bucket, overall: Bucket) -> None:
        self._of_room = of_room
        self._overall = overall
        self.dropped = 0
        """Packets, each counted once for however many who would have got it."""

    def takes(self, size: int, now: float) -> bool:
        """Bytes, to everybody together. False: the packet is dropped."""
        if self._of_room.take(now, size) or self._overall.take(now, size):
            self.dropped += 1
            return False
        return True
