"""What waits to be sent to one page. Bounded: a page that cannot keep up is cut off and comes back
through the same door, instead of filling the server's memory."""

from typing import Protocol

from meetd.protocol.base import Event
from meetd.protocol.codec import encode
from meetd.protocol.session import Ended, Why

OUTBOX_BYTES = 1 << 20
"""What may wait while as much again is being sent."""


class Wire(Protocol):
    """The connection behind an outbox."""

    def wake(self) -> None:
        """There is something to send, or the end has come."""
        ...


class Outbox:
    """Encoded messages in order, and how the connection ends after the last of them."""

    __slots__ = ("_messages", "_size", "_wire", "ended")

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._messages: list[bytes] = []
        self._size = 0
        self.ended: Ended | None = None

    @property
    def is_crowded(self) -> bool:
        """Half full: what one participant addresses to another has to wait, so that nobody can fill
        somebody else's outbox and have them cut off."""
        return self._size > OUTBOX_BYTES // 2

    def send(self, event: Event) -> None:
        """Send to this page alone."""
        self.send_encoded(encode(event))

    def send_encoded(self, message: bytes) -> None:
        """Send what was encoded once for many."""
        if self.ended is not None:
            return
        # One message alone always fits: a Welcome to a large room can be larger than the bound.
        if self._messages and self._size + len(message) > OUTBOX_BYTES:
            # What waits is of no use any more: the snapshot on coming back replaces it.
            self._messages.clear()
            self._size = 0
            self.end("too slow", retry=True)
            return
        self._messages.append(message)
        self._size += len(message)
        self._wire.wake()

    def end(self, why: Why, *, retry: bool) -> None:
        """Close after what waits was sent. Only the first reason counts."""
        if self.ended is not None:
            return
        self.ended = Ended(why=why, retry=retry)
        self._messages.append(encode(self.ended))
        self._wire.wake()

    def take(self) -> list[bytes]:
        """Everything that waits, to be sent in this order."""
        messages, self._messages, self._size = self._messages, [], 0
        return messages
