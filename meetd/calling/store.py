"""All SQL about calls: what a host was told, and the link that answers.

As with sessions, a token is 256 random bits of which only the SHA-256 is kept. What the link shows
is encrypted with the host's key and goes when it was answered; the bare row stays for a day, so
that the limits outlive a restart.
"""

import hashlib
from typing import Any

import msgspec

from meetd.calling.call import Call, Called
from meetd.config.settings import Calls as Limits
from meetd.core.clock import Clock
from meetd.core.ids import new_token
from meetd.core.private import Private
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Vault

HOUR = 3_600_000
DAY = 24 * HOUR
LASTS = 12 * HOUR
"""Milliseconds that a link works."""

_TOKEN_LENGTH = 43
_MAX_DOOR = 150
_MAX_NAME = 64
_MAX_MESSAGE = 300
"""Characters that go into a call. With these a notification fits into what push services take."""


class _Sealed(msgspec.Struct, frozen=True):
    """What is encrypted of a call."""

    door: str
    knocker: str
    message: str
    knocked_at: int


class CallStore:
    """Calls at rest."""

    def __init__(self, database: Database, vault: Vault, limits: Limits, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._limits = limits
        self._clock = clock
        self.old = Aged(database, "knock_calls", "called_at < :cutoff")

    async def make(self, call: Call, account_id: str) -> tuple[Called, Private[str]] | None:
        """Note that a host is called, with the token that answers; ``None`` when that host has
        been called for this knock, just now, or too often. One statement decides and notes, so
        that no two calls can pass a limit together."""
        token = new_token()
        now = self._clock.now()
        called = _shortened(call, account_id)
        values = {
            "hash": _hash(token),
            "knock": call.knock_id,
            "account": account_id,
            "sealed": await self._seal(called, _hash(token)),
            "now": now,
            "expires": now + LASTS,
            **self._limit_values(now),
        }

        async def work(transaction: Transaction) -> bool:
            await transaction.execute(_SWEEP, values)
            return bool(await transaction.execute(_MAKE, values))

        return (called, Private(token)) if await self._database.write(work) else None

    async def was_called(self, knock_id: str, account_id: str) -> bool:
        """For that knock, lately."""
        rows = await self._database.read(
            "SELECT 1 FROM knock_calls WHERE account_id = :account AND knock_id = :knock",
            {"account": account_id, "knock": knock_id},
        )
        return bool(rows)

    async def look(self, token: str) -> Called | None:
        """What a token is about; it stays good."""
        if len(token) != _TOKEN_LENGTH:
            return None
        rows = await self._database.read(_LOOK, self._token_values(token))
        return await self._open(rows[0]) if rows else None

    async def take(self, token: str) -> Called | None:
        """The same, once."""
        if len(token) != _TOKEN_LENGTH:
            return None
        values = self._token_values(token)

        async def work(transaction: Transaction) -> Row | None:
            rows = await transaction.execute(_LOOK, values)
            await transaction.execute(
                "UPDATE knock_calls SET sealed = NULL WHERE token_hash = :hash", values
            )
            return rows[0] if rows else None

        row = await self._database.write(work)
        return await self._open(row) if row is not None else None

    async def forget(self, knock_id: str) -> None:
        """No link of that knock works any more, and nothing of it is kept but that there were
        calls."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE knock_calls SET sealed = NULL WHERE knock_id = :knock", {"knock": knock_id}
            )

        await self._database.write(work)

    async def of(self, account_id: str) -> list[tuple[int, Called | None]]:
        """When somebody was called, oldest first, and what for where that is still kept."""
        rows = await self._database.read(
            "SELECT * FROM knock_calls WHERE account_id = :id ORDER BY called_at, knock_id",
            {"id": account_id},
        )
        return [
            (row["called_at"], None if row["sealed"] is None else await self._open(row))
            for row in rows
        ]

    async def sweep(self) -> None:
        """What links showed that do not work any more."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE knock_calls SET sealed = NULL WHERE expires_at <= :now",
                {"now": self._clock.now()},
            )

        await self._database.write(work)

    async def erase(self, account_id: str) -> int:
        return await self._delete("account_id = :account", {"account": account_id})

    async def _delete(self, condition: str, values: dict[str, Any]) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                f"DELETE FROM knock_calls WHERE {condition} RETURNING knock_id",  # noqa: S608
                values,
            )
            return len(rows)

        return await self._database.write(work)

    def _limit_values(self, now: int) -> dict[str, int]:
        return {
            "just_now": now - self._limits.pause_seconds * 1_000,
            "an_hour_ago": now - HOUR,
            "a_day_ago": now - DAY,
            "per_hour": self._limits.per_hour,
            "per_day": self._limits.per_day,
        }

    def _token_values(self, token: str) -> dict[str, Any]:
        return {"hash": _hash(token), "now": self._clock.now()}

    async def _seal(self, called: Called, hashed: bytes) -> bytes:
        cipher = await self._vault.cipher("account", called.account_id)
        plain = _Sealed(called.door, called.knocker, called.message, called.knocked_at)
        return cipher.seal(msgspec.json.encode(plain), _place(hashed))

    async def _open(self, row: Row) -> Called:
        cipher = await self._vault.cipher("account", row["account_id"])
        plain = cipher.open(row["sealed"], _place(row["token_hash"]))
        told = msgspec.json.decode(plain, type=_Sealed)
        return Called(
            row["knock_id"],
            row["account_id"],
            told.door,
            told.knocker,
            told.message,
            told.knocked_at,
        )


def _shortened(call: Call, account_id: str) -> Called:
    """On one line where a mail has it in its subject."""
    return Called(
        knock_id=call.knock_id,
        account_id=account_id,
        door=" ".join(call.door.split())[:_MAX_DOOR],
        knocker=" ".join(call.knocker.split())[:_MAX_NAME],
        message=call.message[:_MAX_MESSAGE],
        knocked_at=call.knocked_at,
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _place(hashed: bytes) -> str:
    return f"knock_calls/{hashed.hex()}"


_LOOK = (
    "SELECT * FROM knock_calls"
    " WHERE token_hash = :hash AND sealed IS NOT NULL AND expires_at > :now"
)
_SWEEP = "DELETE FROM knock_calls WHERE called_at <= :a_day_ago"
_MAKE = (
    "INSERT INTO knock_calls (token_hash, knock_id, account_id, sealed, called_at, expires_at)"
    " SELECT :hash, :knock, id, :sealed, :now, :expires FROM accounts WHERE id = :account"
    " AND NOT EXISTS (SELECT 1 FROM knock_calls WHERE account_id = :account"
    " AND (knock_id = :knock OR called_at > :just_now))"
    " AND (SELECT count(*) FROM knock_calls"
    " WHERE account_id = :account AND called_at > :an_hour_ago) < :per_hour"
    " AND (SELECT count(*) FROM knock_calls"
    " WHERE account_id = :account AND called_at > :a_day_ago) < :per_day"
    " RETURNING knock_id"
)
