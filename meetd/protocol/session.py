"""One connection: joining, coming back, leaving, and the answers to commands."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, Millis, Ref, Value
from meetd.protocol.boards import Board
from meetd.protocol.chat import ChatPage
from meetd.protocol.content import ContentItem, Presentation
from meetd.protocol.door import AccessKey, PlaceKey
from meetd.protocol.e2ee import PublicKey
from meetd.protocol.hosting import Room
from meetd.protocol.media import PathChanged
from meetd.protocol.people import Participant


class Join(Command, frozen=True, kw_only=True):
    """The first message of a connection: enter the room, or come back into it.

    Answered by ``Welcome`` or ``Refused``.
    """

    room: Annotated[str, Meta(max_length=256)]
    """Name of the room as in its URL."""
    name: Annotated[str, Meta(max_length=8_192)]
    way_back: Annotated[str, Meta(max_length=1_024)] | None = None
    """From the last ``Welcome``: come back as the same participant."""
    place: PlaceKey | None = None
    """From ``KnockSeen``, once admitted. Lets in once, and nobody but who knocked. With the key of
    an invite link: one that the page made; whoever comes again with it, because ``Welcome`` was
    lost, uses the link no second time."""
    sign_key: PublicKey | None = None
    """With a place: the one of the knock, and the one that ``PresentKeys`` has to present."""
    key: AccessKey | None = None
    microphone: bool
    camera: bool
    screen: bool


class Leave(Command, frozen=True, kw_only=True):
    """Leave for good. The server closes the connection."""


class Ping(Command, frozen=True, kw_only=True):
    """Is the server there? Answered by ``Done``. A page sends one every 10 s and takes 5 s without
    an answer as a lost connection; the server takes 45 s without any message as a lost page."""


class Snapshot(Value, frozen=True, kw_only=True):
    """The whole state of a meeting that events change."""

    room: Room
    participants: tuple[Participant, ...]
    """In the order of joining."""
    chat: ChatPage
    """The latest messages; earlier ones by ``LoadChat``."""
    content: tuple[ContentItem, ...]
    """Everything that is shared in the room, oldest first."""
    boards: tuple[Board, ...]
    """Whiteboards, oldest first."""
    presentation: Presentation | None
    """Of items and whiteboards."""


class Welcome(Event, frozen=True, kw_only=True):
    """You are in. The same for joining and for coming back: forget what was known before."""

    ref: Ref
    seq: int
    """The snapshot contains every meeting event up to this one."""
    meeting: Id
    """A new one whenever the room was empty or the server restarted."""
    began: Millis
    """When it did: what is in the room and younger was made in this meeting."""
    you: Id
    way_back: str
    snapshot: Snapshot
    paths: tuple[PathChanged, ...]
    """The paths to the others that are known already."""
    content_key: str
    """Fetches and sends files over HTTP, for as long as you are in."""
    media_port: int
    """UDP port of the server's host that answers STUN binding requests (RFC 8489)."""
    relayed_only: bool
    """Every path is relayed, so that nobody learns another's address: build no direct one."""
    limits: "Limits"
    now: Millis


class Limits(Value, frozen=True, kw_only=True):
    """What the page should hold people to before the server has to."""

    name: int
    chat_text: int
    file: int
    """Bytes of one file."""
    content: int
    """Bytes of all files in the room, with what is on its way."""
    participants: int


class Done(Event, frozen=True, kw_only=True):
    """The command with this ``ref`` was carried out."""

    ref: Ref


class Refused(Event, frozen=True, kw_only=True):
    """The command with this ``ref`` was not carried out; nothing changed."""

    ref: Ref
    refusal: "Refusal"


class Refusal(Value, frozen=True, kw_only=True):
    """What was refused and why: a code of the closed list and its facts."""

    code: str
    facts: dict[str, Any]


Why = Literal[
    "left",
    "came back elsewhere",
    "too slow",
    "silent",
    "stopping",
    "refused",
    "removed",
    "sent to lobby",
    "ended",
    "deleted",
    "access ended",
]


class Ended(Event, frozen=True, kw_only=True):
    """The last message of a connection that the server closes. ``retry``: come back at once."""

    why: Why
    retry: bool
