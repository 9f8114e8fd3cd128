"""All SQL about the access log. There is no UPDATE, and what goes by age goes from the beginning;
triggers refuse everything else."""

from collections.abc import Collection
from typing import Any

import msgspec

from meetd.audit.chain import COLUMNS, START, Head, Link
from meetd.audit.store import NewRow, link_of
from meetd.storage.database import Database, Row, Transaction


async def head_in(transaction: Transaction) -> Head:
    """The last line, or what the next one follows, as part of a transaction."""
    return _head(await transaction.execute(_HEAD))


async def head(database: Database) -> Head:
    return _head(await database.read(_HEAD))


async def base(database: Database) -> Head:
    """The last line that went by its age: what the first one follows."""
    return _head(await database.read(_BASE))


async def insert(transaction: Transaction, row: NewRow) -> None:
    await transaction.execute(
        "INSERT INTO access_log"
        " (number, at, act, actor, room, subject, sealed, previous_hash, hash)"
        " VALUES (:number, :at, :act, :actor, :room, :subject, :sealed, :previous_hash, :hash)",
        row._asdict(),
    )


async def rows(
    database: Database, after: int, count: int, alias: str | None = None
) -> list[dict[str, Any]]:
    """Up to ``count`` lines after that number, or only those where ``alias`` acted or was acted
    upon."""
    # Apart, so that the indexes on both are used.
    about = "" if alias is None else f" AND {_ABOUT}"
    found = await database.read(
        f"{_ROWS} WHERE number > :after{about} ORDER BY number LIMIT :count",
        {"after": after, "count": count, "alias": alias},
    )
    return [dict(row) for row in found]


async def rows_in(
    database: Database, rooms: Collection[str], actor: str, after: int, count: int
) -> list[dict[str, Any]]:
    """Up to ``count`` lines after that number, of that actor in those rooms."""
    values = {"rooms": msgspec.json.encode(tuple(rooms)).decode(), "actor": actor}
    found = await database.read(_ROWS_IN, values | {"after": after, "count": count})
    return [dict(row) for row in found]


async def count(database: Database, alias: str) -> int:
    """How many lines there are where ``alias`` acted or was acted upon."""
    found = await database.read(
        f"SELECT count(*) AS lines FROM access_log WHERE {_ABOUT}",  # noqa: S608  # ours
        {"alias": alias},
    )
    return int(found[0]["lines"])


async def links(database: Database, first: int, count: int) -> list[Link]:
    """Up to ``count`` lines from that number on, as bytes."""
    found = await database.read(
        f"{_LINKS} WHERE number >= :first ORDER BY number LIMIT :count",
        {"first": first, "count": count},
    )
    return [link_of(row) for row in found]


async def due(database: Database, cutoff: int) -> int:
    """How many lines ``remove`` would take."""
    found = await database.read(_COUNT_OLD, {"cutoff": cutoff})
    return int(found[0]["lines"])


async def remove(database: Database, cutoff: int) -> int:
    """Lines before the first that is not older than ``cutoff`` (ms since the epoch), as one piece
    from the beginning. Returns how many."""

    async def work(transaction: Transaction) -> int:
        await transaction.execute(_MOVE_BASE, {"cutoff": cutoff})
        gone = await transaction.execute(
            "DELETE FROM access_log WHERE number <= (SELECT number FROM access_log_base)"
            " RETURNING number"
        )
        return len(gone)

    return await database.write(work)


def _head(found: list[Row]) -> Head:
    return Head(found[0]["number"], found[0]["hash"]) if found else START


_HEAD = (
    "SELECT number, hash FROM access_log UNION ALL SELECT number, hash FROM access_log_base"
    " ORDER BY number DESC LIMIT 1"
)
_ABOUT = "(actor = :alias OR subject = :alias)"
_BASE = "SELECT number, hash FROM access_log_base"
_ROWS = (
    "SELECT number, at, act, actor, room, subject, CAST(sealed AS BLOB) AS sealed, hash"
    " FROM access_log"
)
_ROWS_IN = (
    f"{_ROWS} WHERE room IN (SELECT value FROM json_each(:rooms)) AND actor = :actor"  # noqa: S608
    " AND number > :after ORDER BY number LIMIT :count"
)
# The clock may have been put back in between: what came before a younger line waits for it.
_LAST_OLD = (
    "SELECT coalesce((SELECT min(number) - 1 FROM access_log WHERE at >= :cutoff),"
    " (SELECT max(number) FROM access_log), 0)"
)
_COUNT_OLD = f"SELECT count(*) AS lines FROM access_log WHERE number <= ({_LAST_OLD})"  # noqa: S608
_MOVE_BASE = (
    "INSERT INTO access_log_base (id, number, hash) SELECT 1, number, hash FROM access_log"  # noqa: S608
    f" WHERE number = ({_LAST_OLD})"
    " ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash"
)
_AS_BYTES = ", ".join(
    f"typeof({name}) AS {name}_class, CAST({name} AS BLOB) AS {name}_bytes"
    for name in (*COLUMNS, "hash")
)
_LINKS = f"SELECT number, {_AS_BYTES} FROM access_log"  # noqa: S608  # columns of ours
