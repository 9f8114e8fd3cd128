"""What an owner grants: to whom, how much, and what they said to it."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account
from meetd.protocol.door import KnownBy

Level = Literal["knock", "join", "host"]
"""*should knock*, *always join*, *host*."""
Kind = Literal["account", "email", "link", "browser"]
"""``browser``: a visitor without account who was admitted for always."""
Answer = Literal["accepted", "declined"]


@dataclass(frozen=True)
class Grant:
    """One row of what an owner granted. Times in milliseconds since the epoch. ``label``: user
    name, address, or what the owner called the link. ``answer``: to the offer to be a host, by the
    account ``answered_by``. ``through``: id of the invite link that made the offer."""

    id: str
    room_id: str
    level: Level
    kind: Kind
    account_id: str | None
    label: str
    expires_at: int | None
    uses_left: int | None
    made_at: int
    last_used_at: int | None
    answer: Answer | None = None
    answered_by: str | None = None
    through: str | None = None

    @property
    def known_by(self) -> KnownBy | None:
        """As hosts are told; a browser has a key, and knocks at nothing."""
        return None if self.kind == "browser" else self.kind

    @property
    def needs_account(self) -> bool:
        return self.kind in {"account", "email"}

    @property
    def is_offer(self) -> bool:
        """Makes somebody a host once they accept."""
        return self.level == "host" and self.needs_account

    @property
    def is_owners(self) -> bool:
        """Only the owner takes it back: it makes a host, or keeps somebody from being one whom a
        team would make it otherwise."""
        return self.level == "host" or (self.needs_account and self.level == "knock")

    def has_ended(self, now: int) -> bool:
        """Its time is over. Nobody comes in by it, or is a host by it; whoever is in stays."""
        return self.expires_at is not None and self.expires_at <= now

    def is_accepted_by(self, account: Account) -> bool:
        """By that very account: an address may be somebody else's by now."""
        return self.answer == "accepted" and self.answered_by == account.id


@dataclass(frozen=True)
class NewGrant:
    """What is to be granted; ``found_by`` is what the store finds it by later."""

    level: Level
    kind: Kind
    label: str
    account_id: str | None = None
    found_by: bytes | None = None
    expires_at: int | None = None
    uses: int | None = None
    accepted_by: str | None = None
    """The account that wants to be a host, where nobody has to be asked any more."""


def key_hash(key: str) -> bytes:
    """What is kept of a link's key: 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).digest()
