"""What is installed is locked, hashed and explained."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def locked(name: str) -> dict[str, str]:
    """Each locked package with its lines."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return {name_of(entry): entry for entry in entries}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_hashes(path: Path) -> None:
    for entry in locked(path.stem).values():
        assert re.match(r"\S+==\S+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_no_folder(path: Path) -> None:
    assert not re.search(r"://|^-|@ |file:", path.read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("serve", PROJECT["project"]["dependencies"]),
        ("build", [*PROJECT["dependency-groups"]["build"], *PROJECT["build-system"]["requires"]]),
        ("dev", PROJECT["dependency-groups"]["dev"]),
        ("audit", PROJECT["dependency-groups"]["audit"]),
    ],
)
def test_every_wanted_package_is_locked(lock: str, wanted: list[str]) -> None:
    assert {name_of(requirement) for requirement in wanted} <= set(locked(lock))


def test_the_locks_agree() -> None:
    """They are installed into one environment."""
    versions: dict[str, str] = {}
    for path in LOCKS:
        for name, entry in locked(path.stem).items():
            version = entry.split()[0]
            assert versions.setdefault(name, version) == version


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text().lower()
    wanted = {name_of(requirement) for requirement in PROJECT["project"]["dependencies"]}
    for group in PROJECT["dependency-groups"].values():
        wanted |= {name_of(requirement) for requirement in group}
    package = json.loads((ROOT / "web" / "package.json").read_text())
    wanted |= {*package["dependencies"], *package["devDependencies"]}
    assert not {name for name in wanted if f"`{name}`" not in page}


def test_the_room_page_is_locked_with_hashes() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    for name, entry in lock["packages"].items():
        if name and entry.get("os") != ["none"]:  # those are never installed
            assert entry.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in entry, name
