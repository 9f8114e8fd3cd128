"""A page's side of a whiteboard, in Python: a Yjs document of its own, and what it has to send."""

import base64
from typing import Any

from pycrdt import Doc, Map, TransactionEvent

from meetd.protocol.boards import Draw


class Sketch:
    """One page that draws."""

    def __init__(self, client: int | None = None) -> None:
        self.document: Doc[Map[Any]] = Doc() if client is None else Doc(client_id=client)
        self.objects = self.document.get("objects", type=Map)
        self.updates: list[bytes] = []
        """Of its own, in order."""
        self._is_taking = False
        self._subscription = self.document.observe(self._changed)

    def stroke(self, name: str, length: int = 40) -> bytes:
        """Draw something; returns the update."""
        self.objects[name] = {"kind": "pen", "points": bytes(length)}
        return self.updates[-1]

    def erase(self, name: str) -> bytes:
        del self.objects[name]
        return self.updates[-1]

    def take(self, update: bytes) -> None:
        """From somebody else."""
        self._is_taking = True
        self.document.apply_update(update)
        self._is_taking = False

    @property
    def drawn(self) -> dict[str, Any]:
        return self.objects.to_py() or {}

    def _changed(self, event: TransactionEvent) -> None:
        if not self._is_taking:
            self.updates.append(event.update)


def encoded(update: bytes) -> str:
    return base64.urlsafe_b64encode(update).rstrip(b"=").decode()


def decoded(update: str) -> bytes:
    return base64.urlsafe_b64decode(update + "=" * (-len(update) % 4))


def draw(board: str, update: bytes) -> Draw:
    return Draw(board=board, update=encoded(update))
