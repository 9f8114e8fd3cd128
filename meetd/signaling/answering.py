"""What hosts say to knocks, from a meeting or from any other page."""

from meetd.lobby.desk import Desk, Host
from meetd.protocol.base import Event
from meetd.protocol.door import AdmitAll, AnswerKnock, AnswerTaken, LoadStill, StillLoaded
from meetd.protocol.session import Done


class Answering:
    """Calls the desk, which asks the store whether that host may."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, host: Host, command: AnswerKnock | AdmitAll | LoadStill) -> Event:
        """Raises: any Refusal of the desk."""
        if isinstance(command, AnswerKnock):
            room = await self._desk.answer(host, command.knock, command.answer, command.room)
            return AnswerTaken(ref=command.ref, room=room)
        if isinstance(command, AdmitAll):
            await self._desk.admit_all(host, command.door)
            return Done(ref=command.ref)
        still = await self._desk.still_of(host, command.knock)
        return StillLoaded(ref=command.ref, still=still)
