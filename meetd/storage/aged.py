"""Rows of one table that go by age: counted and removed by the same condition, so that what is said
beforehand is what goes."""

from collections.abc import Callable

from meetd.storage.database import Database, Row, Transaction


class Aged:
    """``table`` and ``condition`` are SQL of ours; the condition compares with ``:cutoff``, in ms
    since the epoch."""

    def __init__(
        self,
        database: Database,
        table: str,
        condition: str,
        removed: Callable[[list[Row]], None] | None = None,
    ) -> None:
        """``removed``: called with the rows that went."""
        self._database = database
        self._count = f"SELECT count(*) AS rows FROM {table} WHERE {condition}"  # noqa: S608
        self._delete = f"DELETE FROM {table} WHERE {condition} RETURNING *"  # noqa: S608
        self._removed = removed

    async def due(self, cutoff: int) -> int:
        """How many rows would go."""
        rows = await self._database.read(self._count, {"cutoff": cutoff})
        return int(rows[0]["rows"])

    async def remove(self, cutoff: int) -> int:
        """Returns how many went."""

        async def work(transaction: Transaction) -> list[Row]:
            return await transaction.execute(self._delete, {"cutoff": cutoff})

        rows = await self._database.write(work)
        if self._removed is not None:
            self._removed(rows)
        return len(rows)
