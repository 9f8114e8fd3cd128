"""What the relay may send: an equal share for everybody who receives, and an end to sound."""

from collections.abc import Callable, Collection
from typing import Final, Protocol

from meetd.config.network import Media
from meetd.relay.forwarding.audio import LOUDEST
from meetd.relay.forwarding.sound import RoomSound

_KILOBIT: Final = 1_000
_BYTES_OF_KILOBIT: Final = 125


class Room(Protocol):
    """What is shared out to."""

    sound: RoomSound

    @property
    def receivers(self) -> int: ...

    @property
    def senders(self) -> int: ...

    def limit(self, bitrate: int) -> None: ...


class Outflow:
    """``rooms``: those in which somebody is now; ``now`` in seconds."""

    def __init__(
        self, settings: Media, rooms: Callable[[], Collection[Room]], now: Callable[[], float]
    ) -> None:
        self._of_room = settings.forwarded_kilobits_per_second_per_room
        self._overall = settings.forwarded_kilobits_per_second
        self._rooms = rooms
        self._now = now

    def share(self) -> None:
        """Somebody begins or ends to receive or to send: a share for each, which nobody else can
        use up. Of sound, for as many as are heard at once."""
        everybody = sum(room.receivers for room in self._rooms())
        for room in self._rooms():
            if room.receivers:
                kilobits = min(self._overall // everybody, self._of_room // room.receivers)
                kilobits = max(1, kilobits)  # a pace of nothing cannot be reckoned with
                room.limit(kilobits * _KILOBIT)
                rate = kilobits * room.receivers * _BYTES_OF_KILOBIT
                room.sound.change(rate, min(room.senders, LOUDEST), self._now())

    def sound_of_a_room(self) -> RoomSound:
        """Sound is never held back, and the shares are about pictures first: it ends where that of
        a room reaches all of the room's shares together, which no honest meeting does. A room that
        is loud takes nothing from another one."""
        rate = self._of_room * _BYTES_OF_KILOBIT
        return RoomSound(rate, self._now())
