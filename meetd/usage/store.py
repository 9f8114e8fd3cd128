"""All SQL about stays and the sums of months.

A stay of an account is encrypted with the key of the account, of a visitor with one of the server;
what is beside it in clear is whose it is, and when it ended.
"""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.periods import day_of, month_before
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault
from meetd.usage.stay import Stay

_BATCH = 500
_CLOSED = "closed"
"""That a month was summed up, whatever came of it."""


class UsageStore:
    """Usage at rest."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self.old = Aged(database, "usage_stays", "ended_at < :cutoff")

    async def keep(
        self, stay: Stay, *, account_id: str | None = None, visitor_id: str | None = None
    ) -> None:
        """Of that account or visitor, if they are still there."""
        stay_id = new_id()
        cipher = await self._cipher(account_id)
        values = {
            "id": stay_id,
            "account": account_id,
            "visitor": visitor_id,
            "ended": stay.left_at,
            "sealed": cipher.seal(msgspec.json.encode(stay), _place(stay_id)),
        }

        async def work(transaction: Transaction) -> None:
            await transaction.execute(_INSERT, values)

        await self._database.write(work)

    async def of_account(self, account_id: str) -> list[Stay]:
        """Oldest first."""
        return await self._stays("account_id = :id", account_id)

    async def of_visitor(self, visitor_id: str) -> list[Stay]:
        """Oldest first."""
        return await self._stays("visitor_id = :id", visitor_id)

    async def count_of_account(self, account_id: str) -> int:
        rows = await self._database.read(
            "SELECT count(*) AS stays FROM usage_stays WHERE account_id = :id", {"id": account_id}
        )
        return int(rows[0]["stays"])

    async def erase_account(self, account_id: str) -> int:
        return await self._erase("account_id = :id", account_id)

    async def erase_visitor(self, visitor_id: str) -> int:
        return await self._erase("visitor_id = :id", visitor_id)

    async def erase_all(self) -> int:
        """Of everybody. What months came to stays."""
        return await self._erase("true", "")

    async def between(self, first: int, after: int) -> AsyncIterator[tuple[str, Stay]]:
        """Stays that ended from ``first`` until before ``after`` (ms), each with whose it was."""
        last = ""
        while rows := await self._database.read(
            _BETWEEN, {"first": first, "after": after, "last": last, "count": _BATCH}
        ):
            for row in rows:
                yield row["account_id"] or row["visitor_id"], await self._stay(row)
            last = rows[-1]["id"]

    async def keep_sums(self, month: str, sums: Mapping[str, int]) -> bool:
        """Of that month, such as ``2026-11``, once: made again after somebody was erased, the
        difference would be what they did. Returns whether it was the first time."""

        async def work(transaction: Transaction) -> bool:
            of_month = {"month": month}
            if await transaction.execute(
                "SELECT 1 FROM usage_months WHERE month = :month LIMIT 1", of_month
            ):
                return False
            for name, value in {**sums, _CLOSED: 0}.items():
                await transaction.execute(
                    "INSERT INTO usage_months (month, name, value) VALUES (:month, :name, :value)",
                    of_month | {"name": name, "value": value},
                )
            return True

        return await self._database.write(work)

    async def sums(self) -> dict[str, dict[str, int]]:
        """By month, newest first."""
        rows = await self._database.read(
            "SELECT month, name, value FROM usage_months ORDER BY month DESC, name"
        )
        found: dict[str, dict[str, int]] = {}
        for row in rows:
            sums = found.setdefault(row["month"], {})
            if row["name"] != _CLOSED:
                sums[row["name"]] = row["value"]
        return found

    async def _stays(self, condition: str, id_: str) -> list[Stay]:
        rows = await self._database.read(
            f"{_SELECT} WHERE {condition} ORDER BY ended_at", {"id": id_}
        )
        return [await self._stay(row) for row in rows]

    async def _erase(self, condition: str, id_: str) -> int:
        async def work(transaction: Transaction) -> list[Row]:
            return await transaction.execute(
                f"{_DELETE} WHERE {condition} RETURNING id", {"id": id_}
            )

        return len(await self._database.write(work))

    async def _stay(self, row: Row) -> Stay:
        cipher = await self._cipher(row["account_id"])
        return msgspec.json.decode(cipher.open(row["sealed"], _place(row["id"])), type=Stay)

    async def _cipher(self, account_id: str | None) -> Cipher:
        if account_id is not None:
            return await self._vault.cipher("account", account_id)
        return await self._vault.cipher("server", "usage")


def close_month_in(database: Path, now: int) -> None:
    """In a copy of the database that no server uses: the month before ``now`` (ms) counts as summed
    up. It may have been, after the copy was made; again, without whoever was erased since, the
    difference would be what they did. Raises: sqlite3.Error."""
    with closing(sqlite3.connect(database)) as connection, connection:
        if connection.execute(_TABLE, ["usage_months"]).fetchone():  # else it is older than these
            before = month_before(day_of(now))
            connection.execute(_CLOSE, {"month": f"{before:%Y-%m}", "name": _CLOSED})


def _place(stay_id: str) -> str:
    return f"usage_stays/{stay_id}"


_SELECT = "SELECT * FROM usage_stays"
_DELETE = "DELETE FROM usage_stays"
_INSERT = (
    "INSERT INTO usage_stays (id, account_id, visitor_id, ended_at, sealed)"
    " SELECT :id, :account, :visitor, :ended, :sealed WHERE"
    " EXISTS (SELECT 1 FROM accounts WHERE id = :account AND closed_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM visitors WHERE id = :visitor)"
)
_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
_CLOSE = "INSERT OR IGNORE INTO usage_months (month, name, value) VALUES (:month, :name, 0)"
_BETWEEN = (
    f"{_SELECT} WHERE ended_at >= :first AND ended_at < :after AND id > :last"
    " ORDER BY id LIMIT :count"
)
