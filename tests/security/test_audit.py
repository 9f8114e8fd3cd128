"""What a log of administrators' acts is worth: nobody takes a line back, and it names nobody."""

import sqlite3
from pathlib import Path

import pytest

from meetd.accounts.identity import check_identity
from meetd.core.refusals import StorageFailed
from tests.support.operator import execute_beside
from tests.support.server import running_server

REASON = "Grace Hopper asked for help with her microphone"


async def test_the_log_is_append_only_for_every_connection(tmp_path: Path) -> None:
    """The triggers are in the file: they hold for our own code and for a careless operator."""
    async with running_server(tmp_path) as (server, _):
        await server.stores.audit.append("room-deleted", actor="admin1", room="room1")
        for statement in ("UPDATE audit_log SET at = 0", "DELETE FROM audit_log"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                await execute_beside(tmp_path / "meetd.db", statement)
        assert (await server.stores.audit.verify()).problem is None


async def test_a_written_reason_is_unreadable_on_the_disk(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, _):
        await server.stores.audit.append(
            "support-entry-began", actor="admin1", room="room1", details={"reason": REASON}
        )
        (entry,) = await server.stores.audit.entries()
        assert entry.details == {"reason": REASON}
    for file in tmp_path.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert b"Hopper" not in content, file.name
            assert b"microphone" not in content, file.name


async def test_a_line_cannot_be_moved_to_another_number(tmp_path: Path) -> None:
    """The ciphertext is bound to its number: the reason of one act is never shown for another."""
    async with running_server(tmp_path) as (server, _):
        for reason in ("first", "second"):
            await server.stores.audit.append(
                "support-entry-began", actor="admin1", details={"reason": reason}
            )
        await execute_beside(
            tmp_path / "meetd.db",
            "DROP TRIGGER audit_log_no_update",
            "UPDATE audit_log SET sealed = (SELECT sealed FROM audit_log WHERE number = 1)",
        )
        first, second = await server.stores.audit.entries()
        assert first.details == {"reason": "first"}
        assert second.details is None


async def test_an_act_that_cannot_be_logged_is_not_done(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, _):
        identity = check_identity("ada@example.org", "Ada", "Lovelace", "")
        ada = await server.stores.accounts.joining.add(identity, None, administrator=False)
        await execute_beside(
            tmp_path / "meetd.db",
            "CREATE TRIGGER no_room BEFORE INSERT ON audit_log"
            " BEGIN SELECT RAISE(ABORT, 'no room for lines'); END",
        )
        for act in (server.stores.accounts.block, server.stores.accounts.erase):
            with pytest.raises(StorageFailed):
                await act(ada, actor="operator")
        kept = await server.stores.accounts.by_id(ada.id)
        assert kept is not None
        assert kept.blocked_at is None
