"""All SQL about legal holds: accounts and rooms that must not be erased, whatever their age and
whoever asks. Features look here in the transaction that would remove something."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.refusals import RoomHeld
from meetd.core.text import clean_message
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Cipher, Vault

Kind = Literal["account", "room"]

T = TypeVar("T")


@dataclass(frozen=True)
class Hold:
    """``of``: id of the account or room. ``since`` in ms since the Unix epoch."""

    id: str
    kind: Kind
    of: str
    since: int
    reason: str


async def check_not_held(transaction: Transaction, room_id: str) -> None:
    """For whatever takes something out of a room, or gives it away, as part of doing it: a hold
    comes wholly before or after. Raises: RoomHeld, also when its owner is held."""
    if await transaction.execute(_HELD_ROOM, {"room": room_id}):
        raise RoomHeld


class HoldStore:
    """Holds at rest. The reason is encrypted: it may name people."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "HoldStore":
        return cls(database, await vault.cipher("server", "legal-holds"), clock)

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """With what else belongs to the same act."""
        return await self._database.write(work)

    async def all(self) -> list[Hold]:
        """Oldest first."""
        rows = await self._database.read("SELECT * FROM legal_holds ORDER BY since, id")
        return [self._hold(row) for row in rows]

    async def place(self, transaction: Transaction, kind: Kind, of: str, reason: str) -> bool:
        """Returns whether it was not held before, and is there. Raises: TextEmpty, TextTooLong."""
        hold_id = new_id()
        sealed = self._cipher.seal(clean_message(reason).encode(), _place(hold_id))
        values = {"id": hold_id, "of": of, "now": self._clock.now(), "reason": sealed}
        return bool(await transaction.execute(_PLACE[kind], values))

    async def lift(self, transaction: Transaction, hold_id: str) -> bool:
        """Returns whether there was one."""
        return bool(
            await transaction.execute(
                "DELETE FROM legal_holds WHERE id = :id RETURNING id", {"id": hold_id}
            )
        )

    async def holds(self, account_id: str) -> bool:
        """That account, or a room of theirs?"""
        return bool(await self._database.read(_HOLDS, {"id": account_id}))

    def _hold(self, row: Row) -> Hold:
        kind: Kind = "room" if row["account_id"] is None else "account"
        reason = self._cipher.open(row["sealed_reason"], _place(row["id"])).decode()
        return Hold(row["id"], kind, row[f"{kind}_id"], row["since"], reason)


def _place(hold_id: str) -> str:
    return f"legal_holds/{hold_id}"


_PLACE: dict[Kind, str] = {
    "account": (
        "INSERT INTO legal_holds (id, account_id, since, sealed_reason)"
        " SELECT :id, id, :now, :reason FROM accounts WHERE id = :of"
        " ON CONFLICT DO NOTHING RETURNING id"
    ),
    "room": (
        "INSERT INTO legal_holds (id, room_id, since, sealed_reason)"
        " SELECT :id, id, :now, :reason FROM rooms WHERE id = :of"
        " ON CONFLICT DO NOTHING RETURNING id"
    ),
}
_HELD_ROOM = (
    "SELECT 1 FROM rooms JOIN legal_holds ON legal_holds.room_id = rooms.id"
    " OR legal_holds.account_id = rooms.owner_id WHERE rooms.id = :room LIMIT 1"
)
_HOLDS = (
    "SELECT 1 FROM legal_holds LEFT JOIN rooms ON rooms.id = room_id"
    " WHERE account_id = :id OR rooms.owner_id = :id LIMIT 1"
)
