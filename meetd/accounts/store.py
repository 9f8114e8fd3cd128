"""All SQL about accounts themselves, and the encryption of who they are."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from meetd.accounts.account import Account, AccountRefused, Consent, Problem, refuse
from meetd.accounts.identity import Identity, email_key
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.private import Private
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Fingerprints, Vault


class _Who(msgspec.Struct, frozen=True):
    """What is encrypted of an account."""

    email: str
    first_name: str
    last_name: str


class NewAccount(msgspec.Struct, frozen=True):
    """An account before it is kept. ``consents``: subject to version."""

    identity: Identity
    password: Private[str] | None
    """The hash."""
    administrator: bool
    confirmed: bool
    consents: Mapping[str, str]


class AccountStore:
    """Accounts at rest."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        fingerprints: Fingerprints,
        passwords: Cipher,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._fingerprints = fingerprints
        self._passwords = passwords

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "AccountStore":
        """With its keys of the server, loaded once: asking for them later would take time that
        tells an account from none."""
        fingerprints = await vault.fingerprints("e-mail")
        passwords = await vault.cipher("server", "passwords")
        store = cls(database, vault, clock, fingerprints, passwords)
        await store.sweep_keys()
        return store

    async def sweep_keys(self) -> None:
        """Destroy keys without an account: of an erasure or a sign-up that a crash cut short.
        Only while nobody signs up."""
        rows = await self._database.read("SELECT id FROM accounts")
        for owner in await self._vault.owners("account") - {row["id"] for row in rows}:
            await self._vault.forget("account", owner)

    def fingerprint(self, email: str) -> bytes:
        """What an address is found by."""
        return self._fingerprints.of(email_key(email))

    async def check_free(self, identity: Identity) -> None:
        """Raises: AccountRefused when address or user name belong to somebody, or are blocked."""
        rows = await self._database.read(_TAKEN, self._taken_values(identity))
        _refuse_taken(rows)

    async def add(self, transaction: Transaction, account_id: str, new: NewAccount) -> None:
        """Keep an account, as part of a transaction. Its key has to be there: ``make_id``.

        Raises: AccountRefused as ``check_free``.
        """
        _refuse_taken(await transaction.execute(_TAKEN, self._taken_values(new.identity)))
        cipher = await self._vault.cipher("account", account_id)
        now = self._clock.now()
        await transaction.execute(
            "INSERT INTO accounts (id, email_fingerprint, user_name, user_name_key, sealed,"
            " sealed_password, administrator, email_confirmed_at, created_at)"
            " VALUES (:id, :fingerprint, :user_name, :user_name_key, :sealed, :password,"
            " :administrator, :confirmed_at, :now)",
            {
                "id": account_id,
                **self._taken_values(new.identity),
                "user_name": new.identity.user_name,
                "sealed": _seal(cipher, account_id, new.identity),
                "password": self._seal_password(account_id, new.password),
                "administrator": new.administrator,
                "confirmed_at": now if new.confirmed else None,
                "now": now,
            },
        )
        await self.add_consents(transaction, account_id, new.consents)

    async def make_id(self) -> str:
        """An id for a new account, with its key: a key without rows is harmless, rows without a
        key must not be."""
        account_id = new_id()
        await self._vault.cipher("account", account_id)
        return account_id

    async def add_consents(
        self, transaction: Transaction, account_id: str, consents: Mapping[str, str]
    ) -> None:
        """What was agreed to just now; agreeing again to the same version changes nothing."""
        for subject, version in consents.items():
            await transaction.execute(
                "INSERT INTO account_consents (account_id, subject, version, given_at)"
                " VALUES (:id, :subject, :version, :now) ON CONFLICT DO NOTHING",
                {
                    "id": account_id,
                    "subject": subject,
                    "version": version,
                    "now": self._clock.now(),
                },
            )

    async def consents(self, account_id: str) -> list[Consent]:
        """Everything somebody agreed to, oldest first."""
        rows = await self._database.read(
            "SELECT subject, version, given_at FROM account_consents WHERE account_id = :id"
            " ORDER BY given_at, subject",
            {"id": account_id},
        )
        return [Consent(row["subject"], row["version"], row["given_at"]) for row in rows]

    async def by_id(self, account_id: str) -> Account | None:
        rows = await self._database.read(f"{SELECT} WHERE id = :id", {"id": account_id})
        return await self.account(rows[0]) if rows else None

    async def by_email(self, email: str) -> Account | None:
        rows = await self._by_fingerprint(email)
        return await self.account(rows[0]) if rows else None

    async def by_user_name(self, user_name: str) -> Account | None:
        rows = await self._database.read(
            f"{SELECT} WHERE user_name_key = :key", {"key": user_name.lower()}
        )
        return await self.account(rows[0]) if rows else None

    async def id_by_user_name(self, user_name: str) -> str | None:
        """Unless blocked."""
        rows = await self._database.read(
            "SELECT id FROM accounts WHERE user_name_key = :key AND blocked_at IS NULL",
            {"key": user_name.lower()},
        )
        return rows[0]["id"] if rows else None

    async def all(self) -> AsyncIterator[Account]:
        """Every account, oldest first."""
        for row in await self._database.read(f"{SELECT} ORDER BY created_at, id"):
            yield await self.account(row)

    async def has_administrator(self) -> bool:
        return bool(await self._database.read(_ADMINISTRATORS))

    async def password_of(self, email: str) -> tuple[str, Private[str]] | None:
        """Id and password hash for that address; ``None`` when there is no account, it is blocked,
        or it has no password. One query, whatever the answer."""
        rows = await self._by_fingerprint(email)
        if not rows or rows[0]["blocked_at"] is not None:
            return None
        return self._password(rows[0])

    async def password_by_id(self, account_id: str) -> Private[str] | None:
        """The hash of somebody's password."""
        rows = await self._database.read(f"{SELECT} WHERE id = :id", {"id": account_id})
        found = self._password(rows[0]) if rows else None
        return found and found[1]

    async def set_password(
        self, transaction: Transaction, account_id: str, hashed: Private[str]
    ) -> None:
        await transaction.execute(
            "UPDATE accounts SET sealed_password = :password WHERE id = :id",
            {"id": account_id, "password": self._seal_password(account_id, hashed)},
        )

    async def set_identity(self, account_id: str, identity: Identity) -> None:
        """Names of somebody; the address stays what it was.

        Raises: AccountRefused when the user name belongs to somebody else.
        """
        cipher = await self._vault.cipher("account", account_id)
        sealed = _seal(cipher, account_id, identity)

        async def work(transaction: Transaction) -> None:
            key = identity.user_name.lower()
            others = await transaction.execute(
                "SELECT 1 FROM accounts WHERE user_name_key = :key AND id <> :id",
                {"key": key, "id": account_id},
            )
            if others:
                raise refuse("UserNameTaken", "user_name")
            await transaction.execute(
                "UPDATE accounts SET sealed = :sealed, user_name = :name, user_name_key = :key"
                " WHERE id = :id",
                {"id": account_id, "sealed": sealed, "name": identity.user_name, "key": key},
            )

        await self._database.write(work)

    async def confirm_email(self, transaction: Transaction, account_id: str) -> None:
        await transaction.execute(
            "UPDATE accounts SET email_confirmed_at = :now"
            " WHERE id = :id AND email_confirmed_at IS NULL",
            {"id": account_id, "now": self._clock.now()},
        )

    async def block(self, account_id: str) -> None:
        """For ever: there is no way back in this file, and the address stays blocked even when the
        account is erased. Sessions and links go in the same transaction."""

        async def work(transaction: Transaction) -> None:
            values = {"id": account_id, "now": self._clock.now()}
            await transaction.execute(
                "UPDATE accounts SET blocked_at = :now WHERE id = :id AND blocked_at IS NULL",
                values,
            )
            await transaction.execute(
                "INSERT INTO blocked_addresses (email_fingerprint, blocked_at)"
                " SELECT email_fingerprint, :now FROM accounts WHERE id = :id"
                " ON CONFLICT DO NOTHING",
                values,
            )
            await transaction.execute("DELETE FROM account_sessions WHERE account_id = :id", values)
            await transaction.execute("DELETE FROM account_links WHERE account_id = :id", values)

        await self._database.write(work)

    async def erase(self, account_id: str) -> int:
        """Rows, then the key: from then on nobody can read who it was, in no backup. When a crash
        comes between the two, ``sweep_keys`` finishes it. Returns the number of accounts."""

        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM accounts WHERE id = :id RETURNING id", {"id": account_id}
            )
            return len(rows)

        erased = await self._database.write(work)
        await self._vault.forget("account", account_id)
        return erased

    async def unused_since(self, cutoff: int) -> list[str]:
        """Ids of accounts last used before ``cutoff``. Administrators stay: a server must not
        lose its keeper."""
        rows = await self._database.read(
            "SELECT id FROM accounts WHERE coalesce(last_sign_in_at, created_at) < :cutoff"
            " AND administrator = :no",
            {"cutoff": cutoff, "no": False},
        )
        return [row["id"] for row in rows]

    async def account(self, row: Row) -> Account:
        """From a row with the columns of ``SELECT``."""
        account_id = row["id"]
        cipher = await self._vault.cipher("account", account_id)
        plain = cipher.open(row["sealed"], _place(account_id))
        who = msgspec.json.decode(plain, type=_Who)
        return Account(
            id=account_id,
            email=who.email,
            first_name=who.first_name,
            last_name=who.last_name,
            user_name=row["user_name"],
            administrator=bool(row["administrator"]),
            created_at=row["created_at"],
            last_sign_in_at=row["last_sign_in_at"],
            email_confirmed_at=row["email_confirmed_at"],
            blocked_at=row["blocked_at"],
            has_password=row["sealed_password"] is not None,
        )

    async def _by_fingerprint(self, email: str) -> list[Row]:
        return await self._database.read(
            f"{SELECT} WHERE email_fingerprint = :fingerprint",
            {"fingerprint": self.fingerprint(email)},
        )

    def _password(self, row: Row) -> tuple[str, Private[str]] | None:
        if row["sealed_password"] is None:
            return None
        plain = self._passwords.open(row["sealed_password"], f"passwords/{row['id']}")
        return row["id"], Private(plain.decode())

    def _seal_password(self, account_id: str, hashed: Private[str] | None) -> bytes | None:
        if hashed is None:
            return None
        return self._passwords.seal(hashed.reveal().encode(), f"passwords/{account_id}")

    def _taken_values(self, identity: Identity) -> dict[str, Any]:
        return {
            "fingerprint": self.fingerprint(identity.email),
            "user_name_key": identity.user_name.lower(),
        }


