"""What was sealed with the former key of a room, sealed anew with the newest one, a few rows at a
time, while everybody goes on reading and writing.

Nothing is written down about how far it is: whether something is sealed with the newest key, it
says itself. So it may be killed at any moment and begins again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag

from meetd.core.holdings import Resealed
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault

_ROWS: Final = 100
"""Of one step, where rows are small."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of what is sealed with keys of rooms. ``of_room``: a condition, SQL of ours with
    ``:room``. ``key``: columns of the primary key; ``also``: others that ``place`` needs."""

    table: str
    column: str
    key: tuple[str, ...]
    of_room: str
    place: Callable[[Row], str]
    also: tuple[str, ...] = ()
    at_once: int = _ROWS

    @property
    def where(self) -> str:
        return f"FROM {self.table} WHERE {self.of_room} AND {self.column} IS NOT NULL"

    @property
    def select(self) -> str:
        """``:after_0`` and so on: the key after which they come."""
        columns, key = ", ".join((*self.key, *self.also)), ", ".join(self.key)
        after = ", ".join(f":after_{place}" for place in range(len(self.key)))
        return (
            f"SELECT {columns}, {self.column} AS sealed {self.where}"
            f" AND (:first OR ({key}) > ({after})) ORDER BY {key} LIMIT :most"
        )

    @property
    def update(self) -> str:
        """Only what is still as it was read: whoever wrote meanwhile has used the newest key."""
        one = " AND ".join(f"{name} = :{name}" for name in self.key)
        return f"UPDATE {self.table} SET {self.column} = :anew WHERE {one} AND {self.column} = :was"  # noqa: S608


class RoomSeals:
    """Some columns of one feature."""

    def __init__(self, database: Database, vault: Vault, columns: Sequence[SealedColumn]) -> None:
        self.columns = tuple(columns)
        self._database = database
        self._vault = vault

    async def count(self, room_id: str) -> int:
        """How many things ``reseal`` looks at."""
        total = 0
        for column in self.columns:
            rows = await self._database.read(
                f"SELECT count(*) AS things {column.where}",
                {"room": room_id},
            )
            total += rows[0]["things"]
        return total

    async def reseal(self, room_id: str) -> AsyncIterator[Resealed]:
        """Raises: StorageFull, StorageFailed; what was done before stays done."""
        cipher = await self._vault.cipher("room", room_id)
        for column in self.columns:
            after: Sequence[object] | None = None
            while rows := await self._rows(column, room_id, after):
                yield await self._step(column, rows, cipher)
                after = [rows[-1][name] for name in column.key]
                if len(rows) < column.at_once:  # what comes now is sealed with the newest key
                    break

    async def _rows(
        self, column: SealedColumn, room_id: str, after: Sequence[object] | None
    ) -> list[Row]:
        keys = after or [None] * len(column.key)
        values = {f"after_{place}": key for place, key in enumerate(keys)}
        more = {"room": room_id, "first": after is None, "most": column.at_once}
        return await self._database.read(column.select, values | more)

    async def _step(self, column: SealedColumn, rows: list[Row], cipher: Cipher) -> Resealed:
        changes, damaged = await asyncio.to_thread(_sealed_anew, column, rows, cipher)

        async def work(transaction: Transaction) -> None:
            for values in changes:
                await transaction.execute(column.update, values)

        if changes:
            await self._database.write(work)
        return Resealed(seen=len(rows), changed=len(changes), damaged=damaged)


class SealsOfRooms:
    """The part of a holding that seals with the keys of rooms."""

    seals: RoomSeals

    async def count_sealed(self, room_id: str) -> int:
        return await self.seals.count(room_id)

    def reseal(self, room_id: str) -> AsyncIterator[Resealed]:
        return self.seals.reseal(room_id)


def _sealed_anew(
    column: SealedColumn, rows: list[Row], cipher: Cipher
) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """What is to be written, and what opens with no key."""
    changes, damaged = list[dict[str, object]](), list[str]()
    for row in rows:
        place, was = column.place(row), row["sealed"]
        try:
            if not cipher.is_newest(was, place):
                anew = cipher.seal(cipher.open(was, place), place)
                changes.append(
                    {**{name: row[name] for name in column.key}, "anew": anew, "was": was}
                )
        except InvalidTag:
            damaged.append(place)
    return changes, tuple(damaged)
