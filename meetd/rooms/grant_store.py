"""All SQL about access that was granted: to accounts, e-mail addresses, links and browsers."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account
from meetd.accounts.identity import email_key
from meetd.core.clock import Clock
from meetd.core.ids import new_id, new_token
from meetd.core.private import Private
from meetd.core.refusals import InviteLinkInvalid, TooManyGrants
from meetd.protocol.door import KnownBy
from meetd.rooms.also import Also
from meetd.rooms.room import Room
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Fingerprints, Vault

Level = Literal["knock", "join", "host"]
"""*should knock*, *always join*, *host*."""
Kind = Literal["account", "email", "link", "browser"]
"""``browser``: a visitor without account who was admitted for always."""

MAX_GRANTS = 1_000
"""Per room."""


@dataclass(frozen=True)
class Grant:
    """One row of what an owner granted. Times in milliseconds since the epoch. ``label``: user
    name, address, or what the owner called the link."""

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

    @property
    def known_by(self) -> KnownBy | None:
        """As hosts are told; a browser has a key, and knocks at nothing."""
        return None if self.kind == "browser" else self.kind

    @property
    def needs_account(self) -> bool:
        return self.kind in {"account", "email"}


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


def key_hash(key: str) -> bytes:
    """What is kept of a link's key: 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).digest()


