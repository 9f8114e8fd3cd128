"""Whatever is sealed with the key of a room is sealed anew when the room gets another one: a column
that somebody adds is claimed by a holding, or named here with whose key seals it."""

from pathlib import Path

from tests.support.sealed import seals_of
from tests.support.server import running_server

OF_OTHERS = {
    "access_log.sealed": "the server",
    "account_address_changes.sealed": "the account",
    "account_links.sealed_email": "the server",
    "account_passkeys.sealed": "the account",
    "accounts.sealed": "the account",
    "accounts.sealed_password": "the server",
    "audit_log.sealed": "the server",
    "knock_calls.sealed": "the account",
    "knocks.sealed": "the server",
    "legal_holds.sealed_reason": "the server",
    "push_subscriptions.sealed": "the account",
    "reach.sealed": "the account",
}


async def test_every_sealed_column_is_claimed_or_of_another_key(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, _):
        rows = await server.stores.database.read(
            "SELECT t.name || '.' || c.name AS name FROM sqlite_master AS t"
            " JOIN pragma_table_info(t.name) AS c"
            " WHERE t.type = 'table' AND c.name LIKE 'sealed%'"
        )
        claimed = [
            f"{column.table}.{column.column}"
            for seals in seals_of(server)
            for column in seals.columns
        ]
    assert len(set(claimed)) == len(claimed)
    assert set(claimed) | set(OF_OTHERS) == {row["name"] for row in rows}
    assert not set(claimed) & set(OF_OTHERS)
