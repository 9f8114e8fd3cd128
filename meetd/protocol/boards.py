"""Whiteboards: Yjs documents. What is kept of one is fetched over HTTP, with the key from
``Welcome``, at ``/api/v1/boards/<id>``; what is drawn meanwhile travels here."""

from typing import Annotated

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, MeetingEvent, Millis, Ref, Value

MAX_ENCODED = 60_000

Update = Annotated[
    str,
    Meta(
        max_length=MAX_ENCODED,
        pattern="^[A-Za-z0-9_-]*$",
        description="A Yjs update, version 1, in base64url without padding.",
    ),
]
Place = Annotated[float, Meta(ge=-1_000_000, le=1_000_000)]


class Board(Value, frozen=True, kw_only=True):
    """A whiteboard of the room."""

    id: Id
    name: str
    author: Id
    """Participant id of who made it; the participant may have left long ago."""
    author_name: str
    added_at: Millis


class Point(Value, frozen=True, kw_only=True):
    """A place on a board, in units of the board."""

    x: Place
    y: Place


class AddBoard(Command, frozen=True, kw_only=True):
    """A new, empty board in the room. Answered by ``BoardMade``."""

    name: Annotated[str, Meta(max_length=8_192)]


class RenameBoard(Command, frozen=True, kw_only=True):
    """Another name for a board: hosts any, others their own."""

    board: Id
    name: Annotated[str, Meta(max_length=8_192)]


class KeepSnapshot(Command, frozen=True, kw_only=True):
    """Keep how the board is now, to go back to; the oldest ones make room. They are listed at
    ``/api/v1/boards/<id>/snapshots`` and fetched at ``/api/v1/boards/<id>/snapshots/<id>``."""

    board: Id


class RemoveBoard(Command, frozen=True, kw_only=True):
    """Take a board out of the room, for everybody: hosts any, others their own."""

    board: Id


class WatchBoard(Command, frozen=True, kw_only=True):
    """Hear what is drawn on a board from now on. What is kept of it is fetched after that."""

    board: Id


class UnwatchBoard(Command, frozen=True, kw_only=True):
    board: Id


class Draw(Command, frozen=True, kw_only=True):
    """Change a board. ``Done`` once it is safely kept; sent twice, it is as if sent once.

    The update may only go on from what the sender did before, and from what the board has.
    """

    board: Id
    update: Update


class PointOnBoard(Command, frozen=True, kw_only=True):
    """Where one's hand is, for whoever watches the board; nothing of it is kept."""

    board: Id
    at: Point | None
    """``None``: not on the board."""


class BoardMade(Event, frozen=True, kw_only=True):
    ref: Ref
    board: Id


class BoardAdded(MeetingEvent, frozen=True, kw_only=True):
    board: Board


class BoardChanged(MeetingEvent, frozen=True, kw_only=True):
    board: Board


class BoardRemoved(MeetingEvent, frozen=True, kw_only=True):
    board: Id


class BoardDrawn(Event, frozen=True, kw_only=True):
    """To whoever watches the board, and did not draw it."""

    board: Id
    number: int
    """Rises with every update that is kept. What was kept after a number can be fetched."""
    update: Update


class BoardMissed(Event, frozen=True, kw_only=True):
    """The page does not watch the board any more: it could not keep up, or may not see it now."""

    board: Id


class BoardPointed(Event, frozen=True, kw_only=True):
    board: Id
    participant: Id
    at: Point | None
