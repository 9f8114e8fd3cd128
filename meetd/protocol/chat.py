"""What is said in the chat of a room."""

from typing import Annotated, Literal

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, MeetingEvent, Millis, Ref, Value

ClientId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{16,64}\Z",
        description="Made by the page, once per message: sent again, it is not posted again.",
    ),
]


Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Emoji = Literal["👍", "❤️", "😂", "😮", "😢", "🎉"]
"""A closed list: whatever a page is sent, it can show."""


class Reaction(Value, frozen=True, kw_only=True):
    """What some people think of a message."""

    emoji: Emoji
    by: tuple[Id, ...]
    """Participant ids, first come first; they may have left long ago."""


class Message(Value, frozen=True, kw_only=True):
    """One message. ``number`` counts from 1 in each room; what was cleared leaves a gap before the
    first."""

    number: int
    at: Millis
    author: Id
    """Participant id of who wrote it; the participant may have left long ago."""
    name: str
    """Name of the author when it was written."""
    text: str
    client_id: ClientId
    reply_to: int | None = None
    """Number of the message that this one answers; it may be gone."""
    edited_at: Millis | None = None
    deleted: bool = False
    """By its author or a host: it has no text any more."""
    reactions: tuple[Reaction, ...] = ()


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
    reply_to: Number | None = None


class EditChat(Command, frozen=True, kw_only=True):
    """Say one's own message differently; everybody sees that it was changed."""

    number: Number
    text: str


class DeleteChat(Command, frozen=True, kw_only=True):
    """Take a message back: one's own, or as a host anybody's. That there was one stays to be
    seen."""

    number: Number


class ReactToChat(Command, frozen=True, kw_only=True):
    """Put one's mark on a message, or take it off again."""

    number: Number
    emoji: Emoji
    on: bool


class LoadChat(Command, frozen=True, kw_only=True):
    """Fetch the page of messages before message ``before``. Answered by ``ChatLoaded``."""

    before: Number


class SearchChat(Command, frozen=True, kw_only=True):
    """Find messages with that text in them, in whatever case, newest first. Answered by
    ``ChatFound``."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    before: Number | None = None
    """``None``: from the newest; else on from where the last answer ended."""


class ChatPosted(MeetingEvent, frozen=True, kw_only=True):
    message: Message


class ChatChanged(MeetingEvent, frozen=True, kw_only=True):
    """A message as it is now, in the place of the one with its number. Pages that have not loaded
    it do not need it."""

    message: Message


class ChatCleared(MeetingEvent, frozen=True, kw_only=True):
    """All messages up to that number are gone."""

    up_to: int


class ChatFound(Event, frozen=True, kw_only=True):
    ref: Ref
    messages: tuple[Message, ...]
    """Newest first."""
    before: int | None
    """Messages before that number were not looked at yet; ``None``: all were."""


class ChatLoaded(Event, frozen=True, kw_only=True):
    ref: Ref
    page: ChatPage
