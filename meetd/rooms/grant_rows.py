"""Rows of access that was granted: what is written into them, what finds them, and what is read out
of them."""

from meetd.accounts.account import Account
from meetd.accounts.identity import email_key
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.rooms.browser_store import place_of_label
from meetd.rooms.grant import Grant, NewGrant, key_hash
from meetd.storage.database import Row
from meetd.storage.resealing import SealedColumn
from meetd.storage.vault import Fingerprints, Vault


class GrantRows:
    """Labels are encrypted with the key of the room, addresses are fingerprints."""

    def __init__(self, vault: Vault, clock: Clock, fingerprints: Fingerprints) -> None:
        self._vault = vault
        self._clock = clock
        self._fingerprints = fingerprints

    def of_email(self, email: str) -> bytes:
        """What finds a grant to that address."""
        return self._fingerprints.of(email_key(email))

    async def values(self, room_id: str, new: NewGrant) -> dict[str, object]:
        """Of a new row."""
        cipher = await self._vault.cipher("room", room_id)
        grant_id = new_id()
        return {
            "id": grant_id,
            "room": room_id,
            "level": new.level,
            "kind": new.kind,
            "account": new.account_id,
            "found_by": new.found_by,
            "label": cipher.seal(new.label.encode(), place_of_label(grant_id)),
            "expires": new.expires_at,
            "uses": new.uses,
            "now": self._clock.now(),
            "answer": "accepted" if new.accepted_by else None,
            "answered_by": new.accepted_by,
            "through": None,
        }

    def finding(self, account: Account | None, key: str | None) -> dict[str, object]:
        """An address counts only once its owner confirmed it."""
        email = account.email if account and account.email_confirmed_at is not None else None
        return {
            "account": account.id if account else None,
            "email": self.of_email(email) if email else None,
            "key": key_hash(key) if key else None,
        }

    async def opened(self, row: Row) -> Grant:
        cipher = await self._vault.cipher("room", row["room_id"])
        return Grant(
            id=row["id"],
            room_id=row["room_id"],
            level=row["level"],
            kind=row["kind"],
            account_id=row["account_id"],
            label=cipher.open(row["sealed_label"], place_of_label(row["id"])).decode(),
            expires_at=row["expires_at"],
            uses_left=row["uses_left"],
            made_at=row["made_at"],
            last_used_at=row["last_used_at"],
            answer=row["answer"],
            answered_by=row["answered_by"],
            through=row["through"],
        )


SEALED = (
    SealedColumn(
        "access_grants",
        "sealed_label",
        ("id",),
        "room_id = :room",
        lambda row: place_of_label(row["id"]),
    ),
)
