"""``meetd rooms export`` and ``meetd rooms import``."""

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from meetd.privacy.space import MARGIN
from meetd.stores import Stores
from tests.cli.test_rooms import Shell, add_account, data, shell

__all__ = ["data", "shell"]


@pytest.fixture
def target(data: Path) -> Path:
    return data / "study.zip"


async def with_ada(stores: Stores) -> None:
    ada = await add_account(stores, "ada")
    await stores.rooms.make_owned("study", ada.id, locked=True)


def test_out_and_in_again(shell: Shell, target: Path) -> None:
    shell.in_stores(with_ada)
    told = shell.json("rooms", "export", "study", str(target))
    assert told == {"file": str(target), "messages": 0, "files": 0, "whiteboards": 0, "leftOut": []}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as opened:
        assert opened.testzip() is None
    brought = shell.json("rooms", "import", str(target), "--owner", "ada@example.org")
    assert brought["name"] == "study-2"
    named = ("--owner", "ada@example.org", "--name", "New Home")
    assert "new-home" in shell.type("rooms", "import", str(target), *named)
    again = target.with_name("again.zip")
    shell.type("rooms", "export", "study", str(again))
    assert again.read_bytes() == target.read_bytes()
    assert [row["name"] for row in shell.json("rooms", "list")] == ["new-home", "study", "study-2"]


def test_what_cannot_be_done_is_said(shell: Shell, target: Path) -> None:
    shell.in_stores(with_ada)
    shell.type("rooms", "export", "nowhere", str(target), status=1)
    assert "There is no room of that name" in shell.errors
    target.write_bytes(b"mine")
    shell.type("rooms", "export", "study", str(target), status=1)
    assert "is there already" in shell.errors
    shell.type("rooms", "import", str(target), "--owner", "bob@example.org", status=1)
    assert "no account" in shell.errors
    owner = ("--owner", "ada@example.org")
    shell.type("rooms", "import", str(target), *owner, status=1)
    assert "This is no archive of a room" in shell.errors
    shell.type("rooms", "import", str(target.with_name("none")), *owner, status=1)
    assert "cannot be read" in shell.errors
    shell.type("rooms", "import", str(target), *owner, "--name", "a/b", status=1)
    assert "letters a to z" in shell.errors
    target.unlink()
    shell.type("rooms", "export", "study", str(target))
    shell.type("rooms", "import", str(target), *owner, "--name", "study", status=1)
    assert "There is a room of this name" in shell.errors
    assert [row["name"] for row in shell.json("rooms", "list")] == ["study"]


def test_too_little_room_is_told_before_anything_is_written(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.in_stores(with_ada)
    before = sorted(target.parent.iterdir())
    free = shutil.disk_usage(target.parent)._replace(free=MARGIN - 1)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: free)
        shell.type("rooms", "export", "study", str(target), status=1)
    assert "of free space there; 34 MB are free. Make room" in shell.errors
    assert sorted(target.parent.iterdir()) == before
