"""How lines are chained, and what can be wrong with a chain. Pure: no database, no key.

The hash of a line is SHA-256 (FIPS 180-4) over the columns as SQLite has them, each with its
storage class and length so that no two lines read the same, the hash of the line before among them.
It covers the details as they are kept, encrypted: so a copy of the database is verified without any
key, and the hash gives nothing away that could be guessed. That the encrypted bytes mean what was
written is held by their own tag (AES-256-GCM), which opens for this number only.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Value = int | str | bytes | None
Stored = tuple[str, bytes]
"""SQLite's storage class of a value, and the value as bytes."""

COLUMNS: Final = ("number", "at", "act", "actor", "room", "subject", "sealed", "previous_hash")
"""What the hash covers, in this order."""

_HASH_BYTES: Final = 32
_PREFIX: Final = b"meetd audit log 1\n"
_CLASSES: Final = {int: "integer", str: "text", bytes: "blob", type(None): "null"}


class Head(NamedTuple):
    """The last line of a chain. Whoever noted one down sees later whether the chain was cut or
    written anew."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """From ``NUMBER:HASH``. Raises: ValueError."""
        number, _, hexadecimal = text.strip().partition(":")
        head = cls(int(number), bytes.fromhex(hexadecimal))
        if head.number < 0 or len(head.hash) != _HASH_BYTES:
            raise ValueError("not a head")
        return head


START: Final = Head(0, bytes(_HASH_BYTES))
"""What the first line follows."""

What = Literal["gap", "changed", "link", "cut", "other"]
"""What is wrong: numbers do not follow each other, a line is not what its hash says, it does not
follow the line before it, the noted line is not there any more, it is another one."""


@dataclass(frozen=True)
class Problem:
    """The first thing that is wrong, and the number of its line."""

    what: What
    number: int


@dataclass(frozen=True)
class Verdict:
    """``head``: the last line up to which everything is right."""

    head: Head
    problem: Problem | None


@dataclass(frozen=True)
class Link:
    """One line as it is stored, whatever somebody put there."""

    number: int
    columns: tuple[Stored, ...]
    previous_hash: bytes
    hash: bytes


def stored(values: Iterable[Value]) -> tuple[Stored, ...]:
    """How SQLite will have these values."""
    return tuple((_CLASSES[type(value)], _bytes_of(value)) for value in values)


def link_hash(columns: Iterable[Stored]) -> bytes:
    """The hash of a line."""
    digest = hashlib.sha256(_PREFIX)
    for kind, content in columns:
        digest.update(f"{kind} {len(content)}\n".encode())
        digest.update(content)
    return digest.digest()


class Checker:
    """Walks along a chain, one line at a time, remembering one."""

    def __init__(self, noted: Head | None = None, base: Head = START) -> None:
        """``base``: what the first line follows."""
        self._noted = noted
        self.head = base

    def check(self, link: Link) -> Problem | None:
        """The next line, by number."""
        wanted = self.head.number + 1
        if link.number != wanted:
            return Problem("gap", min(wanted, link.number))
        if link_hash(link.columns) != link.hash:
            return Problem("changed", wanted)
        if link.previous_hash != self.head.hash:
            return Problem("link", wanted)
        self.head = Head(wanted, link.hash)
        if self._noted is not None and wanted == self._noted.number and self.head != self._noted:
            return Problem("other", wanted)
        return None

    def finish(self) -> Problem | None:
        """After the last line."""
        if self._noted is not None and self._noted.number > self.head.number:
            return Problem("cut", self.head.number + 1)
        return None


def _bytes_of(value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode()
