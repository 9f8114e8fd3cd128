"""``meetd export`` writes what there is, for one reader only, and never over something."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

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
