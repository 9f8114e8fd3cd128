"""Every table of the schema is claimed by exactly one holding, so that export, erasure and purge
can never forget one."""

from collections import Counter
from pathlib import Path

from tests.support.server import running_server


async def test_every_table_is_claimed_by_exactly_one_holding(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, _):
        rows = await server.stores.database.read(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        claimed = Counter(table for holding in server.stores.holdings for table in holding.tables)
    tables = {row["name"] for row in rows} - {"alembic_version"}
    assert claimed == Counter(tables)
