"""What a call is, and what others do for it."""

from dataclasses import dataclass
from typing import Literal, Protocol

Verdict = Literal["admit", "turn_away"]
Outcome = Literal["done", "answered", "gone", "no_host"]
"""``answered``: by somebody else before. ``gone``: nobody waits there any more. ``no_host``: that
account may not answer any more."""


@dataclass(frozen=True)
class Told:
    """What became of a call. ``anybody``: a mail or a notification for that knock is on its way to
    a host, now or since before. ``again``: another host wants to be told and could not be just now:
    called too often, or asleep.

    At a room, whoever knocks may know the first: that it has hosts is no secret. At a reception
    they may know neither: it would tell them whether somebody receives there at all.
    """

    anybody: bool
    again: bool


@dataclass(frozen=True)
class Call:
    """A knock to tell hosts of. Names and message are cleaned already (``core.text``).

    ``door``: what the host knows it by, a room's name or a reception's. ``knocked_at`` in
    milliseconds since the Unix epoch.
    """

    knock_id: str
    door: str
    knocker: str
    message: str
    knocked_at: int
    account_ids: tuple[str, ...]
    network: str = ""
    """Where the knock came from; empty when that is not known any more."""

    def __repr__(self) -> str:
        """Without anything personal: calls end up in tracebacks."""
        return f"Call({self.knock_id})"


@dataclass(frozen=True)
class Called:
    """What one host was told, and what a link to answer is about."""

    knock_id: str
    account_id: str
    door: str
    knocker: str
    message: str
    knocked_at: int

    def __repr__(self) -> str:
        return f"Called({self.knock_id}, {self.account_id})"


class Answerer(Protocol):
    """Who keeps the knocks. Everything is checked again there: between a call and its answer, a
    host may have lost the role, and somebody else may have answered."""

    async def answer(self, knock_id: str, account_id: str, verdict: Verdict) -> Outcome: ...


class Telling(Protocol):
    """Puts a call into words."""

    def letter(self, language: str, called: Called, path: str) -> tuple[str, str]:
        """Subject and text of a mail; ``path``: where to answer, on this server."""
        ...

    def notice(self, language: str, called: Called, path: str) -> bytes:
        """A notification, as the service worker of the page reads it."""
        ...
