"""What is kept of chat."""

from collections.abc import AsyncIterator
from typing import Any

from meetd.storage.database import Database, Transaction


class ChatHolding:
    """Messages of visitors name no account; they go with their room, or by their age."""

    tables = frozenset({"conversations", "messages"})

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:  # noqa: ARG002
        nothing: tuple[dict[str, Any], ...] = ()
        for row in nothing:
            yield row

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        return 0

    async def purge_before(self, cutoff: int) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM messages WHERE posted_at < :cutoff RETURNING number",
                {"cutoff": cutoff},
            )
            return len(rows)

        return await self._database.write(work)
