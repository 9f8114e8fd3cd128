"""All SQL about how people want to be reached."""

import msgspec

from meetd.accounts.reach import Reach
from meetd.storage.database import Database, Transaction
from meetd.storage.vault import Vault


class ReachStore:
    """What people chose, at rest: when somebody sleeps, and where, is theirs alone, so it is
    encrypted with the account's key."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def of(self, account_id: str) -> Reach:
        """What somebody chose, or what holds for who has chosen nothing."""
        rows = await self._database.read(
            "SELECT sealed FROM reach WHERE account_id = :id", {"id": account_id}
        )
        if not rows:
            return Reach()
        cipher = await self._vault.cipher("account", account_id)
        return msgspec.json.decode(cipher.open(rows[0]["sealed"], _place(account_id)), type=Reach)

    async def keep(self, account_id: str, reach: Reach) -> None:
        cipher = await self._vault.cipher("account", account_id)
        sealed = cipher.seal(msgspec.json.encode(reach), _place(account_id))

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "INSERT INTO reach (account_id, sealed) VALUES (:id, :sealed)"
                " ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed",
                {"id": account_id, "sealed": sealed},
            )

        await self._database.write(work)

    async def learn_language(self, account_id: str, language: str) -> None:
        """The rest stays what it was."""
        reach = await self.of(account_id)
        await self.keep(account_id, msgspec.structs.replace(reach, language=language))


def _place(account_id: str) -> str:
    return f"reach/{account_id}"
