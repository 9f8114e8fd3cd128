"""A whiteboard at rest."""

from dataclasses import dataclass, field

import msgspec


class Label(msgspec.Struct, frozen=True):
    """What people wrote, encrypted at rest: the board's name, and that of who made it."""

    name: str
    author_name: str


@dataclass(frozen=True)
class Board:
    """A whiteboard in a room. ``added_at`` in milliseconds since the Unix epoch; ``author`` is a
    participant id, whose participant may have left long ago."""

    id: str
    room_id: str
    label: Label = field(repr=False)
    author: str
    added_at: int


@dataclass(frozen=True)
class Snapshot:
    """How a board was. ``number`` of the last update in it; ``made_at`` in milliseconds."""

    id: str
    number: int
    author_name: str = field(repr=False)
    made_at: int


@dataclass(frozen=True)
class Kept:
    """Updates as they lie in the store: everything up to ``number``, or that one alone."""

    number: int
    update: bytes = field(repr=False)
