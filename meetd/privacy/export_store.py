"""All SQL about archives that people asked for."""

from dataclasses import dataclass
from typing import Final, Literal

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.periods import DAY
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction

Problem = Literal["space", "fault"]

LASTS: Final = 7 * DAY
"""Milliseconds that an archive can be fetched."""


@dataclass(frozen=True)
class Export:
    """One archive; an account has one at most. Times in ms since the Unix epoch; ``length`` in
    bytes, ``None`` until it is whole. ``left_out``: how many files could not be read. ``problem``:
    why it could not be made."""

    id: str
    account_id: str
    asked_at: int
    ready_at: int | None
    length: int | None
    left_out: int = 0
    problem: Problem | None = None


class ExportStore:
    """Archives at rest, but for what is in them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.old = Aged(database, "exports", "asked_at < :cutoff")

    async def ask(self, account_id: str) -> tuple[Export, str | None]:
        """A new one, in the place of the one before, whose id is returned too."""
        export = Export(new_id(), account_id, self._clock.now(), None, None)
        values = {"id": export.id, "account": account_id, "now": export.asked_at}

        async def work(transaction: Transaction) -> str | None:
            former = await transaction.execute(
                "DELETE FROM exports WHERE account_id = :account RETURNING id", values
            )
            await transaction.execute(
                "INSERT INTO exports (id, account_id, asked_at) VALUES (:id, :account, :now)",
                values,
            )
            return former[0]["id"] if former else None

        return export, await self._database.write(work)

    async def note_ready(self, export: Export, length: int, left_out: int) -> bool:
        """It is whole. Returns whether it is still wanted."""
        values = {"id": export.id, "now": self._clock.now(), "length": length, "left": left_out}

        async def work(transaction: Transaction) -> bool:
            return bool(
                await transaction.execute(
                    "UPDATE exports SET ready_at = :now, length = :length, left_out = :left,"
                    " problem = NULL WHERE id = :id RETURNING id",
                    values,
                )
            )

        return await self._database.write(work)

    async def note_problem(self, export: Export, problem: Problem) -> None:
        """It could not be made, for the time being."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE exports SET problem = :problem WHERE id = :id",
                {"id": export.id, "problem": problem},
            )

        await self._database.write(work)

    async def of(self, account_id: str) -> Export | None:
        """Unless it is too old."""
        rows = await self._database.read(
            "SELECT * FROM exports WHERE account_id = :account AND asked_at > :oldest",
            {"account": account_id, "oldest": self._clock.now() - LASTS},
        )
        return _export(rows[0]) if rows else None

    async def unfinished(self) -> list[Export]:
        """Oldest first."""
        rows = await self._database.read(
            "SELECT * FROM exports WHERE ready_at IS NULL ORDER BY asked_at, id"
        )
        return [_export(row) for row in rows]

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._database.read("SELECT id FROM exports")}

    async def forget(self, account_id: str) -> list[str]:
        """Returns the ids of what was kept."""

        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                "DELETE FROM exports WHERE account_id = :id RETURNING id", {"id": account_id}
            )
            return [row["id"] for row in rows]

        return await self._database.write(work)


def _export(row: Row) -> Export:
    return Export(**dict(row))
