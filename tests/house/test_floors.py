"""The floors are held by import-linter, and a planted violation really turns it red.

``scripts/check`` runs it on the code itself; this holds the contracts that it runs.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(  # noqa: S603
        [program, "--no-cache"],
        cwd=root,
        # The copy, not the installed package.
        env={"PYTHONPATH": str(root), "PATH": "", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "meetd", tmp_path / "meetd", ignore=shutil.ignore_patterns("__pycache__", "assets")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_floors_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "planted", "broken"),
    [
        ("core/ids.py", "import meetd.rooms", "A floor imports only from floors below it"),
        ("chat/__init__.py", "import meetd.relay", "A floor imports only from floors below it"),
        ("audit/log.py", "import meetd.accounts", "A floor imports only from floors below it"),
        ("audit/log.py", "import aiohttp", "aiohttp only at the doors and above"),
        ("api/__init__.py", "import meetd.pages", "A floor imports only from floors below it"),
        ("calling/call.py", "import meetd.rooms", "A floor imports only from floors below it"),
        ("push/sending.py", "import aiohttp", "aiohttp only at the doors and above"),
        ("meetings/__init__.py", "import aiohttp", "aiohttp only at the doors and above"),
        ("along/__init__.py", "import aiohttp", "aiohttp only at the doors and above"),
        ("along/__init__.py", "import meetd.privacy", "A floor imports only from floors below it"),
        ("chat/__init__.py", "import aiortc", "The WebRTC stack only in relay/transport"),
        ("relay/rtp/header.py", "import meetd.relay.forwarding", "Inside the relay"),
        ("relay/forwarding/ring.py", "import meetd.relay.transport", "Inside the relay"),
        ("relay/transport/stun.py", "import meetd.relay.forwarding", "Inside the relay"),
        ("relay/forwarding/ring.py", "import time", "Packets and their forwarding are pure"),
        ("relay/forwarding/ring.py", "import meetd.config", "Packets and their forwarding are"),
        ("images/store.py", "import meetd.audit", "A floor imports only from floors below it"),
        ("images/reencoding.py", "import PIL", "Pillow only in a process of its own"),
        ("rooms/store.py", "import sqlalchemy", "SQLAlchemy only describes the schema"),
    ],
)
def test_a_planted_violation_is_found(copy: Path, module: str, planted: str, broken: str) -> None:
    path = copy / "meetd" / module
    path.write_text(f"{path.read_text()}\n{planted}\n")
    result = lint(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(broken in line and "BROKEN" in line for line in result.stdout.splitlines()), (
        result.stdout
    )
