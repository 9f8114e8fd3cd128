"""Files that are there whole or not at all."""

import stat
from pathlib import Path

from meetd.core.files import PUBLIC, write_whole


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


def test_what_an_interrupted_write_left_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half")
    write_whole(tmp_path / "file", b"whole", PUBLIC)
    assert (tmp_path / "file").read_bytes() == b"whole"
    assert mode(tmp_path / "file") == 0o644
