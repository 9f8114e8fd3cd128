"""Who comes and who goes, told to whoever asked."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal

from meetd.core.errands import Errands
from meetd.meetings.meeting import Meeting
from meetd.meetings.standing import Standing
from meetd.protocol.people import Participant
from meetd.rooms.access import Right
from meetd.rooms.room import Room

Presence = Literal["entered", "left"]
PresenceListener = Callable[[Presence, str, str | None, str], Coroutine[Any, Any, None]]
"""Which room, id of the account or ``None``, and id of the participant."""

SupportListener = Callable[[str, Room, int], Coroutine[Any, Any, None]]
"""Id of the account that came or left, which room, and when it had come."""


class Comings:
    """Of all meetings. Listeners run in the background, as errands."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._presence: list[PresenceListener] = []
        self._support_entered: list[SupportListener] = []
        self._support_left: list[SupportListener] = []

    def on_presence(self, listener: PresenceListener) -> None:
        """Called with everybody who comes and goes."""
        self._presence.append(listener)

    def on_support_entered(self, listener: SupportListener) -> None:
        """Called when an administrator is seated for support, also on coming back after the server
        was away."""
        self._support_entered.append(listener)

    def on_support_left(self, listener: SupportListener) -> None:
        """Called when an administrator who was there for support is there no more."""
        self._support_left.append(listener)

    def entered(self, meeting: Meeting, standing: Standing, participant: Participant) -> None:
        self._tell_support(self._support_entered, meeting, standing.right, participant)
        self._tell_presence("entered", meeting, standing, participant)

    def left(self, meeting: Meeting, standing: Standing, participant: Participant) -> None:
        self.support_over(meeting, standing, participant)
        self._tell_presence("left", meeting, standing, participant)

    def support_over(self, meeting: Meeting, standing: Standing, participant: Participant) -> None:
        """However it ended."""
        self._tell_support(self._support_left, meeting, standing.right, participant)

    def _tell_presence(
        self, what: Presence, meeting: Meeting, standing: Standing, participant: Participant
    ) -> None:
        for listener in self._presence:
            self._errands.run(listener(what, meeting.room.id, standing.whose, participant.id))

    def _tell_support(
        self,
        listeners: list[SupportListener],
        meeting: Meeting,
        right: Right,
        participant: Participant,
    ) -> None:
        if right.supporter is not None:
            for listener in listeners:
                self._errands.run(listener(right.supporter, meeting.room, participant.joined_at))
