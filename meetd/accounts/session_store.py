"""All SQL about sessions: in which browsers somebody is signed in.

A token is 256 random bits that say nothing (no signature to forge, nothing to decode). Only its
SHA-256 is kept: with that many bits, a slow hash would add nothing.
"""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from meetd.accounts.account import Session, SignedIn
from meetd.accounts.store import AccountStore
from meetd.core.clock import Clock
from meetd.core.ids import new_id, new_token
from meetd.core.private import Private
from meetd.core.refusals import StorageFailed, StorageFull
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

DAY = 86_400_000
"""Milliseconds."""
_TOUCH_EVERY = 300_000
"""Milliseconds between two notes that a session is in use: not a write per request."""
_TOKEN_LENGTH = 43


SessionsEnded = Callable[[str, str | None], None]
"""Called with an account's id and the session that ended; ``None``: all of them."""


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


@dataclass(frozen=True)
class Lifetimes:
    """Of sessions, in milliseconds."""

    idle: int
    absolute: int


class SessionStore:
    """Sessions at rest."""

    def __init__(
        self, database: Database, accounts: AccountStore, lifetimes: Lifetimes, clock: Clock
    ) -> None:
        self._database = database
        self._accounts = accounts
        self.lifetimes = lifetimes
        self._ended: list[SessionsEnded] = []
        self._begun: list[Callable[[str], None]] = []
        self._clock = clock
        table = "account_sessions"
        self.unused = Aged(database, table, "last_used_at < :cutoff", self._announce)
        self.old = Aged(database, table, "created_at < :cutoff", self._announce)

    def on_ended(self, listener: SessionsEnded) -> None:
        """Called with each session that ends by its age, or because another begins."""
        self._ended.append(listener)

    def on_begun(self, listener: Callable[[str], None]) -> None:
        """Called with the id of an account that somebody signed in to."""
        self._begun.append(listener)

    async def begin(
        self, account_id: str, browser: str, instead_of: str | None = None
    ) -> Private[str]:
        """Sign somebody in: a token nobody has seen before. The one in ``instead_of`` ends. Whoever
        closed their account, and comes back in time, has it again.

        Sessions that are over are removed on the way.
        """
        token = new_token()
        now = self._clock.now()

        async def work(transaction: Transaction) -> list[Row]:
            ended = await transaction.execute(
                "DELETE FROM account_sessions WHERE token_hash = :old"
                " OR created_at <= :oldest OR last_used_at <= :longest_unused"
                " RETURNING account_id, id",
                {"old": token_hash(instead_of or ""), **self._limits(now)},
            )
            await transaction.execute(
                "INSERT INTO account_sessions"
                " (id, account_id, token_hash, browser, created_at, last_used_at, proven_at)"
                " VALUES (:id, :account, :hash, :browser, :now, :now, :now)",
                {
                    "id": new_id(),
                    "account": account_id,
                    "hash": token_hash(token),
                    "browser": browser,
                    "now": now,
                },
            )
            await transaction.execute(
                "UPDATE accounts SET last_sign_in_at = :now, closed_at = NULL WHERE id = :account",
                {"account": account_id, "now": now},
            )
            return ended

        self._announce(await self._database.write(work))
        for listener in self._begun:
            listener(account_id)
        return Private(token)

    async def prove(self, session_id: str) -> Private[str]:
        """A new token for a session in which somebody has just proved who they are; the one
        before ends. What is live and rests on the session goes on."""
        token = new_token()

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE account_sessions SET token_hash = :hash, proven_at = :now,"
                " last_used_at = :now WHERE id = :id",
                {"id": session_id, "hash": token_hash(token), "now": self._clock.now()},
            )

        await self._database.write(work)
        return Private(token)

    async def find(self, token: str) -> SignedIn | None:
        """Who is signed in with that token; ``None`` when it is unknown, over, or blocked."""
        if len(token) != _TOKEN_LENGTH:
            return None
        now = self._clock.now()
        rows = await self._database.read(_FIND, {"hash": token_hash(token), **self._limits(now)})
        if not rows:
            return None
        account = await self._accounts.by_id(rows[0]["account_id"])
        if account is None or account.blocked_at is not None:
            return None
        if now - rows[0]["last_used_at"] >= _TOUCH_EVERY:
            with contextlib.suppress(StorageFull, StorageFailed):  # a full disk signs nobody out
                await self._touch(rows[0]["id"], now)
        return SignedIn(account, _session(rows[0]))

    async def of(self, account_id: str) -> list[Session]:
        """All sessions of somebody that are not over, last used first."""
        rows = await self._database.read(
            f"{_SELECT} WHERE account_id = :account AND {_ALIVE} ORDER BY last_used_at DESC, id",
            {"account": account_id, **self._limits(self._clock.now())},
        )
        return [_session(row) for row in rows]

    async def end_token(self, token: str) -> None:
        """Sign out where that token is."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "DELETE FROM account_sessions WHERE token_hash = :hash", {"hash": token_hash(token)}
            )

        await self._database.write(work)

    async def end(self, account_id: str, session_id: str) -> bool:
        """End one session of that account, nobody else's. Returns whether there was one."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(
                "DELETE FROM account_sessions WHERE id = :id AND account_id = :account"
                " RETURNING id",
                {"id": session_id, "account": account_id},
            )
            return bool(rows)

        return await self._database.write(work)

    async def end_all(self, account_id: str) -> None:
        async def work(transaction: Transaction) -> None:
            await self.end_all_in(transaction, account_id)

        await self._database.write(work)

    async def end_all_in(self, transaction: Transaction, account_id: str) -> None:
        """As part of a transaction."""
        await transaction.execute(
            "DELETE FROM account_sessions WHERE account_id = :account", {"account": account_id}
        )

    def _announce(self, ended: list[Row]) -> None:
        for row in ended:
            for listener in self._ended:
                listener(row["account_id"], row["id"])

    async def _touch(self, session_id: str, now: int) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE account_sessions SET last_used_at = :now WHERE id = :id",
                {"id": session_id, "now": now},
            )

        await self._database.write(work)

    def _limits(self, now: int) -> dict[str, int]:
        return {
            "oldest": now - self.lifetimes.absolute,
            "longest_unused": now - self.lifetimes.idle,
        }


def _session(row: Row) -> Session:
    return Session(
        row["id"], row["browser"], row["created_at"], row["last_used_at"], row["proven_at"]
    )


_SELECT = (
    "SELECT id, account_id, browser, created_at, last_used_at, proven_at FROM account_sessions"
)
_ALIVE = "created_at > :oldest AND last_used_at > :longest_unused"
_FIND = f"{_SELECT} WHERE token_hash = :hash AND {_ALIVE}"
