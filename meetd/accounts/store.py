"""All SQL about accounts themselves, and the encryption of who they are."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec

from meetd.accounts.account import (
    WAY_BACK,
    Account,
    AccountRefused,
    Consent,
    Problem,
    refuse,
)
from meetd.accounts.identity import Identity, email_key
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.private import Private
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Fingerprints, Vault

Also = Callable[[Transaction], Awaitable[object]]
"""What else is written in the same transaction, when there is something to do at all."""


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

    async def is_free(self, email: str) -> bool:
        """Is that address nobody's, and not blocked?"""
        return not await self._database.read(_TAKEN, self._email_values(email))

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
                **self._taken_values(new.identity),
                "id": account_id,
                "user_name": new.identity.user_name,
                "sealed": _seal(cipher, account_id, _who(new.identity)),
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
        """Unless blocked or closed."""
        rows = await self._database.read(
            "SELECT id FROM accounts WHERE user_name_key = :key AND blocked_at IS NULL"
            " AND closed_at IS NULL",
            {"key": user_name.lower()},
        )
        return rows[0]["id"] if rows else None

    async def all(self) -> AsyncIterator[Account]:
        """Every account, oldest first."""
        for row in await self._database.read(f"{SELECT} ORDER BY created_at, id"):
            yield await self.account(row)

    async def some(self, offset: int, limit: int) -> list[Account]:
        """At most ``limit`` accounts, oldest first, without the first ``offset``."""
        rows = await self._database.read(
            f"{SELECT} ORDER BY created_at, id LIMIT :limit OFFSET :offset",
            {"limit": limit, "offset": offset},
        )
        return [await self.account(row) for row in rows]

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

    async def remove_password(self, transaction: Transaction, account_id: str) -> None:
        """Nobody signs in with one until another is chosen."""
        await transaction.execute(
            "UPDATE accounts SET sealed_password = NULL WHERE id = :id", {"id": account_id}
        )

    async def set_email(self, transaction: Transaction, account_id: str, email: str) -> None:
        """A new address, which counts as confirmed.

        Raises: AccountRefused when it is somebody else's, or blocked.
        """
        values = self._email_values(email, account_id)
        _refuse_taken(await transaction.execute(_TAKEN, values))
        who = msgspec.structs.replace(await self._who_in(transaction, account_id), email=email)
        cipher = await self._vault.cipher("account", account_id)
        await transaction.execute(
            "UPDATE accounts SET sealed = :sealed, email_fingerprint = :fingerprint,"
            " email_confirmed_at = :now WHERE id = :id",
            {
                "id": account_id,
                "sealed": _seal(cipher, account_id, who),
                "fingerprint": values["fingerprint"],
                "now": self._clock.now(),
            },
        )

    async def set_identity(self, account_id: str, identity: Identity) -> None:
        """Names of somebody; the address stays what it is.

        Raises: AccountRefused when the user name belongs to somebody else.
        """
        cipher = await self._vault.cipher("account", account_id)

        async def work(transaction: Transaction) -> None:
            # Read here: the address may have changed since the form was shown.
            email = (await self._who_in(transaction, account_id)).email
            who = _Who(email, identity.first_name, identity.last_name)
            sealed = _seal(cipher, account_id, who)
            key = identity.user_name.lower()
            others = await transaction.execute(
                "SELECT 1 FROM accounts WHERE user_name_key = :key AND id <> :id"
                " UNION ALL SELECT 1 FROM teams WHERE name_key = :key",
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

    async def block(self, account_id: str, also: Also) -> None:
        """For ever: there is no way back in this file, and the address stays blocked even when the
        account is erased. Sessions and links go in the same transaction."""

        async def work(transaction: Transaction) -> None:
            values = {"id": account_id, "now": self._clock.now()}
            blocked = await transaction.execute(
                "UPDATE accounts SET blocked_at = :now WHERE id = :id AND blocked_at IS NULL"
                " RETURNING id",
                values,
            )
            if blocked:
                await also(transaction)
            await transaction.execute(
                "INSERT INTO blocked_addresses (email_fingerprint, blocked_at)"
                " SELECT email_fingerprint, :now FROM accounts WHERE id = :id"
                " ON CONFLICT DO NOTHING",
                values,
            )
            await transaction.execute(
                "INSERT INTO blocked_addresses (email_fingerprint, blocked_at)"
                " SELECT old_fingerprint, :now FROM account_address_changes"
                " WHERE account_id = :id AND changed_at IS NOT NULL ON CONFLICT DO NOTHING",
                values,
            )
            await transaction.execute("DELETE FROM account_sessions WHERE account_id = :id", values)
            await transaction.execute("DELETE FROM account_links WHERE account_id = :id", values)

        await self._database.write(work)

    async def close_in(self, transaction: Transaction, account_id: str) -> bool:
        """Closed by its owner, as part of a transaction. Returns whether that may be: a server
        must not lose its last keeper."""
        rows = await transaction.execute(_CLOSE, {"id": account_id, "now": self._clock.now()})
        return bool(rows)

    async def check_not_held(self, transaction: Transaction, account_id: str) -> None:
        """Raises: AccountRefused when they, or a room of theirs, are held."""
        if await transaction.execute(_HELD_WITH_ROOMS, {"id": account_id}):
            raise refuse("AccountHeld")

    async def closed_before(self, cutoff: int) -> list[str]:
        """Ids of accounts that their owners closed before ``cutoff`` (ms since the epoch)."""
        rows = await self._database.read(
            "SELECT id FROM accounts WHERE closed_at < :cutoff", {"cutoff": cutoff}
        )
        return [row["id"] for row in rows]

    async def erase(self, account_id: str, also: Also | None = None) -> int:
        """Rows, then the key: from then on nobody can read who it was, in no backup. When a crash
        comes between the two, ``sweep_keys`` finishes it. Returns the number of accounts.

        Raises: AccountRefused when it is held.
        """

        async def work(transaction: Transaction) -> int:
            if await transaction.execute(_HELD, {"id": account_id}):
                raise refuse("AccountHeld")
            rows = await transaction.execute(
                "DELETE FROM accounts WHERE id = :id RETURNING id", {"id": account_id}
            )
            if rows and also is not None:
                await also(transaction)
            return len(rows)

        erased = await self._database.write(work)
        await self._vault.forget("account", account_id)
        return erased

    async def account(self, row: Row) -> Account:
        """From a row with the columns of ``SELECT``."""
        account_id = row["id"]
        cipher = await self._vault.cipher("account", account_id)
        who = _open(cipher, row)
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
            closed_at=row["closed_at"],
        )

    async def _who_in(self, transaction: Transaction, account_id: str) -> _Who:
        """As part of a transaction. Raises: AccountRefused when the account is gone."""
        rows = await transaction.execute(f"{SELECT} WHERE id = :id", {"id": account_id})
        if not rows:
            raise refuse("LinkInvalid")
        cipher = await self._vault.cipher("account", account_id)
        return _open(cipher, rows[0])

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
        values = self._email_values(identity.email)
        return values | {"user_name_key": identity.user_name.lower()}

    def _email_values(self, email: str, account_id: str = "") -> dict[str, Any]:
        """For ``_TAKEN``, by anybody but that account, and without looking at a user name."""
        return {
            "fingerprint": self.fingerprint(email),
            "user_name_key": "",
            "id": account_id,
            "reserved_since": self._clock.now() - WAY_BACK,
        }


