"""All SQL about browsers of people without an account that are always admitted, as those people see
it: a row of ``access_grants`` is found by the proof of the knock that it was given for."""

from collections.abc import Callable
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

    async def of(self, visitor_id: str) -> list[Admitted]:
        """By the name of the room."""
        rows = await self._database.read(_OF_VISITOR, {"visitor": visitor_id})
        return [
            Admitted(row["name"], await self._label(row), row["made_at"], row["last_used_at"])
            for row in rows
        ]

    async def rename(self, visitor_id: str, name: str) -> int:
        """Returns of how many."""
        rows = await self._database.read(_OF_VISITOR, {"visitor": visitor_id})
        sealed = {row["id"]: await self._sealed(row, clean_name(name)) for row in rows}

        async def work(transaction: Transaction) -> None:
            for id_, label in sealed.items():
                await transaction.execute(
                    "UPDATE access_grants SET sealed_label = :label WHERE id = :id",
                    {"id": id_, "label": label},
                )

        await self._database.write(work)
        return len(rows)

    async def forget(self, visitor_id: str) -> int:
        """They have to knock from now on. Returns in how many rooms."""

        async def work(transaction: Transaction) -> list[Row]:
            return await transaction.execute(
                f"{_DELETE} WHERE {_THEIRS} RETURNING room_id",
                {"visitor": visitor_id},
            )

        rows = await self._database.write(work)
        for row in rows:
            self._announce(row["room_id"])
        return len(rows)

    async def _label(self, row: Row) -> str:
        cipher = await self._vault.cipher("room", row["room_id"])
        return cipher.open(row["sealed_label"], place_of_label(row["id"])).decode()

    async def _sealed(self, row: Row, label: str) -> bytes:
        cipher = await self._vault.cipher("room", row["room_id"])
        return cipher.seal(label.encode(), place_of_label(row["id"]))


def place_of_label(grant_id: str) -> str:
    """What the label of a grant is encrypted for."""
    return f"access_grants/{grant_id}"


_THEIRS = (
    "kind = 'browser' AND found_by IN"
    " (SELECT place_hash FROM visitor_knocks WHERE visitor_id = :visitor)"
)
_DELETE = "DELETE FROM access_grants"
_SELECT = "SELECT access_grants.*, rooms.name FROM access_grants JOIN rooms ON rooms.id = room_id"
_OF_VISITOR = f"{_SELECT} WHERE {_THEIRS} ORDER BY rooms.name"
