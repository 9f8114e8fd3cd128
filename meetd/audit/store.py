"""All SQL about the audit log. There is no UPDATE and no DELETE, and triggers refuse both."""

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec

from meetd.audit.chain import COLUMNS, START, Head, Link
from meetd.storage.database import Database, Row, Transaction


class NewRow(NamedTuple):
    """What the hash covers, in its order, and the hash."""

    number: int
    at: int
    act: str
    actor: str
    room: str | None
    subject: str | None
    sealed: bytes
    previous_hash: bytes
    hash: bytes


async def head_in(transaction: Transaction) -> Head:
    """The last line, as part of the transaction that writes the next."""
    return _head(await transaction.execute(_HEAD))


async def head(database: Database) -> Head:
    """The last line."""
    return _head(await database.read(_HEAD))


async def insert(transaction: Transaction, row: NewRow) -> None:
    await transaction.execute(
        "INSERT INTO audit_log"
        " (number, at, act, actor, room, subject, sealed, previous_hash, hash)"
        " VALUES (:number, :at, :act, :actor, :room, :subject, :sealed, :previous_hash, :hash)",
        row._asdict(),
    )


async def rows(
    database: Database, after: int, count: int, about: str | None = None
) -> list[dict[str, Any]]:
    """Up to ``count`` lines after that number, or only those where ``about`` acted or was acted
    upon."""
    found = await database.read(
        f"{_ROWS} WHERE number > :after AND (:about IS NULL OR actor = :about OR subject = :about)"
        " ORDER BY number LIMIT :count",
        {"after": after, "count": count, "about": about},
    )
    return [dict(row) for row in found]


async def rows_about_room(
    database: Database, room_id: str, acts: Collection[str], count: int
) -> list[dict[str, Any]]:
    """Up to ``count`` lines about that room with one of these acts, newest first."""
    found = await database.read(
        _ABOUT_ROOM,
        {"room": room_id, "acts": msgspec.json.encode(list(acts)).decode(), "count": count},
    )
    return [dict(row) for row in found]


async def links(database: Database, first: int, count: int) -> list[Link]:
    """Up to ``count`` lines from that number on, as bytes: what somebody put there may be of any
    kind, and no text at all."""
    found = await database.read(
        f"{_LINKS} WHERE number >= :first ORDER BY number LIMIT :count",
        {"first": first, "count": count},
    )
    return [link_of(row) for row in found]


def link_of(row: Row) -> Link:
    """From a row with the columns as bytes, and their storage classes."""
    columns = tuple((row[f"{name}_class"], row[f"{name}_bytes"] or b"") for name in COLUMNS)
    return Link(row["number"], columns, columns[-1][1], row["hash_bytes"] or b"")


def _head(found: list[Row]) -> Head:
    return Head(found[0]["number"], found[0]["hash"]) if found else START


_HEAD = "SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1"
_ROWS = (
    "SELECT number, at, act, actor, room, subject, CAST(sealed AS BLOB) AS sealed, hash"
    " FROM audit_log"
)
_ABOUT_ROOM = (
    f"{_ROWS} WHERE room = :room AND act IN (SELECT value FROM json_each(:acts))"  # noqa: S608  # ours
    " ORDER BY number DESC LIMIT :count"
)
_AS_BYTES = ", ".join(
    f"typeof({name}) AS {name}_class, CAST({name} AS BLOB) AS {name}_bytes"
    for name in (*COLUMNS, "hash")
)
_LINKS = f"SELECT number, {_AS_BYTES} FROM audit_log"  # noqa: S608  # columns of ours
