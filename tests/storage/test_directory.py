"""One process at a time, and nobody else may read."""

import os
import stat
from pathlib import Path

import pytest

from meetd.storage.directory import DataDirectory, StorageError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_directory_is_made_for_this_user_only(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "a" / "data")
    directory.open()
    assert mode(directory.path) == 0o700
    directory.close()


def test_a_second_process_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    first = DataDirectory(tmp_path)
    first.open()
    with pytest.raises(StorageError, match=f"process {os.getpid()}"):
        DataDirectory(tmp_path).open()
    first.close()
    again = DataDirectory(tmp_path)
    again.open()
    again.close()


def test_a_directory_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    directory = DataDirectory(shared)
    directory.open()
    directory.close()
    assert mode(shared) == 0o755


def test_a_file_instead_of_a_directory_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StorageError, match=r"is a file\. Choose a folder with --data"):
        DataDirectory(file).open()


def test_a_directory_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="--data"):
        DataDirectory(tmp_path / "file" / "data").open()
