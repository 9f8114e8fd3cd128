"""What a command and an event have in common."""

from typing import Annotated

import msgspec
from msgspec import Meta

Ref = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Number the page gave the command.")]
Id = Annotated[str, Meta(min_length=1, max_length=64, description="An id made by the server.")]
Millis = Annotated[int, Meta(description="Milliseconds since the Unix epoch.")]


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", tag=True
):
    """Page to server. ``ref`` comes back in the answer, ``Done`` or ``Refused``."""

    ref: Ref = 0


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag=True):
    """Server to page."""


class MeetingEvent(Event, frozen=True, kw_only=True):
    """Goes to everybody in the meeting, in the order of ``seq``: snapshot + events = snapshot."""

    seq: int


class Value(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of messages."""
