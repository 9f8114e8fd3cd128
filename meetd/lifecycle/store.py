"""All SQL about the ledger of jobs, the clock and what was deleted."""

from typing import Final

import msgspec

from meetd.lifecycle.job import Entry
from meetd.storage.database import Database, Row, Transaction

DAY: Final = 86_400_000


class LedgerStore:
    """Kept over restarts, so that what was missed is made up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self) -> dict[str, Entry]:
        """By name."""
        rows = await self._database.read("SELECT * FROM jobs")
        return {row["name"]: _entry(row) for row in rows}

    async def save(self, entry: Entry) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(_SAVE, _values(entry))

        await self._database.write(work)

    async def trusted_at(self) -> int | None:
        """The last time of the clock that was believed (ms since the epoch)."""
        rows = await self._database.read("SELECT trusted_at FROM clock")
        return rows[0]["trusted_at"] if rows else None

    async def save_trusted(self, at: int) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(_TRUST, {"at": at})

        await self._database.write(work)


class TombstoneStore:
    """What was deleted, written down by triggers, so that no restored backup brings it back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tidy(self, now: int, days: int) -> int:
        """Date the new ones, and let those go that no backup is older than. Triggers know no clock
        of ours, so a tombstone gets its date here. Returns how many went."""

        async def work(transaction: Transaction) -> int:
            await transaction.execute(
                "UPDATE tombstones SET dated_at = :now WHERE dated_at IS NULL", {"now": now}
            )
            gone = await transaction.execute(
                "DELETE FROM tombstones WHERE dated_at < :before RETURNING number",
                {"before": now - days * DAY},
            )
            return len(gone)

        return await self._database.write(work)


def _entry(row: Row) -> Entry:
    values = dict(row)
    return Entry(**values | {"facts": msgspec.json.decode(values["facts"])})


def _values(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "next_at": entry.next_at,
        "started_at": entry.started_at,
        "ended_at": entry.ended_at,
        "outcome": entry.outcome,
        "facts": msgspec.json.encode(entry.facts).decode(),
        "error": entry.error,
    }


_SAVE = (
    "INSERT INTO jobs (name, next_at, started_at, ended_at, outcome, facts, error)"
    " VALUES (:name, :next_at, :started_at, :ended_at, :outcome, :facts, :error)"
    " ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at,"
    " started_at = excluded.started_at, ended_at = excluded.ended_at,"
    " outcome = excluded.outcome, facts = excluded.facts, error = excluded.error"
)
_TRUST = (
    "INSERT INTO clock (id, trusted_at) VALUES (1, :at)"
    " ON CONFLICT (id) DO UPDATE SET trusted_at = excluded.trusted_at"
)