def _place(account_id: str) -> str:
    return f"accounts/{account_id}"


def _who(identity: Identity) -> _Who:
    return _Who(identity.email, identity.first_name, identity.last_name)


def _seal(cipher: Cipher, account_id: str, who: _Who) -> bytes:
    return cipher.seal(msgspec.json.encode(who), _place(account_id))


def _open(cipher: Cipher, row: Row) -> _Who:
    return msgspec.json.decode(cipher.open(row["sealed"], _place(row["id"])), type=_Who)


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
    " accounts.created_at AS created_at, last_sign_in_at, email_confirmed_at, blocked_at,"
    " closed_at FROM accounts"
)
_TAKEN = (
    "SELECT 'email' AS what FROM accounts"
    " WHERE email_fingerprint = :fingerprint AND accounts.id <> :id"
    " UNION ALL SELECT 'email' FROM blocked_addresses WHERE email_fingerprint = :fingerprint"
    # An old address may come back for a while.
    " UNION ALL SELECT 'email' FROM account_address_changes WHERE old_fingerprint = :fingerprint"
    " AND changed_at > :reserved_since AND account_id <> :id"
    " UNION ALL SELECT 'user_name' FROM accounts WHERE user_name_key = :user_name_key"
    " UNION ALL SELECT 'user_name' FROM teams WHERE name_key = :user_name_key"
)
_CLOSE = (
    "UPDATE accounts SET closed_at = :now WHERE id = :id AND (NOT administrator OR EXISTS"
    " (SELECT 1 FROM accounts AS other WHERE other.administrator AND other.id <> :id"
    " AND other.blocked_at IS NULL AND other.closed_at IS NULL)) RETURNING id"
)
_HELD = "SELECT 1 FROM legal_holds WHERE account_id = :id"
_HELD_WITH_ROOMS = (
    "SELECT 1 FROM legal_holds LEFT JOIN rooms ON rooms.id = room_id"
    " WHERE account_id = :id OR rooms.owner_id = :id LIMIT 1"
)
_ADMINISTRATORS = "SELECT 1 FROM accounts WHERE administrator AND blocked_at IS NULL LIMIT 1"
