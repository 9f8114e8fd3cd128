"""All SQL about browsers of people without an account that are always admitted, as those people see
it: a row of ``access_grants`` is found by the proof of the knock that it was given for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from meetd.core.text import clean_name
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Vault


@dataclass(frozen=True)
class Admitted:
    """``room``: its name. Times in ms since the Unix epoch."""

    room: str
    label: str
    made_at: int
    last_used_at: int | None


class BrowserStore:
    """``announce`` is called with the id of each room whose grants changed."""

    def __init__(self, database: Database, vault: Vault, announce: Callable[[str], None]) -> None:
        self._database = database
        self._vault = vault
        self._announce = announce

    async def of(self, places: Iterable[bytes]) -> list[Admitted]:
        """By the name of the room. ``places``: SHA-256 of the proofs of knocks."""
        admitted = [
            Admitted(row["name"], await self._label(row), row["made_at"], row["last_used_at"])
            for row in await self._rows(places)
        ]
        return sorted(admitted, key=lambda each: each.room)

    async def rename(self, places: Iterable[bytes], name: str) -> int:
        """Returns of how many."""
        rows = await self._rows(places)
        sealed = {row["id"]: await self._sealed(row, clean_name(name)) for row in rows}

        async def work(transaction: Transaction) -> None:
            for id_, label in sealed.items():
                await transaction.execute(
                    "UPDATE access_grants SET sealed_label = :label WHERE id = :id",
                    {"id": id_, "label": label},
                )

        await self._database.write(work)
        return len(rows)

    async def forget(self, places: Iterable[bytes]) -> int:
        """They have to knock from now on. Returns in how many rooms."""

        async def work(transaction: Transaction) -> list[Row]:
            gone: list[Row] = []
            for place in places:
                gone += await transaction.execute(_DELETE, {"place": place})
            return gone

        rows = await self._database.write(work)
        for row in rows:
            self._announce(row["room_id"])
        return len(rows)

    async def _rows(self, places: Iterable[bytes]) -> list[Row]:
        return [
            row
            for place in places
            for row in await self._database.read(_BY_PLACE, {"place": place})
        ]

    async def _label(self, row: Row) -> str:
        cipher = await self._vault.cipher("room", row["room_id"])
        return cipher.open(row["sealed_label"], place_of_label(row["id"])).decode()

    async def _sealed(self, row: Row, label: str) -> bytes:
        cipher = await self._vault.cipher("room", row["room_id"])
        return cipher.seal(label.encode(), place_of_label(row["id"]))


def place_of_label(grant_id: str) -> str:
    """What the label of a grant is encrypted for."""
    return f"access_grants/{grant_id}"


_DELETE = "DELETE FROM access_grants WHERE kind = 'browser' AND found_by = :place RETURNING room_id"
_BY_PLACE = (
    "SELECT access_grants.*, rooms.name FROM access_grants JOIN rooms ON rooms.id = room_id"
    " WHERE kind = 'browser' AND found_by = :place"
)
