"""What an operator does to the database of a running server with a tool of their own."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path


async def execute_beside(database: Path, *statements: str) -> None:
    """Carried out in one transaction. In a thread: a write of the server's own that is going on
    has to end first, and it needs the event loop for that.
    """

    def execute() -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    await asyncio.to_thread(execute)
