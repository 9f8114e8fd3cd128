"""What is kept of chat."""

from meetd.core.holdings import ImpersonalHolding
from meetd.storage.database import Database, Transaction


class ChatHolding(ImpersonalHolding):
    """Messages of visitors name no account; they go with their room, or by their age."""

    tables = frozenset({"conversations", "messages"})

    def __init__(self, database: Database) -> None:
        self._database = database

    async def purge_before(self, cutoff: int) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute(
                "DELETE FROM messages WHERE posted_at < :cutoff RETURNING number",
                {"cutoff": cutoff},
            )
            return len(rows)

        return await self._database.write(work)
