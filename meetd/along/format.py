"""What is in the archive of a room: a ZIP with ``manifest.json``, which names everything else.

Two archives of rooms with the same in them are the same, byte for byte: there is no time of making,
no id and no name of a server in them.
"""

from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

from meetd.chat.conversation import MOST_REACTIONS
from meetd.protocol.chat import MOST_MENTIONS, Emoji

FORMAT: Final = "meetd room"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
INDEX: Final = "index.html"
DOCUMENT: Final = "document.yjs"
PAGE: Final = 500
"""Messages of one part of the chat, which is there as JSON, as text and as HTML."""

MOST_MANIFEST: Final = 4_000_000
"""Bytes."""
MOST_MESSAGES: Final = 1_000_000
MOST_CHAT: Final = 16 << 20
"""Bytes of the JSON of one part: 500 messages of 4,000 characters with everybody who reacted."""

_LATEST: Final = 253_402_300_799_999
"""Milliseconds since the Unix epoch: the end of the year 9999."""

Path = Annotated[
    str, Meta(pattern=r"^(?!.*(^|/)\.)[A-Za-z0-9._-]{1,140}(/[A-Za-z0-9._-]{1,140}){0,3}\Z")
]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Length = Annotated[int, Meta(ge=0, le=1 << 50)]
At = Annotated[int, Meta(ge=0, le=_LATEST)]
Person = Annotated[int, Meta(ge=1, le=MOST_MESSAGES)]
"""Somebody who was in the room, counted in the order in which they appear: chat, files, boards. It
leads to nobody."""
Raw = Annotated[str, Meta(max_length=16_000)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the archive."""

    bytes: Length
    sha256: Digest


class SharedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the room. ``path`` in the archive; ``name`` as people see it."""

    path: Path
    name: Raw
    mediaType: Raw  # noqa: N815 - as it is written
    by: Person
    byName: Raw  # noqa: N815
    at: At


class Whiteboard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``folder``: where its document and its pages lie."""

    folder: Path
    pages: Annotated[int, Meta(ge=1, le=999)]
    name: Raw
    by: Person
    byName: Raw  # noqa: N815
    at: At


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``parts``: everything in the archive but this itself, by path. ``leftOut``: names of files
    that were damaged on the server already."""

    format: Literal["meetd room"]
    version: Literal[1]
    room: Raw
    messages: Annotated[int, Meta(ge=0, le=MOST_MESSAGES)]
    files: Annotated[list[SharedFile], Meta(max_length=10_000)]
    whiteboards: Annotated[list[Whiteboard], Meta(max_length=1_000)]
    leftOut: Annotated[list[Raw], Meta(max_length=10_000)] = []  # noqa: N815
    parts: Annotated[dict[Path, Part], Meta(max_length=65_000)]


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reaction."""

    emoji: Emoji
    by: Annotated[list[Person], Meta(min_length=1, max_length=MOST_REACTIONS)]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A message, in ``chat/<part>.json``. They are counted from 1 without a gap."""

    number: Annotated[int, Meta(ge=1, le=MOST_MESSAGES)]
    at: At
    by: Person
    name: Raw
    text: Raw
    replyTo: Annotated[int, Meta(ge=1, le=MOST_MESSAGES)] | None = None  # noqa: N815
    editedAt: At | None = None  # noqa: N815
    deleted: bool = False
    reactions: Annotated[list[Mark], Meta(max_length=len(get_args(Emoji)))] = []
    mentions: Annotated[list[Raw], Meta(max_length=MOST_MENTIONS)] = []
    """Names, as they were when it was said, of what it points to."""


class Version(msgspec.Struct, frozen=True):
    """What is looked at first: the rest may be another form."""

    format: str
    version: int


def chat_part(number: int) -> int:
    """Of the chat, where that message is; counted from 1."""
    return (number - 1) // PAGE + 1
