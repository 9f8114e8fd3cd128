"""Between bytes and messages. Raises Refusals on what a peer sends, never anything else."""

from typing import Union

import msgspec

from meetd.core.refusals import MessageMalformed, Refusal
from meetd.protocol import (
    boards,
    chat,
    content,
    door,
    e2ee,
    hosting,
    media,
    people,
    relay,
    session,
)
from meetd.protocol.base import Command, Event

COMMANDS: tuple[type[Command], ...] = (
    session.Join,
    session.Leave,
    session.Ping,
    people.ChangeMedia,
    people.RaiseHand,
    people.Rename,
    chat.SendChat,
    chat.LoadChat,
    chat.SearchChat,
    chat.EditChat,
    chat.DeleteChat,
    chat.ReactToChat,
    chat.ShowTyping,
    content.RemoveContent,
    content.PresentContent,
    content.MoveView,
    content.CloseContent,
    content.LoadUsage,
    boards.AddBoard,
    boards.RenameBoard,
    boards.KeepSnapshot,
    boards.RemoveBoard,
    boards.WatchBoard,
    boards.UnwatchBoard,
    boards.Draw,
    boards.PointOnBoard,
    media.Signal,
    media.ReportPath,
    relay.RelayPublish,
    relay.RelayAccept,
    relay.RelayReconnect,
    relay.ShowTiles,
    e2ee.PresentKeys,
    e2ee.WrapKeys,
    e2ee.AcknowledgeKey,
    e2ee.KeyPlease,
    door.Look,
    door.Knock,
    door.StopKnocking,
    door.Watch,
    door.AnswerKnock,
    door.AdmitAll,
    door.LoadStill,
    hosting.LockRoom,
    hosting.ChangePresenterMode,
    hosting.Mute,
    hosting.AskToUnmute,
    hosting.Remove,
    hosting.SendToLobby,
    hosting.MakeHost,
    hosting.ClearRoom,
    hosting.EndMeeting,
)

EVENTS: tuple[type[Event], ...] = (
    session.Welcome,
    session.Done,
    session.Refused,
    session.Ended,
    people.ParticipantJoined,
    people.ParticipantChanged,
    people.ParticipantLeft,
    chat.ChatPosted,
    chat.ChatChanged,
    chat.ChatCleared,
    chat.PrivateChatPosted,
    chat.PrivateChatChanged,
    chat.TypingShown,
    chat.ChatLoaded,
    content.UsageLoaded,
    chat.ChatFound,
    content.ContentAdded,
    content.ContentRemoved,
    content.PresentationChanged,
    boards.BoardMade,
    boards.BoardAdded,
    boards.BoardChanged,
    boards.BoardRemoved,
    boards.BoardDrawn,
    boards.BoardMissed,
    boards.BoardPointed,
    media.SignalReceived,
    media.PathChanged,
    relay.RelayAnswered,
    relay.RelayOffered,
    e2ee.KeysWrapped,
    e2ee.KeyAcknowledged,
    e2ee.KeyAsked,
    door.DoorSeen,
    door.KnockSeen,
    door.DoorsWatched,
    door.KnocksChanged,
    door.AnswerTaken,
    door.StillLoaded,
    hosting.RoomChanged,
    hosting.MicrophoneAsked,
)

_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Union[COMMANDS])  # noqa: UP007 - of a tuple
_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Union[EVENTS])  # noqa: UP007
_encoder = msgspec.json.Encoder()


def decode_command(data: bytes | str) -> Command:
    """The command in one text message.

    Raises: MessageMalformed, with nothing of the message in it.
    """
    try:
        return _commands.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise MessageMalformed from None


def decode_event(data: bytes | str) -> Event:
    """The event in one text message, for clients written in Python.

    Raises: MessageMalformed.
    """
    try:
        return _events.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise MessageMalformed from None


def encode(message: Command | Event) -> bytes:
    """One text message, UTF-8."""
    return _encoder.encode(message)


def refused(refusal: Refusal, ref: int) -> session.Refused:
    """The refusal as an event."""
    return session.Refused(
        ref=ref, refusal=session.Refusal(code=refusal.code, facts=refusal.facts())
    )
