"""All SQL about browsers that take notifications."""

import base64
from typing import Any

import msgspec

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.private import Private
from meetd.push.subscription import Offer, Subscription
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Fingerprints, Vault

MOST_PER_ACCOUNT = 10
MOST_FAILURES = 20
"""Messages in a row that did not arrive, after which a browser is given up."""


class _Sealed(msgspec.Struct, frozen=True):
    """What is encrypted of a subscription."""

    endpoint: str
    public_key: str
    auth: str


class PushStore:
    """Subscriptions at rest, encrypted with the key of their account. They end with the session
    they were made in: the database sees to it, so that no way of ending a session can forget."""

    def __init__(
        self, database: Database, vault: Vault, fingerprints: Fingerprints, clock: Clock
    ) -> None:
        self._database = database
        self._vault = vault
        self._fingerprints = fingerprints
        self._clock = clock

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "PushStore":
        return cls(database, vault, await vault.fingerprints("push endpoint"), clock)

    async def add(self, account_id: str, session_id: str, offer: Offer, browser: str) -> bool:
        """Keep one; what was kept of the same browser goes, and the longest unused when there are
        too many. Returns whether the session was still there."""
        fresh = new_id()
        values = {
            "id": fresh,
            "account": account_id,
            "session": session_id,
            "fingerprint": self._fingerprint(offer.endpoint.reveal()),
            "sealed": await self._seal(account_id, fresh, offer),
            "browser": browser,
            "now": self._clock.now(),
            "most": MOST_PER_ACCOUNT,
        }

        async def work(transaction: Transaction) -> bool:
            if not await transaction.execute(_SESSION, values):
                return False
            await transaction.execute(
                "DELETE FROM push_subscriptions WHERE endpoint_fingerprint = :fingerprint", values
            )
            await transaction.execute(_ADD, values)
            await transaction.execute(_DROP_SURPLUS, values)
            return True

        return await self._database.write(work)

    async def of(self, account_id: str) -> list[Subscription]:
        """All of somebody, oldest first."""
        rows = await self._database.read(
            "SELECT * FROM push_subscriptions WHERE account_id = :id ORDER BY made_at, id",
            {"id": account_id},
        )
        return [await self._open(row) for row in rows]

    async def remove(self, account_id: str, subscription_id: str) -> bool:
        """One of theirs, nobody else's. Returns whether there was one."""
        return await self._delete(
            "id = :id AND account_id = :account", {"id": subscription_id, "account": account_id}
        )

    async def remove_endpoint(self, account_id: str, endpoint: str) -> bool:
        """The same, by what the browser knows of it."""
        return await self._delete(
            "endpoint_fingerprint = :fingerprint AND account_id = :account",
            {"fingerprint": self._fingerprint(endpoint), "account": account_id},
        )

    async def note_taken(self, subscription_id: str) -> None:
        """A message arrived at its push service."""
        await self._change(
            "UPDATE push_subscriptions SET last_used_at = :now, failures = 0 WHERE id = :id",
            {"id": subscription_id, "now": self._clock.now()},
        )

    async def note_failure(self, subscription_id: str) -> None:
        """A message did not; after many in a row the subscription goes."""
        values = {"id": subscription_id, "most": MOST_FAILURES}

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE push_subscriptions SET failures = failures + 1 WHERE id = :id", values
            )
            await transaction.execute(
                "DELETE FROM push_subscriptions WHERE id = :id AND failures >= :most", values
            )

        await self._database.write(work)

    async def erase(self, account_id: str) -> int:
        return await self._count("account_id = :account", {"account": account_id})

    async def _change(self, sql: str, values: dict[str, Any]) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(sql, values)

        await self._database.write(work)

    async def _delete(self, condition: str, values: dict[str, Any]) -> bool:
        return await self._count(condition, values) > 0

    async def _count(self, condition: str, values: dict[str, Any]) -> int:
        """Delete, and tell how many there were."""

        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                f"DELETE FROM push_subscriptions WHERE {condition} RETURNING id",  # noqa: S608
                values,
            )
            return len(rows)

        return await self._database.write(work)

    def _fingerprint(self, endpoint: str) -> bytes:
        return self._fingerprints.of(endpoint)

    async def _seal(self, account_id: str, subscription_id: str, offer: Offer) -> bytes:
        cipher = await self._vault.cipher("account", account_id)
        plain = _Sealed(
            offer.endpoint.reveal(),
            base64.b64encode(offer.public_key).decode(),
            base64.b64encode(offer.auth).decode(),
        )
        return cipher.seal(msgspec.json.encode(plain), _place(subscription_id))

    async def _open(self, row: Row) -> Subscription:
        cipher = await self._vault.cipher("account", row["account_id"])
        plain = msgspec.json.decode(cipher.open(row["sealed"], _place(row["id"])), type=_Sealed)
        return Subscription(
            id=row["id"],
            account_id=row["account_id"],
            session_id=row["session_id"],
            browser=row["browser"],
            made_at=row["made_at"],
            last_used_at=row["last_used_at"],
            offer=Offer(
                Private(plain.endpoint),
                base64.b64decode(plain.public_key),
                base64.b64decode(plain.auth),
            ),
        )


def _place(subscription_id: str) -> str:
    return f"push_subscriptions/{subscription_id}"


_SESSION = "SELECT 1 FROM account_sessions WHERE id = :session AND account_id = :account"
_ADD = (
    "INSERT INTO push_subscriptions (id, account_id, session_id, endpoint_fingerprint, sealed,"
    " browser, made_at, failures)"
    " VALUES (:id, :account, :session, :fingerprint, :sealed, :browser, :now, 0)"
)
_DROP_SURPLUS = (
    "DELETE FROM push_subscriptions WHERE account_id = :account AND id NOT IN"
    " (SELECT id FROM push_subscriptions WHERE account_id = :account"
    " ORDER BY id = :id DESC, coalesce(last_used_at, made_at) DESC, id LIMIT :most)"
)