class GrantStore:
    """Grants at rest. Whoever holds something live that rests on a grant listens."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, fingerprints: Fingerprints
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._fingerprints = fingerprints
        self._changed: list[Callable[[str], None]] = []

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "GrantStore":
        return cls(database, vault, clock, await vault.fingerprints("access by e-mail"))

    def on_changed(self, listener: Callable[[str], None]) -> None:
        """Called with the id of a room whose grants changed."""
        self._changed.append(listener)

    def by_account(self, level: Level, account: Account) -> NewGrant:
        return NewGrant(level, "account", account.user_name, account_id=account.id)

    def by_email(self, level: Level, email: str) -> NewGrant:
        """For whoever confirmed that address, now or later."""
        return NewGrant(level, "email", email, found_by=self._fingerprints.of(email_key(email)))

    def by_link(
        self, level: Level, label: str, *, expires_at: int | None = None, uses: int | None = None
    ) -> tuple[NewGrant, Private[str]]:
        """A new invite link and its key, which is not kept."""
        key = new_token()
        new = NewGrant(
            level, "link", label, found_by=key_hash(key), expires_at=expires_at, uses=uses
        )
        return new, Private(key)

    def by_browser(self, name: str, hashed: bytes) -> NewGrant:
        """*Always join* for a visitor without account: the proof of their knock is the key from now
        on, and ``hashed`` is its SHA-256."""
        return NewGrant("join", "browser", name, found_by=hashed)

    async def add(self, room: Room, new: NewGrant, also: Also | None = None) -> Grant:
        """Granted anew to the same account or address, the former grant is replaced. Done with
        ``also``.

        Raises: TooManyGrants.
        """
        values = await self._values(room, new)

        async def work(transaction: Transaction) -> Row:
            row = await _add_in(transaction, values)
            if also is not None:
                await also(transaction)
            return row

        grant = await self._grant(await self._database.write(work))
        self.announce(room.id)
        return grant

    async def adding(self, room: Room, new: NewGrant) -> Also:
        """The same as part of something else; whoever does it calls ``announce`` after.

        What is returned raises: TooManyGrants.
        """
        values = await self._values(room, new)

        async def also(transaction: Transaction) -> None:
            await _add_in(transaction, values)

        return also

    def announce(self, room_id: str) -> None:
        """What was granted in that room changed."""
        for listener in self._changed:
            listener(room_id)

    async def of(self, room: Room) -> list[Grant]:
        """Everything granted in a room, newest first."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room ORDER BY made_at DESC, id",
            {"room": room.id},
        )
        return [await self._grant(row) for row in rows]

    async def revoke(self, room: Room, grant_id: str, also: Also | None = None) -> bool:
        """Take it back, with ``also``. Returns whether it was there."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                "DELETE FROM access_grants WHERE id = :id AND room_id = :room RETURNING id",
                {"id": grant_id, "room": room.id},
            )
            if rows and also is not None:
                await also(transaction)
            return bool(rows)

        gone = await self._database.write(work)
        self.announce(room.id)
        return gone

    async def handing_over(self, room: Room, owner: Account, *, stays: bool) -> Also:
        """What is to be done when a room gets another owner: what would let the former one back in
        goes, every invite link included, because whoever made it may have kept it. ``stays``: the
        former owner is a host from then on."""
        former = {"room": room.id, **self._finding(owner, None)}
        stay = await self._values(room, self.by_account("host", owner)) if stays else None

        async def also(transaction: Transaction) -> None:
            await transaction.execute(
                "DELETE FROM access_grants WHERE room_id = :room"
                " AND (kind = 'link' OR account_id = :account OR found_by = :email)",
                former,
            )
            if stay is not None:
                await transaction.execute(_INSERT, stay)

        return also

    async def standing(self, room_id: str, account: Account | None, key: str | None) -> list[Grant]:
        """What that account or key was granted in that room and still has."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND {_STANDS}"
            " AND (account_id = :account OR found_by = :email OR found_by = :key)",
            {"room": room_id, "now": self._clock.now(), **self._finding(account, key)},
        )
        return [await self._grant(row) for row in rows]

    async def find(self, grant_id: str) -> Grant | None:
        """That grant, if nobody revoked it. Having run out or been used up ends nobody's stay."""
        rows = await self._database.read(f"{_SELECT} WHERE id = :id", {"id": grant_id})
        return await self._grant(rows[0]) if rows else None

    async def hosted_by(self, account: Account) -> list[str]:
        """Ids of rooms where somebody was granted *host*."""
        rows = await self._database.read(
            f"{_SELECT} WHERE level = 'host' AND {_STANDS}"
            " AND (account_id = :account OR found_by = :email)",
            {"now": self._clock.now(), **self._finding(account, None)},
        )
        return list({row["room_id"] for row in rows})

    async def hosts_of(self, room_id: str) -> list[str]:
        """Ids of accounts that were granted *host* by name."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND level = 'host' AND account_id IS NOT NULL"
            f" AND {_STANDS}",
            {"room": room_id, "now": self._clock.now()},
        )
        return [row["account_id"] for row in rows]

    def using(self, grant_id: str) -> Also:
        """Enter with it. What is returned raises: InviteLinkInvalid when it does not stand any
        more."""

        async def also(transaction: Transaction) -> None:
            rows = await transaction.execute(
                f"{_USE} WHERE id = :id AND {_STANDS} RETURNING id",
                {"id": grant_id, "now": self._clock.now()},
            )
            if not rows:
                raise InviteLinkInvalid

        return also

    async def of_account(self, account: Account) -> list[Grant]:
        """What was granted to somebody, by name or by the address that is theirs."""
        rows = await self._database.read(
            f"{_SELECT} {_THEIRS} ORDER BY made_at", self._finding(account, None)
        )
        return [await self._grant(row) for row in rows]

    async def forget_account(self, account: Account) -> int:
        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                f"{_DELETE} {_THEIRS} RETURNING room_id", self._finding(account, None)
            )
            return [row["room_id"] for row in rows]

        rooms = await self._database.write(work)
        for room_id in rooms:
            self.announce(room_id)
        return len(rooms)

    async def purge_before(self, cutoff: int) -> int:
        """Remove what ran out before ``cutoff``, and browsers that did not come since."""

        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM access_grants WHERE expires_at < :cutoff OR (kind = 'browser'"
                " AND coalesce(last_used_at, made_at) < :cutoff) RETURNING id",
                {"cutoff": cutoff},
            )
            return len(rows)

        return await self._database.write(work)

    async def _values(self, room: Room, new: NewGrant) -> dict[str, object]:
        """Of a new row."""
        cipher = await self._vault.cipher("room", room.id)
        grant_id = new_id()
        return {
            "id": grant_id,
            "room": room.id,
            "level": new.level,
            "kind": new.kind,
            "account": new.account_id,
            "found_by": new.found_by,
            "label": cipher.seal(new.label.encode(), _place(grant_id)),
            "expires": new.expires_at,
            "uses": new.uses,
            "now": self._clock.now(),
        }

    def _finding(self, account: Account | None, key: str | None) -> dict[str, object]:
        """An address counts only once its owner confirmed it."""
        email = account.email if account and account.email_confirmed_at is not None else None
        return {
            "account": account.id if account else None,
            "email": self._fingerprints.of(email_key(email)) if email else None,
            "key": key_hash(key) if key else None,
        }

    async def _grant(self, row: Row) -> Grant:
        cipher = await self._vault.cipher("room", row["room_id"])
        return Grant(
            id=row["id"],
            room_id=row["room_id"],
            level=row["level"],
            kind=row["kind"],
            account_id=row["account_id"],
            label=cipher.open(row["sealed_label"], _place(row["id"])).decode(),
            expires_at=row["expires_at"],
            uses_left=row["uses_left"],
            made_at=row["made_at"],
            last_used_at=row["last_used_at"],
        )


async def _add_in(transaction: Transaction, values: dict[str, object]) -> Row:
    """Raises: TooManyGrants."""
    await transaction.execute(
        "DELETE FROM access_grants WHERE room_id = :room AND kind = :kind"
        " AND (account_id = :account OR found_by = :found_by)",
        values,
    )
    count = await transaction.execute(
        "SELECT count(*) AS number FROM access_grants WHERE room_id = :room", values
    )
    if count[0]["number"] >= MAX_GRANTS:
        raise TooManyGrants(limit=MAX_GRANTS)
    return (await transaction.execute(_INSERT, values))[0]


def _place(grant_id: str) -> str:
    return f"access_grants/{grant_id}"


_SELECT = "SELECT * FROM access_grants"
_DELETE = "DELETE FROM access_grants"
_THEIRS = "WHERE account_id = :account OR found_by = :email"
_USE = "UPDATE access_grants SET last_used_at = :now, uses_left = uses_left - 1"
_STANDS = "(expires_at IS NULL OR expires_at > :now) AND (uses_left IS NULL OR uses_left > 0)"
_INSERT = (
    "INSERT INTO access_grants (id, room_id, level, kind, account_id, found_by, sealed_label,"
    " expires_at, uses_left, made_at) VALUES (:id, :room, :level, :kind, :account, :found_by,"
    " :label, :expires, :uses, :now) RETURNING *"
)