def _place(account_id: str) -> str:
    return f"accounts/{account_id}"


def _seal(cipher: Cipher, account_id: str, identity: Identity) -> bytes:
    who = _Who(identity.email, identity.first_name, identity.last_name)
    return cipher.seal(msgspec.json.encode(who), _place(account_id))


def _refuse_taken(rows: list[Row]) -> None:
    """A blocked address reads as a taken one: why somebody was blocked is nobody's business."""
    taken = {row["what"] for row in rows}
    problems = []
    if "email" in taken:
        problems.append(Problem("EmailTaken", "email"))
    if "user_name" in taken:
        problems.append(Problem("UserNameTaken", "user_name"))
    if problems:
        raise AccountRefused(*problems)


SELECT = (
    "SELECT accounts.id AS id, user_name, sealed, sealed_password, administrator,"
    " accounts.created_at AS created_at, last_sign_in_at, email_confirmed_at, blocked_at"
    " FROM accounts"
)
_TAKEN = (
    "SELECT 'email' AS what FROM accounts WHERE email_fingerprint = :fingerprint"
    " UNION ALL SELECT 'email' FROM blocked_addresses WHERE email_fingerprint = :fingerprint"
    " UNION ALL SELECT 'user_name' FROM accounts WHERE user_name_key = :user_name_key"
)
_ADMINISTRATORS = "SELECT 1 FROM accounts WHERE administrator AND blocked_at IS NULL LIMIT 1"
