"""What hosts do in a meeting. Each is checked against the sender's role, message by message."""

from meetd.protocol.base import Command, Event, Id, MeetingEvent, Value
from meetd.protocol.people import Sharing


class Room(Value, frozen=True, kw_only=True):
    """What everybody in a room knows about it."""

    name: str
    owned: bool
    locked: bool
    presenter_mode: bool
    """Only hosts draw, upload, download and share their screen."""
    share: Sharing
    """Who may share their screen and files."""
    chat: Sharing
    draw: Sharing


class RoomChanged(MeetingEvent, frozen=True, kw_only=True):
    """Replaces everything known about the room. A room that was renamed is left by its old name:
    pages replace the address."""

    room: Room


class LockRoom(Command, frozen=True, kw_only=True):
    """Lock or unlock the room. Whoever is in stays in; unlocking admits whoever waits."""

    locked: bool


class ChangePresenterMode(Command, frozen=True, kw_only=True):
    """Turn presenter mode on or off. Screens of others stop."""

    on: bool


class Mute(Command, frozen=True, kw_only=True):
    """Turn off the microphone of a participant, or of everybody but the hosts (``null``)."""

    participant: Id | None


class AskToUnmute(Command, frozen=True, kw_only=True):
    """Ask a participant to turn the microphone on. Nobody's is ever turned on from outside."""

    participant: Id


class MicrophoneAsked(Event, frozen=True, kw_only=True):
    """A host turned your microphone off, or asks you to turn it on."""

    on: bool
    by: str
    """Name of the host."""


class Remove(Command, frozen=True, kw_only=True):
    """Remove a participant; the way back is gone, in a locked room they must knock again."""

    participant: Id


class SendToLobby(Command, frozen=True, kw_only=True):
    """Send a participant back to the lobby, where they knock."""

    participant: Id


class MakeHost(Command, frozen=True, kw_only=True):
    """Hand the host role on for this meeting, or take it back. Owners and people who were granted
    *host* keep it."""

    participant: Id
    host: bool


class ClearRoom(Command, frozen=True, kw_only=True):
    """Take out of the room, for ever, what is ticked: all files, all whiteboards, all of the chat.
    Everybody sees it go as if piece by piece."""

    files: bool
    boards: bool
    chat: bool


class EndMeeting(Command, frozen=True, kw_only=True):
    """End the meeting for everybody, or for everybody else. In a locked room nobody comes back
    without knocking."""

    stay: bool
