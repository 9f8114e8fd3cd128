"""SQL about names of rooms, for whoever keeps something by their ids."""

from collections.abc import Collection

import msgspec

from meetd.storage.database import Database


async def names_of(database: Database, room_ids: Collection[str]) -> dict[str, str]:
    """By id, of those that are there, in the order of their names."""
    rows = await database.read(
        "SELECT id, name FROM rooms WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY name",
        {"ids": msgspec.json.encode(tuple(room_ids)).decode()},
    )
    return {row["id"]: row["name"] for row in rows}
