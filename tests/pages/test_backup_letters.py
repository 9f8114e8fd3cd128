"""Administrators get a letter when the last good backup is too old."""

from pathlib import Path

from meetd.accounts.identity import check_identity
from meetd.lifecycle.state import State, save_state
from tests.mail.test_post import PUBLIC, postbox
from tests.support.postbox import Postbox
from tests.support.server import running_server, test_settings

__all__ = ["postbox"]


async def test_every_administrator_and_nobody_else_is_told(
    tmp_path: Path, postbox: Postbox
) -> None:
    settings = test_settings(
        server={"public_url": PUBLIC},
        mail={
            "host": "127.0.0.1",
            "port": postbox.port,
            "encryption": "off",
            "sender": "meetd@example.org",
        },
    )
    async with running_server(tmp_path, settings) as (server, _):
        for name, is_one in (("ada", True), ("bo", False), ("cy", True), ("dee", True)):
            identity = check_identity(f"{name}@example.org", name, "X", f"{name}-x")
            account = await server.stores.accounts.joining.add(identity, None, administrator=is_one)
            if name == "dee":
                await server.stores.accounts.block(account, actor=account.id)
        save_state(tmp_path, State(since=server.house.routine.scheduler.now() - 30 * 3_600_000))
        server.house.routine.scheduler.start("backup_watch")
        await server.house.routine.scheduler.turn()
        letters = [await postbox.next() for _ in range(2)]
        await server.house.post._errands.finished()
    assert postbox.letters == []
    assert {letter["To"] for letter, _ in letters} == {"ada@example.org", "cy@example.org"}
    letter, text = letters[0]
    assert letter["Subject"] == "No good backup for 30 hours"
    assert f"{PUBLIC}/admin/jobs" in text
