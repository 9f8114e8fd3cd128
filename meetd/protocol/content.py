"""What is shared in a room. Files themselves travel over HTTP (tus 1.0.0), with the key from
``Welcome``."""

from typing import Annotated

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, MeetingEvent, Millis, Ref, Value

Part = Annotated[float, Meta(ge=0, le=1)]


class ContentItem(Value, frozen=True, kw_only=True):
    """A file in the room, at ``/api/v1/items/<id>?key=<contentKey>``."""

    id: Id
    name: str
    """Of the file, as people see it."""
    media_type: str
    """As the browser of whoever shared it had it: a hint, nothing more."""
    length: int
    """Bytes."""
    author: Id
    """Participant id of who shared it; the participant may have left long ago."""
    author_name: str
    added_at: Millis


class View(Value, frozen=True, kw_only=True):
    """The place of an item that somebody looks at. Of a whiteboard, ``at`` are units of the board
    from side to side of what is seen, ``zoom`` is its width by its height, and ``x`` and ``y`` are
    parts of the way from -1,000,000 to 1,000,000; all of it as long as nobody moved it."""

    page: Annotated[int, Meta(ge=1, le=100_000)]
    zoom: Annotated[float, Meta(ge=0.1, le=20)]
    """1: as large as fits."""
    x: Part
    y: Part
    """The middle of what is seen, as parts of the whole."""
    at: Annotated[float, Meta(ge=0, le=1e7)]
    """Seconds into sound and film, when this was said; said again while it plays."""
    playing: bool


class OpenedItem(Value, frozen=True, kw_only=True):
    item: Id
    view: View
    """Of whoever presents."""


class Presentation(Value, frozen=True, kw_only=True):
    """Items that are open for everybody, as tabs."""

    presenter: Id
    """Participant id; the participant may have left."""
    shown: Id
    """The item that the presenter shows; one of ``opened``."""
    opened: tuple[OpenedItem, ...]
    """In the order in which they were opened; at least one."""


class PresentContent(Command, frozen=True, kw_only=True):
    """Show an item to everybody. Whoever does so presents from now on."""

    item: Id


class MoveView(Command, frozen=True, kw_only=True):
    """Look at another place of what one presents."""

    item: Id
    view: View


class CloseContent(Command, frozen=True, kw_only=True):
    """Put an item back for everybody: hosts, and whoever presents."""

    item: Id


class RemoveContent(Command, frozen=True, kw_only=True):
    """Take a file out of the room, for everybody: hosts any, others their own."""

    item: Id


class LoadUsage(Command, frozen=True, kw_only=True):
    """How much there is in the room, and how much there may be. Answered by ``UsageLoaded``."""


class Held(Value, frozen=True, kw_only=True):
    """How much there is of something in the room."""

    count: int
    bytes: int


class UsageLoaded(Event, frozen=True, kw_only=True):
    ref: Ref
    files: Held
    """With what is on its way."""
    boards: Held
    """With their snapshots."""
    chat: Held
    """Without private messages."""
    limit: int
    """Bytes of all files in the room."""
    server_limit: int
    """Bytes of all files in all rooms together."""
    most_boards: int
    """In the room."""


class ContentAdded(MeetingEvent, frozen=True, kw_only=True):
    item: ContentItem


class ContentRemoved(MeetingEvent, frozen=True, kw_only=True):
    item: Id


class PresentationChanged(MeetingEvent, frozen=True, kw_only=True):
    presentation: Presentation | None
    """``None``: nothing is open any more."""
