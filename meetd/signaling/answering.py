"""What hosts say to knocks, from a meeting or from any other page."""

from collections.abc import Callable

from meetd.lobby.desk import Desk, Host
from meetd.protocol.base import Event
from meetd.protocol.door import AdmitAll, AnswerKnock, AnswerTaken, LoadStill, StillLoaded


class Answering:
    """Calls the desk, which asks the store whether that host may. ``is_full``: are so many more too
    many in the room of that id?"""

    def __init__(self, desk: Desk, is_full: Callable[[str, int], bool]) -> None:
        self._desk = desk
        self._is_full = is_full

    async def answer(self, host: Host, command: AnswerKnock | AdmitAll | LoadStill) -> Event:
        """Raises: any Refusal of the desk."""
        if isinstance(command, AnswerKnock):
            room = await self._desk.answer(host, command.knock, command.answer, command.room)
            full = room is not None and self._is_full(room.id, 1)
            return AnswerTaken(ref=command.ref, room=room.name if room else "", full=full)
        if isinstance(command, AdmitAll):
            room, number = await self._desk.admit_all(host, command.door)
            return AnswerTaken(ref=command.ref, room=room.name, full=self._is_full(room.id, number))
        still = await self._desk.still_of(host, command.knock)
        return StillLoaded(ref=command.ref, still=still)
