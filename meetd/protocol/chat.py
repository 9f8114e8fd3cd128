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


MOST_MENTIONS = 10
"""In one message."""
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Emoji = Literal["👍", "❤️", "😂", "😮", "😢", "🎉"]
"""A closed list: whatever a page is sent, it can show."""


class Reaction(Value, frozen=True, kw_only=True):
    """What some people think of a message."""

    emoji: Emoji
    by: tuple[Id, ...]
    """Participant ids, first come first; they may have left long ago."""


class Addressee(Value, frozen=True, kw_only=True):
    """To whom a message was said in private."""

    id: Id
    """Participant id; the participant may have left long ago."""
    name: str
    """Name when it was said."""


class Mention(Value, frozen=True, kw_only=True):
    """Something of the shared content that a message points to."""

    item: Id
    """A file or a whiteboard; it may be gone from the room."""
    name: str
    """Its name when it was mentioned."""


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
    to: Addressee | None = None
    """``None``: said to everybody. Else nobody but these two is ever sent it."""
    mentions: tuple[Mention, ...] = ()


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
    """May be empty where something is mentioned."""
    reply_to: Number | None = None
    """Left out of the message when it names none that everybody who gets this one may read."""
    to: Id | None = None
    """A participant who is in: said to that one alone. ``None``: to everybody."""
    mentions: Annotated[tuple[Id, ...], Meta(max_length=MOST_MENTIONS)] = ()
    """Files and whiteboards of the room."""


class ShowTyping(Command, frozen=True, kw_only=True):
    """Let others see that one is writing; pages send it at most every 3 s while they are. Nothing
    is kept of it."""

    to: Id | None = None
    """As in ``SendChat``: nobody else is told."""


class EditChat(Command, frozen=True, kw_only=True):
    """Say one's own message differently; everybody sees that it was changed."""

    number: Number
    text: str


class DeleteChat(Command, frozen=True, kw_only=True):
    """Take a message back: one's own, or as a host anybody's that was said to everybody. That there
    was one stays to be seen."""

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


class PrivateChatPosted(Event, frozen=True, kw_only=True):
    """Said in private: to the two alone, so that it has no ``seq`` of the meeting. It belongs to
    the chat of the snapshot like the others, by its number."""

    message: Message


class PrivateChatChanged(Event, frozen=True, kw_only=True):
    """As ``ChatChanged``, to the two alone."""

    message: Message


class TypingShown(Event, frozen=True, kw_only=True):
    """Somebody is writing. Pages show it for a few seconds, or until a message of theirs comes."""

    participant: Id
    private: bool
    """To whom this is sent, and to nobody else."""


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
