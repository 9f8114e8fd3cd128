"""All SQL about names of deleted rooms: nobody's for a while but the former owner's, because who
knocked there, or kept the address, would come to a stranger's room."""

from meetd.core.clock import Clock
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.vault import Fingerprints, Vault

LASTS = 90 * 86_400_000
"""Milliseconds."""
MOST = 100
"""Of one former owner: nobody keeps names for themselves by making rooms and deleting them."""


class DeletedNames:
    """Names at rest, as fingerprints: the names themselves went with their rooms."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self.ended = Aged(database, "deleted_room_names", "until < :cutoff")

    async def fingerprints(self) -> Fingerprints:
        """For ``hold`` and ``free``, which run as part of something else."""
        return await self._vault.fingerprints("names of deleted rooms")

    async def has(self, name: str, *, but_of: str = "") -> bool:
        """Is it nobody's now? ``but_of``: id of an account; what is held for it does not count."""
        fingerprint = (await self.fingerprints()).of(name)
        return bool(await self._database.read(_HELD, self._values(fingerprint, but_of)))

    async def hold(self, transaction: Transaction, owner_id: str, names: list[bytes]) -> None:
        """``names``: fingerprints. Beyond ``MOST`` the oldest are anybody's again."""
        now = self._clock.now()
        values = {"owner": owner_id, "now": now, "until": now + LASTS, "most": MOST}
        await self.sweep(transaction)
        for name in names:
            await transaction.execute(_HOLD, {**values, "found_by": name})
        await transaction.execute(_LET_GO_OLDEST, values)

    async def free(self, transaction: Transaction, name: bytes, owner_id: str | None) -> bool:
        """Let that owner have the name. Returns whether they may; ``None`` never."""
        values = self._values(name, owner_id or "")
        held: list[Row] = await transaction.execute(_HELD, values)
        if not held:
            await transaction.execute(
                "DELETE FROM deleted_room_names WHERE found_by = :found_by", values
            )
        return not held

    async def sweep(self, transaction: Transaction) -> None:
        await transaction.execute(
            "DELETE FROM deleted_room_names WHERE until <= :now", {"now": self._clock.now()}
        )

    def _values(self, fingerprint: bytes, owner_id: str) -> dict[str, object]:
        return {"found_by": fingerprint, "owner": owner_id, "now": self._clock.now()}


_HELD = (
    "SELECT 1 FROM deleted_room_names WHERE found_by = :found_by AND until > :now"
    " AND owner_id IS NOT :owner"
)
_HOLD = (
    "INSERT INTO deleted_room_names (found_by, owner_id, until) VALUES (:found_by, :owner, :until)"
    " ON CONFLICT (found_by) DO UPDATE SET owner_id = excluded.owner_id, until = excluded.until"
)
_LET_GO_OLDEST = (
    "DELETE FROM deleted_room_names WHERE owner_id = :owner AND found_by NOT IN (SELECT found_by"
    " FROM deleted_room_names WHERE owner_id = :owner ORDER BY until DESC, rowid DESC LIMIT :most)"
)
