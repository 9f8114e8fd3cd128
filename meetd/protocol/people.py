"""Who is in the meeting and what they do with their microphone, camera, screen and hand."""

from typing import Literal

from meetd.protocol.base import Command, Id, MeetingEvent, Millis, Value
from meetd.protocol.e2ee import MemberKeys

Role = Literal["guest", "host", "support"]
Sharing = Literal["everybody", "hosts"]
WhyLeft = Literal["left", "dropped", "removed", "sent to lobby", "ended", "access ended"]


class Participant(Value, frozen=True, kw_only=True):
    """One browser tab in a meeting."""

    id: Id
    name: str
    joined_at: Millis
    microphone: bool
    camera: bool
    screen: bool
    hand: Millis | None
    """When the hand went up; the order of hands. ``None``: down."""
    away: bool
    """The connection dropped a moment ago; the participant may be on the way back."""
    role: Role
    """``support``: an administrator of the server, there for a reason that is in the audit log."""
    reason: str
    """With ``support``: that reason, for everybody in the room to read; else empty."""
    keys: MemberKeys | None = None
    """``None``: nothing they send can be opened, and nothing is meant for them."""


class ChangeMedia(Command, frozen=True, kw_only=True):
    """Say what is being sent. The server only tells the others."""

    microphone: bool
    camera: bool
    screen: bool


class RaiseHand(Command, frozen=True, kw_only=True):
    """Put the hand up or down."""

    raised: bool


class Rename(Command, frozen=True, kw_only=True):
    """Change one's own name in this meeting."""

    name: str


class ParticipantJoined(MeetingEvent, frozen=True, kw_only=True):
    participant: Participant


class ParticipantChanged(MeetingEvent, frozen=True, kw_only=True):
    """Replaces everything known about that participant."""

    participant: Participant


class ParticipantLeft(MeetingEvent, frozen=True, kw_only=True):
    participant: Id
    why: WhyLeft
