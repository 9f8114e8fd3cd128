"""What an owner sees of a room from outside: who is in, and how many knock."""

from dataclasses import dataclass

from meetd.lobby.doors import door_of
from meetd.lobby.lobbies import Lobbies
from meetd.meetings.meetings import Meetings
from meetd.rooms.room import Room


@dataclass(frozen=True)
class Glance:
    """``people``: names in the order of joining."""

    people: tuple[str, ...]
    knocking: int


class Window:
    """Looks in, and changes nothing."""

    def __init__(self, meetings: Meetings, lobbies: Lobbies) -> None:
        self._meetings = meetings
        self._lobbies = lobbies

    def look(self, room: Room) -> Glance:
        meeting = self._meetings.in_room(room.id)
        people = tuple(one.name for one in meeting or ())
        return Glance(people, sum(1 for _ in self._lobbies.waiting_at([door_of(room).key])))
