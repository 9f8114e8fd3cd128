"""All SQL about one-time links: invitations, reset, confirmation, changes of address, and the first
administrator's.

As with sessions, 256 random bits of which only the SHA-256 is kept. A link is for one purpose, runs
out, and is gone once used: taking it and what it allows are one transaction.
"""

from dataclasses import dataclass
from typing import Literal

from meetd.accounts.session_store import DAY, token_hash
from meetd.core.clock import Clock
from meetd.core.ids import new_token
from meetd.core.private import Private
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault

Purpose = Literal[
    "administrator", "invitation", "reset", "confirm", "change-old", "change-new", "change-undo"
]

_HOUR = DAY // 24
LASTS: dict[Purpose, int] = {
    "administrator": DAY,
    "invitation": 7 * DAY,
    "reset": _HOUR,
    "confirm": DAY,
    "change-old": 7 * DAY,
    "change-new": 7 * DAY,
    "change-undo": 14 * DAY,
}
"""Milliseconds."""
HANDED_ON = DAY
"""Milliseconds that a reset link lasts when somebody has to pass it on by hand."""


@dataclass(frozen=True)
class Link:
    """What a link allows. ``email``: the address that an invitation is for (``""``: anybody), or
    that an account changes to."""

    purpose: Purpose
    account_id: str | None
    email: str


class LinkStore:
    """Links at rest."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self.ended = Aged(database, "account_links", "expires_at < :cutoff")

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "LinkStore":
        return cls(database, await vault.cipher("server", "links"), clock)

    async def make(
        self,
        purpose: Purpose,
        *,
        account_id: str | None = None,
        email: str = "",
        lasts: int | None = None,
    ) -> Private[str]:
        """A new token. Earlier ones of the same purpose for the same account end, and so do those
        that ran out. ``lasts`` in milliseconds."""
        token = new_token()
        hashed = token_hash(token)
        now = self._clock.now()
        sealed = self._cipher.seal(email.encode(), _place(hashed)) if email else None

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "DELETE FROM account_links WHERE expires_at <= :now OR (purpose = :purpose"
                " AND (account_id = :account OR purpose = 'administrator'))",
                {"now": now, "purpose": purpose, "account": account_id},
            )
            await transaction.execute(
                "INSERT INTO account_links"
                " (token_hash, purpose, account_id, sealed_email, created_at, expires_at)"
                " VALUES (:hash, :purpose, :account, :sealed, :now, :expires)",
                {
                    "hash": hashed,
                    "purpose": purpose,
                    "account": account_id,
                    "sealed": sealed,
                    "now": now,
                    "expires": now + (lasts or LASTS[purpose]),
                },
            )

        await self._database.write(work)
        return Private(token)

    async def look(self, purpose: Purpose, token: str) -> Link | None:
        """What that link allows, without using it up: mail programs open links by themselves."""
        rows = await self._database.read(_LOOK, self._values(purpose, token))
        return self._link(rows[0]) if rows else None

    async def take(self, transaction: Transaction, purpose: Purpose, token: str) -> Link | None:
        """Use it up, as part of the transaction that does what it allows."""
        rows = await transaction.execute(_TAKE, self._values(purpose, token))
        return self._link(rows[0]) if rows else None

    async def end_all_in(self, transaction: Transaction, account_id: str) -> None:
        """No link of that account works any more, as part of a transaction. The way back to an old
        address stays: whoever took the account over must not be able to shut it."""
        await transaction.execute(
            "DELETE FROM account_links WHERE account_id = :account AND purpose <> 'change-undo'",
            {"account": account_id},
        )

    async def end_in(
        self, transaction: Transaction, account_id: str, purposes: tuple[Purpose, ...]
    ) -> None:
        """Links of that account for those purposes work no more, as part of a transaction."""
        for purpose in purposes:
            await transaction.execute(
                "DELETE FROM account_links WHERE account_id = :account AND purpose = :purpose",
                {"account": account_id, "purpose": purpose},
            )

    def _values(self, purpose: Purpose, token: str) -> dict[str, object]:
        return {"hash": token_hash(token), "purpose": purpose, "now": self._clock.now()}

    def _link(self, row: Row) -> Link:
        sealed = row["sealed_email"]
        email = self._cipher.open(sealed, _place(row["token_hash"])).decode() if sealed else ""
        return Link(row["purpose"], row["account_id"], email)


def _place(hashed: bytes) -> str:
    return f"account_links/{hashed.hex()}"


_LOOK = (
    "SELECT * FROM account_links"
    " WHERE token_hash = :hash AND purpose = :purpose AND expires_at > :now"
)
_TAKE = (
    "DELETE FROM account_links"
    " WHERE token_hash = :hash AND purpose = :purpose AND expires_at > :now RETURNING *"
)
