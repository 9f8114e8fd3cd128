"""Who may send to the relay: the limits, and whose turn it is once they are reached."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from meetd.config.settings import Media
from meetd.core.refusals import RelayFull

WAIT_SECONDS: Final = 45.0
"""Pages ask again within 30. Who does not is waiting no more, and holds no place."""

_log = logging.getLogger(__name__)


class Room(Protocol):
    """What is counted."""

    @property
    def streams(self) -> int: ...


@dataclass(slots=True)
class _Waiting:
    """``asked``: when last; ``for_room``: the limit of the room is in the way, not that of all."""

    asked: float
    for_room: bool


class Places:
    """``streams``: sent in all rooms now; ``now`` in seconds."""

    def __init__(
        self, settings: Media, streams: Callable[[], int], now: Callable[[], float]
    ) -> None:
        self.refusals = 0
        self._of_room = settings.relayed_streams_per_room
        self._overall = settings.relayed_streams
        self._streams = streams
        self._now = now
        self._waiting: dict[tuple[Room, str], _Waiting] = {}
        """Who waits longest comes first."""

    def take(self, room: Room, participant: str, streams: int) -> None:
        """May they send ``streams`` more, with those served who wait longer? Raises: RelayFull."""
        self._forget_silent()
        in_room, overall = self._ahead(room, participant)
        if room.streams + streams * (1 + in_room) > self._of_room:
            self._refuse(room, participant, self._of_room, for_room=True)
        if self._streams() + streams * (1 + overall) > self._overall:
            self._refuse(room, participant, self._overall, for_room=False)
        self.forget(room, participant)

    def forget(self, room: Room, participant: str) -> None:
        """They wait no more."""
        if self._waiting.pop((room, participant), None) is not None and not self._waiting:
            _log.info("the relay has room for everybody again")

    def _ahead(self, room: Room, participant: str) -> tuple[int, int]:
        """How many wait longer in that room, and for the limit of all rooms."""
        in_room = overall = 0
        for (their_room, who), waiting in self._waiting.items():
            if their_room is room and who == participant:
                break
            in_room += their_room is room
            overall += not waiting.for_room
        return in_room, overall

    def _refuse(self, room: Room, participant: str, limit: int, *, for_room: bool) -> None:
        self.refusals += 1
        if not self._waiting:  # later ones change nothing that the operator does not know
            setting = "relayed_streams_per_room" if for_room else "relayed_streams"
            fields = {"setting": setting, "limit": limit, "streams": self._streams()}
            _log.info("the relay is full", extra={"fields": fields})
        waiting = _Waiting(self._now(), for_room)
        before = self._waiting.setdefault((room, participant), waiting)
        before.asked, before.for_room = waiting.asked, for_room
        raise RelayFull(limit=limit)

    def _forget_silent(self) -> None:
        before = self._now() - WAIT_SECONDS
        for room, who in [key for key, one in self._waiting.items() if one.asked < before]:
            self.forget(room, who)
