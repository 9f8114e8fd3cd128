"""What is said in the chat of a room."""

from typing import Annotated

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, MeetingEvent, Millis, Ref, Value

ClientId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{16,64}\Z",
        description="Made by the page, once per message: sent again, it is not posted again.",
    ),
]


class Message(Value, frozen=True, kw_only=True):
    """One message. ``number`` counts from 1 in each room and has no gaps."""

    number: int
    at: Millis
    author: Id
    """Participant id of who wrote it; the participant may have left long ago."""
    name: str
    """Name of the author when it was written."""
    text: str
    client_id: ClientId


class ChatPage(Value, frozen=True, kw_only=True):
    """A run of messages, oldest first."""

    messages: tuple[Message, ...]
    earlier: bool
    """There are messages before the first of these."""


class SendChat(Command, frozen=True, kw_only=True):
    """Say something. Acknowledged by ``Done`` after it is safely stored; send it again, with the
    same ``clientId``, when no answer came."""

    client_id: ClientId
    text: str


class LoadChat(Command, frozen=True, kw_only=True):
    """Fetch the page of messages before message ``before``. Answered by ``ChatLoaded``."""

    before: Annotated[int, Meta(ge=1, le=2**53 - 1)]


class ChatPosted(MeetingEvent, frozen=True, kw_only=True):
    message: Message


class ChatLoaded(Event, frozen=True, kw_only=True):
    ref: Ref
    page: ChatPage
