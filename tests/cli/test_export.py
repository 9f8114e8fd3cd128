"""``meetd export`` writes what there is, for one reader only, and never over something."""

import asyncio
import errno
import io
import json
import os
import shutil
import signal
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from meetd.cli import export
from meetd.privacy.archive import write_archive
from meetd.privacy.space import MARGIN
from meetd.stores import Stores
from tests.cli.test_rooms import Shell, add_account, data, shell

__all__ = ["data", "shell"]


@pytest.fixture
def target(data: Path) -> Path:
    return data / "ada.zip"


def test_everything_is_in_it(shell: Shell, target: Path) -> None:
    async def with_ada(stores: Stores) -> None:
        ada = await add_account(stores, "ada")
        await stores.rooms.make_owned("study", ada.id, locked=True)

    shell.in_stores(with_ada)
    told = shell.json("export", "ada@example.org", str(target))
    assert told["rows"]["room"] == told["rows"]["account"] == 1
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        kept = json.loads(archive.read("account.json"))
        assert {kind: len(rows) for kind, rows in kept.items()} == told["rows"]
        assert "csv/room.csv" in archive.namelist()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_it_is_written_over_nothing(shell: Shell, target: Path) -> None:
    async def with_ada(stores: Stores) -> None:
        await add_account(stores, "ada")

    shell.in_stores(with_ada)
    target.write_text("mine")
    shell.type("export", "ada@example.org", str(target), status=1)
    assert "is there already" in shell.errors
    assert target.read_text() == "mine"
    shell.type("export", "ada@example.org", str(target / "below"), status=1)
    assert "cannot be written" in shell.errors or "is there" in shell.errors


def test_nobody_is_not_exported(shell: Shell, target: Path) -> None:
    shell.type("export", "bob@example.org", str(target), status=1)
    assert "no account" in shell.errors
    assert not target.exists()


def test_an_interruption_leaves_nothing(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def with_ada(stores: Stores) -> None:
        await add_account(stores, "ada")

    shell.in_stores(with_ada)
    for ends in (signal.SIGINT, signal.SIGTERM):

        async def interrupted(*arguments: Any, ends: int = ends) -> dict[str, int]:
            counts = await write_archive(*arguments)
            assert part_of(target).exists()
            os.kill(os.getpid(), ends)
            # The signal is heard in the loop, which then ends this wait.
            await asyncio.get_running_loop().create_future()
            return counts

        with monkeypatch.context() as patch:
            patch.setattr(export, "write_archive", interrupted)
            shell.type("export", "ada@example.org", str(target), status=1)
        assert "Interrupted; nothing was written" in shell.errors
        assert not part_of(target).exists()
        assert not target.exists()
    shell.type("export", "ada@example.org", str(target))


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), ValueError()])
def test_a_failure_leaves_nothing(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def with_ada(stores: Stores) -> None:
        await add_account(stores, "ada")

    async def failing(file: io.FileIO, *_: Any) -> dict[str, int]:
        file.write(b"half of it")
        raise error

    shell.in_stores(with_ada)
    with monkeypatch.context() as patch:
        patch.setattr(export, "write_archive", failing)
        if isinstance(error, OSError):
            shell.type("export", "ada@example.org", str(target), status=1)
            assert "cannot be written: No space left" in shell.errors
        else:  # a mistake of ours is not hidden
            with pytest.raises(ValueError):  # noqa: PT011
                shell.type("export", "ada@example.org", str(target))
    assert not part_of(target).exists()
    assert not target.exists()


def test_too_little_room_is_told_before_anything_is_written(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def with_ada(stores: Stores) -> None:
        await add_account(stores, "ada")

    shell.in_stores(with_ada)
    before = sorted(target.parent.iterdir())
    free = shutil.disk_usage(target.parent)._replace(free=MARGIN)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: free)
        shell.type("export", "ada@example.org", str(target), status=1)
    assert "of free space there; 34 MB are free. Make room" in shell.errors
    assert sorted(target.parent.iterdir()) == before


def part_of(target: Path) -> Path:
    return target.with_name(target.name + ".part")
