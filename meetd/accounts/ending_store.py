"""All SQL about accounts that are not used any more, and who was told of it."""

from dataclasses import dataclass

from meetd.storage.database import Database, Transaction


@dataclass(frozen=True)
class Unused:
    """An account, the last time it was used (ms since the epoch), and the days of the last notice
    about that; ``None``: none yet."""

    account_id: str
    used_at: int
    days: int | None
    given_at: int | None


class EndingStore:
    """Administrators and held accounts never end: a server must not lose its keeper, nor what a
    court asks for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def to_tell(self, cutoff: int) -> list[Unused]:
        """Last used before ``cutoff``. Whoever is blocked could not come back, and is not told."""
        rows = await self._database.read(
            f"{_UNUSED} AND blocked_at IS NULL ORDER BY used, accounts.id", {"cutoff": cutoff}
        )
        return [Unused(row["id"], row["used"], row["days"], row["given_at"]) for row in rows]

    async def of(self, account_id: str) -> Unused | None:
        """``None`` when it does not end by itself."""
        values = {"cutoff": 2**62, "id": account_id}
        rows = await self._database.read(f"{_UNUSED} AND accounts.id = :id", values)
        return next(
            (Unused(row["id"], row["used"], row["days"], row["given_at"]) for row in rows), None
        )

    async def due(self, cutoff: int, told_before: int, last_notice: int) -> list[str]:
        """Ids of those to erase: last used before ``cutoff``, and told for the last time before
        ``told_before``."""
        rows = await self._database.read(
            f"{_UNUSED} AND (blocked_at IS NOT NULL OR (days = :days AND given_at < :told))",
            {"cutoff": cutoff, "told": told_before, "days": last_notice},
        )
        return [row["id"] for row in rows]

    async def note(self, unused: Unused, days: int, now: int) -> None:
        """They were told. Nothing when the account is gone by now."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                _NOTE,
                {"id": unused.account_id, "used": unused.used_at, "days": days, "now": now},
            )

        await self._database.write(work)


_UNUSED = (
    "SELECT accounts.id AS id, coalesce(last_sign_in_at, created_at) AS used, days, given_at"
    " FROM accounts LEFT JOIN retention_notices ON account_id = accounts.id"
    " AND used_at = coalesce(last_sign_in_at, created_at)"
    " WHERE coalesce(last_sign_in_at, created_at) < :cutoff AND NOT administrator"
    " AND NOT EXISTS (SELECT 1 FROM legal_holds WHERE legal_holds.account_id = accounts.id)"
    " AND NOT EXISTS (SELECT 1 FROM legal_holds JOIN rooms ON rooms.id = legal_holds.room_id"
    " WHERE rooms.owner_id = accounts.id)"
)
_NOTE = (
    "INSERT INTO retention_notices (account_id, used_at, days, given_at)"
    " SELECT id, :used, :days, :now FROM accounts WHERE id = :id"
    " ON CONFLICT (account_id) DO UPDATE SET used_at = excluded.used_at, days = excluded.days,"
    " given_at = excluded.given_at"
)
