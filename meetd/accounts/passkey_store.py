"""All SQL about passkeys. What a browser finds one by is kept as a keyed fingerprint; its name and
key are encrypted with the account's key."""

from dataclasses import dataclass

import msgspec

from meetd.accounts.account import Passkey, refuse
from meetd.accounts.authenticators import Credential
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Fingerprints, Vault

MAX_PASSKEYS = 20
"""Per account."""


class _Sealed(msgspec.Struct, frozen=True):
    """What is encrypted of a passkey."""

    name: str
    credential_id: bytes
    public_key: bytes


@dataclass(frozen=True)
class Kept:
    """A passkey with what is needed to check it."""

    passkey: Passkey
    account_id: str
    credential: Credential


class PasskeyStore:
    """Passkeys at rest."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, fingerprints: Fingerprints
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._fingerprints = fingerprints

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "PasskeyStore":
        return cls(database, vault, clock, await vault.fingerprints("passkeys"))

    async def add(self, account_id: str, name: str, credential: Credential) -> None:
        """Raises: AccountRefused when it is there already or there are too many."""
        cipher = await self._vault.cipher("account", account_id)
        passkey_id = new_id()
        kept = _Sealed(name, credential.id, credential.public_key)
        values = {
            "id": passkey_id,
            "account": account_id,
            "fingerprint": self._fingerprint(credential.id),
            "sealed": cipher.seal(msgspec.msgpack.encode(kept), _place(passkey_id)),
            "count": credential.sign_count,
            "now": self._clock.now(),
        }

        async def work(transaction: Transaction) -> None:
            await self._check_room(transaction, account_id)
            rows = await transaction.execute(
                "INSERT INTO account_passkeys (id, account_id, credential_fingerprint, sealed,"
                " sign_count, created_at)"
                " VALUES (:id, :account, :fingerprint, :sealed, :count, :now)"
                " ON CONFLICT (credential_fingerprint) DO NOTHING RETURNING id",
                values,
            )
            if not rows:
                raise refuse("PasskeyNotAdded")

        await self._database.write(work)

    async def of(self, account_id: str) -> list[Passkey]:
        """All of somebody, oldest first."""
        return [kept.passkey for kept in await self.kept_of(account_id)]

    async def kept_of(self, account_id: str) -> list[Kept]:
        """The same with their keys."""
        cipher = await self._vault.cipher("account", account_id)
        rows = await self._database.read(
            f"{_SELECT} WHERE account_id = :account ORDER BY created_at, id",
            {"account": account_id},
        )
        return [_kept(row, cipher) for row in rows]

    async def find(self, credential_id: bytes) -> Kept | None:
        """The passkey that a browser named."""
        rows = await self._database.read(
            f"{_SELECT} WHERE credential_fingerprint = :fingerprint",
            {"fingerprint": self._fingerprint(credential_id)},
        )
        if not rows:
            return None
        return _kept(rows[0], await self._vault.cipher("account", rows[0]["account_id"]))

    async def use(self, passkey_id: str, sign_count: int) -> bool:
        """Note that it was used. Returns False when it is gone, or when its counter has been that
        high in the meantime: of two answers at once with one counter, one is a copy. Passkeys that
        do not count stay at 0."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                "UPDATE account_passkeys SET sign_count = :count, last_used_at = :now"
                " WHERE id = :id AND (sign_count < :count OR (sign_count = 0 AND :count = 0))"
                " RETURNING id",
                {"id": passkey_id, "count": sign_count, "now": self._clock.now()},
            )
            return bool(rows)

        return await self._database.write(work)

    async def remove(self, account_id: str, passkey_id: str) -> bool:
        """One of that account, nobody else's. Returns whether there was one."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                "DELETE FROM account_passkeys WHERE id = :id AND account_id = :account"
                " RETURNING id",
                {"id": passkey_id, "account": account_id},
            )
            return bool(rows)

        return await self._database.write(work)

    async def remove_all_in(self, transaction: Transaction, account_id: str) -> None:
        """As part of a transaction."""
        await transaction.execute(
            "DELETE FROM account_passkeys WHERE account_id = :account", {"account": account_id}
        )

    async def _check_room(self, transaction: Transaction, account_id: str) -> None:
        rows = await transaction.execute(
            "SELECT count(*) AS count FROM account_passkeys WHERE account_id = :account",
            {"account": account_id},
        )
        if rows[0]["count"] >= MAX_PASSKEYS:
            raise refuse("PasskeyTooMany", limit=MAX_PASSKEYS)

    def _fingerprint(self, credential_id: bytes) -> bytes:
        return self._fingerprints.of(credential_id.hex())


def _kept(row: Row, cipher: Cipher) -> Kept:
    plain = cipher.open(row["sealed"], _place(row["id"]))
    sealed = msgspec.msgpack.decode(plain, type=_Sealed)
    return Kept(
        Passkey(row["id"], sealed.name, row["created_at"], row["last_used_at"]),
        row["account_id"],
        Credential(sealed.credential_id, sealed.public_key, row["sign_count"]),
    )


def _place(passkey_id: str) -> str:
    return f"account_passkeys/{passkey_id}"


_SELECT = (
    "SELECT id, account_id, sealed, sign_count, created_at, last_used_at FROM account_passkeys"
)
