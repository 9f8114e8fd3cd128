"""The process that works for the server: ends with it, and what it did not finish is made up."""

import asyncio
from pathlib import Path

import pytest

from meetd.app import Server
from meetd.lifecycle.job import JobFailed
from meetd.lifecycle.working import Working
from tests.support.house import furnish
from tests.support.server import running_server, test_settings


async def until(server: Server, outcome: str | None) -> None:
    """The backup runs (``None``), or has ended so."""
    async with asyncio.timeout(60):
        while True:
            entry = server.house.routine.scheduler.entry("backup")
            if entry.started_at and entry.outcome == outcome:
                return
            await asyncio.sleep(0.01)


async def test_a_stop_ends_it_and_the_next_start_makes_it_up(tmp_path: Path) -> None:
    await furnish(tmp_path, 1)
    async with running_server(tmp_path) as (server, _):
        server.house.routine.scheduler.start("backup")
        await until(server, None)
    assert server.house.routine.scheduler.entry("backup").outcome == "interrupted"
    async with running_server(tmp_path) as (server, _):
        await until(server, "done")
    assert len(list((tmp_path / "backups").glob("*.json"))) == 2  # a night, and the keys
    assert not (tmp_path / "backup-work").exists()


async def test_what_goes_wrong_there_is_told_here(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    working = Working(test_settings(), tmp_path / "file")
    with pytest.raises(JobFailed, match="There are no keys of meetd in"):
        await working.back_up()
    assert working.step is None
