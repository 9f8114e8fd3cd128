"""Who may send to the relay and receive from it: the limits, and whose turn it is once they are
reached."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

from meetd.config.network import Media
from meetd.core.refusals import RelayFull

WAIT_SECONDS: Final = 45.0
"""Pages ask again within 30. Who does not is waiting no more, and holds no place."""
STREAMS: Final = 4
"""Of one person: microphone, camera, screen and its sound, whether they are on or not. Nobody who
has a place is refused later, because somebody shares a screen."""
LEAST_KILOBITS: Final = 300
"""Per second, for one person who receives: six voices, and a small picture."""

_OF_ROOM: Final = "_per_room"

_log = logging.getLogger(__name__)


class Room(Protocol):
    """What is counted."""

    @property
    def people(self) -> int:
        """Who send, receive, or both."""
        ...


@dataclass(frozen=True, slots=True)
class _Limit:
    """``cost``: what so many people in one room take of it."""

    setting: str
    value: int
    for_room: bool
    cost: Callable[[int], int]


@dataclass(slots=True)
class _Waiting:
    """``asked``: when last; ``for_room``: the limit of the room is in the way, not that of all."""

    asked: float
    for_room: bool


class Places:
    """``rooms``: those in which somebody is now; ``now`` in seconds."""

    def __init__(
        self, settings: Media, rooms: Callable[[], Iterable[Room]], now: Callable[[], float]
    ) -> None:
        self.refusals = 0
        self._limits = _limits(settings)
        self._rooms = rooms
        self._now = now
        self._waiting: dict[tuple[Room, str], _Waiting] = {}
        """Who waits longest comes first."""

    def take(self, room: Room, participant: str) -> None:
        """May they send, with those served who wait longer? Raises: RelayFull."""
        limit = self._reached(room, participant)
        if limit is not None:
            self._refuse(room, participant, limit)
        self.forget(room, participant)

    def admits(self, room: Room, participant: str) -> bool:
        """May they receive, without sending yet? If not, that makes them wait for nothing: their
        page asks to send."""
        if self._reached(room, participant) is not None:
            return False
        self.forget(room, participant)
        return True

    def _reached(self, room: Room, participant: str) -> _Limit | None:
        """What is in their way, first of all."""
        self._forget_silent()
        for limit in self._limits:
            people = self._people(room, participant, for_room=limit.for_room)
            if sum(limit.cost(count) for count in people.values()) > limit.value:
                return limit
        return None

    def forget(self, room: Room, participant: str) -> None:
        """They wait no more."""
        if self._waiting.pop((room, participant), None) is not None and not self._waiting:
            _log.info("the relay has room for everybody again")

    def _people(self, room: Room, participant: str, *, for_room: bool) -> Counter[Room]:
        """How many there would be, with them and with who waits longer for the same."""
        people = Counter({one: one.people for one in self._counted(room, for_room=for_room)})
        people[room] += 1
        for (their_room, who), waiting in self._waiting.items():
            if their_room is room and who == participant:
                break
            if their_room is room if for_room else not waiting.for_room:
                people[their_room] += 1
        return people

    def _counted(self, room: Room, *, for_room: bool) -> set[Room]:
        return {room} if for_room else {room, *self._rooms()}

    def _refuse(self, room: Room, participant: str, limit: _Limit) -> NoReturn:
        self.refusals += 1
        if not self._waiting:  # later ones change nothing that the operator does not know
            people = sum(one.people for one in self._counted(room, for_room=False))
            fields = {"setting": limit.setting, "limit": limit.value, "people": people}
            _log.info("the relay is full", extra={"fields": fields})
        waiting = _Waiting(self._now(), limit.for_room)
        before = self._waiting.setdefault((room, participant), waiting)
        before.asked, before.for_room = waiting.asked, limit.for_room
        raise RelayFull(limit=limit.value)

    def _forget_silent(self) -> None:
        before = self._now() - WAIT_SECONDS
        for room, who in [key for key, one in self._waiting.items() if one.asked < before]:
            self.forget(room, who)


def _limits(settings: Media) -> tuple[_Limit, ...]:
    """Those of a room first: whoever waits for it holds up nobody elsewhere."""
    limits = []
    for ending in (_OF_ROOM, ""):
        for name, cost in _COSTS:
            value = getattr(settings, name + ending)
            limits.append(_Limit(name + ending, value, ending == _OF_ROOM, cost))
    return tuple(limits)


def _sent(people: int) -> int:
    return people * STREAMS


def _forwarded(people: int) -> int:
    return people * (people - 1) * STREAMS


def _kilobits(people: int) -> int:
    return people * LEAST_KILOBITS


_COSTS: Final = (
    ("relayed_streams", _sent),
    ("forwarded_streams", _forwarded),
    ("forwarded_kilobits_per_second", _kilobits),
)
