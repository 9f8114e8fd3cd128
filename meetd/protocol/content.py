"""What is shared in a room. Files themselves travel over HTTP (tus 1.0.0), with the key from
``Welcome``."""

from meetd.protocol.base import Command, Id, MeetingEvent, Millis, Value


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


class RemoveContent(Command, frozen=True, kw_only=True):
    """Take a file out of the room, for everybody: hosts any, others their own."""

    item: Id


class ContentAdded(MeetingEvent, frozen=True, kw_only=True):
    item: ContentItem


class ContentRemoved(MeetingEvent, frozen=True, kw_only=True):
    item: Id
