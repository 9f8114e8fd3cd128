"""All SQL about changes of e-mail addresses: one at a time for an account."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from meetd.accounts.account import WAY_BACK, Account, refuse
from meetd.accounts.session_store import DAY
from meetd.core.clock import Clock
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault

Side = Literal["old", "new"]

PENDING = 7 * DAY
"""Milliseconds that both addresses have to be confirmed in."""


class _Addresses(msgspec.Struct, frozen=True):
    """What is encrypted of a change."""

    old: str
    new: str


@dataclass(frozen=True)
class AddressChange:
    """A change that was asked for, or made. Times in milliseconds since the Unix epoch."""

    account_id: str
    old: str
    new: str
    asked_at: int
    old_confirmed_at: int | None
    new_confirmed_at: int | None
    changed_at: int | None

    def __repr__(self) -> str:
        return f"AddressChange({self.account_id})"


class AddressStore:
    """Changes at rest."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        table = "account_address_changes"
        self.waiting = Aged(database, table, "changed_at IS NULL AND asked_at < :cutoff")
        self.made = Aged(database, table, "changed_at < :cutoff")

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "AddressStore":
        return cls(database, vault, clock)

    async def ask(self, account: Account, new: str, old_fingerprint: bytes) -> None:
        """Begin a change; one that waits is replaced.

        Raises: AccountRefused when the last one was made lately.
        """
        cipher = await self._vault.cipher("account", account.id)
        plain = msgspec.json.encode(_Addresses(account.email, new))
        values = {
            "id": account.id,
            "sealed": cipher.seal(plain, _place(account.id)),
            "fingerprint": old_fingerprint,
            "now": self._clock.now(),
        }

        async def work(transaction: Transaction) -> None:
            await transaction.execute(_SWEEP, self._limits())
            await self.cancel_in(transaction, account.id)
            rows = await transaction.execute(
                "INSERT INTO account_address_changes (account_id, sealed, old_fingerprint,"
                " asked_at) VALUES (:id, :sealed, :fingerprint, :now)"
                " ON CONFLICT DO NOTHING RETURNING account_id",
                values,
            )
            if not rows:
                raise refuse("EmailChangedLately", "new_email", days=WAY_BACK // DAY)

        await self._database.write(work)

    async def of(self, account_id: str) -> AddressChange | None:
        """The change that waits, or was made and can be taken back."""
        rows = await self._database.read(_FIND, {"id": account_id, **self._limits()})
        return await self._change(rows)

    async def of_in(self, transaction: Transaction, account_id: str) -> AddressChange | None:
        """The same, as part of a transaction."""
        return await self._change(
            await transaction.execute(_FIND, {"id": account_id, **self._limits()})
        )

    async def note_confirmed_in(
        self, transaction: Transaction, account_id: str, side: Side
    ) -> AddressChange | None:
        """That address agreed. Returns the change as it is now; ``None`` when none waits."""
        column = {"old": "old_confirmed_at", "new": "new_confirmed_at"}[side]
        await transaction.execute(
            f"UPDATE account_address_changes SET {column} = :now"  # noqa: S608 - one of the two
            " WHERE account_id = :id AND changed_at IS NULL",
            {"id": account_id, "now": self._clock.now()},
        )
        change = await self.of_in(transaction, account_id)
        return change if change and change.changed_at is None else None

    async def note_changed_in(self, transaction: Transaction, account_id: str) -> None:
        await transaction.execute(
            "UPDATE account_address_changes SET changed_at = :now WHERE account_id = :id",
            {"id": account_id, "now": self._clock.now()},
        )

    async def cancel_in(self, transaction: Transaction, account_id: str) -> None:
        """A change that waits is over; one that was made stays."""
        await transaction.execute(
            "DELETE FROM account_address_changes WHERE account_id = :id AND changed_at IS NULL",
            {"id": account_id},
        )

    async def forget_in(self, transaction: Transaction, account_id: str) -> None:
        """It was taken back."""
        await transaction.execute(
            "DELETE FROM account_address_changes WHERE account_id = :id", {"id": account_id}
        )

    async def _change(self, rows: list[Row]) -> AddressChange | None:
        if not rows:
            return None
        row = rows[0]
        cipher: Cipher = await self._vault.cipher("account", row["account_id"])
        plain = cipher.open(row["sealed"], _place(row["account_id"]))
        addresses = msgspec.json.decode(plain, type=_Addresses)
        return AddressChange(
            account_id=row["account_id"],
            old=addresses.old,
            new=addresses.new,
            asked_at=row["asked_at"],
            old_confirmed_at=row["old_confirmed_at"],
            new_confirmed_at=row["new_confirmed_at"],
            changed_at=row["changed_at"],
        )

    def _limits(self) -> dict[str, int]:
        now = self._clock.now()
        return {"oldest_asked": now - PENDING, "oldest_changed": now - WAY_BACK}


def _place(account_id: str) -> str:
    return f"account_address_changes/{account_id}"


_OVER = (
    "(changed_at IS NULL AND asked_at <= :oldest_asked)"
    " OR (changed_at IS NOT NULL AND changed_at <= :oldest_changed)"
)
_SWEEP = f"DELETE FROM account_address_changes WHERE {_OVER} RETURNING account_id"  # noqa: S608
_FIND = f"SELECT * FROM account_address_changes WHERE account_id = :id AND NOT ({_OVER})"  # noqa: S608
