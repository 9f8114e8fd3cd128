"""Whatever people delete leaves a tombstone, so that no restored backup brings it back: a table
that somebody adds, or copies in a migration, has its trigger or is named here with the reason."""

from pathlib import Path

from tests.support.server import running_server

WITHOUT = {
    "alembic_version": "not about anybody",
    "audit_log": "never deleted",
    "blocked_addresses": "never deleted",
    "board_bases": "goes with its board",
    "board_snapshots": "goes with its board, or makes room for newer ones",
    "board_updates": "goes with its board, or into its base",
    "conversations": "goes with its room",
    "room_owners": "goes with its account",
    "old_room_names": "leads to a room, and runs out",
    "deleted_room_names": "runs out",
    "support_entries": "goes with its room; what was read may be read twice",
    "jobs": "of the server itself",
    "clock": "of the server itself",
    "access_log": "deleted by age alone",
    "access_log_base": "never deleted",
    "exports": "in no backup",
    "usage_stays": "goes with its account or visitor, or by age",
    "usage_months": "about nobody",
    "visitor_participants": "goes with its visitor or room",
    "visitor_knocks": "goes with its visitor",
    "arrivals": "runs out",
    "retention_notices": "goes with its account",
    "legal_holds": "a hold that comes back keeps too much, not too little",
    "tombstones": "are the tombstones",
}


async def test_every_table_has_its_trigger_or_a_reason(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, _):
        rows = await server.stores.database.read(
            "SELECT name, type, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        )
    tables = {row["name"] for row in rows if row["type"] == "table"}
    with_trigger = {row["tbl_name"] for row in rows if row["name"].endswith("_tombstone")}
    assert with_trigger | set(WITHOUT) == tables
    assert not with_trigger & set(WITHOUT)
