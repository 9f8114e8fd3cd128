"""Who may read what two people said to each other in private, now and later.

Each of the two is a mark, which is kept with the message: of the account, where somebody was signed
in when it was said, else of the participant. What bears the mark of an account opens for that
account only, on whatever page of theirs and in every later meeting; not for whoever comes back as
the same participant after signing out. What bears the mark of a participant opens for whoever comes
back as that participant, and when nobody can do that any more, for nobody.

Marks are fingerprints: who talks with whom stands nowhere in clear.
"""

from dataclasses import dataclass
from typing import Final

from meetd.storage.vault import Fingerprints, Vault

_PURPOSE: Final = "chat readers"

Pair = tuple[bytes, bytes]
"""Marks of who said it and of whom it was said to."""


@dataclass(frozen=True)
class Reader:
    """Somebody who looks. ``mark``: what is kept for them from now on bears it. ``marks``: what
    bears one of them is theirs to read."""

    mark: bytes
    marks: frozenset[bytes]

    def may_read(self, between: Pair | None) -> bool:
        """``None``: it was said to everybody."""
        return between is None or not self.marks.isdisjoint(between)


ANYBODY: Final = Reader(b"", frozenset())
"""Somebody who reads what was said to everybody."""


class Readers:
    """Knows people by their marks."""

    def __init__(self, fingerprints: Fingerprints) -> None:
        self._fingerprints = fingerprints

    @classmethod
    async def open(cls, vault: Vault) -> "Readers":
        return cls(await vault.fingerprints(_PURPOSE))

    def reader(self, participant_id: str | None, account_id: str | None) -> Reader:
        """``account_id``: of who is signed in. Without a participant: somebody who comes for the
        first time."""
        marks = list[bytes]()
        if account_id is not None:
            marks.append(self.account(account_id))
        if participant_id is not None:
            marks.append(self._fingerprints.of(f"participant/{participant_id}"))
        return Reader(marks[0], frozenset(marks)) if marks else ANYBODY

    def account(self, account_id: str) -> bytes:
        return self._fingerprints.of(f"account/{account_id}")
