"""What is shared in a room, and what is on its way there."""

from dataclasses import dataclass, field

import msgspec


class Label(msgspec.Struct, frozen=True):
    """What people wrote, encrypted at rest: the file's name, its media type as the sender's browser
    had it (RFC 6838), and the name of who shared it."""

    name: str
    media_type: str
    author_name: str


@dataclass(frozen=True)
class Item:
    """A file in a room. ``length`` in bytes; ``added_at`` in milliseconds since the Unix epoch;
    ``author`` is a participant id, whose participant may have left long ago."""

    id: str
    room_id: str
    blob_id: str
    label: Label = field(repr=False)
    length: int
    author: str
    added_at: int


@dataclass(frozen=True)
class Upload:
    """A file on its way. ``received`` bytes of ``length`` are safely kept; those after the last
    whole segment are in ``tail``. ``chain`` sums up the whole segments so far (``chained``)."""

    id: str
    room_id: str
    label: Label = field(repr=False)
    length: int
    author: str
    received: int
    chain: bytes
    tail: bytes = field(repr=False)
    touched_at: int

    @property
    def is_whole(self) -> bool:
        return self.received == self.length
