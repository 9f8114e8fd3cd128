"""An archive is a stranger's file until its manifest is checked: whatever is in it ends in a
refusal, and nothing gets out of its folder."""

import io
import tarfile
import tempfile
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetd.core.private import Private
from meetd.lifecycle.archive import NAMES, unseal
from meetd.lifecycle.manifest import BlobFact, Note, decode
from meetd.lifecycle.problem import ArchiveDamaged, BackupProblem

IDENTITY = pyrage.x25519.Identity.generate()
KEY = Private(str(IDENTITY))


def refused(sealed: bytes) -> list[str]:
    """Names that were unpacked before it was refused."""
    with tempfile.TemporaryDirectory() as outside:
        folder = Path(outside, "in", "here")
        with pytest.raises(BackupProblem):
            unseal(io.BytesIO(sealed), KEY, folder, "it")
        assert list(Path(outside).iterdir()) == [Path(outside, "in")]
        assert list(Path(outside, "in").iterdir()) == [folder]
        return [path.name for path in folder.iterdir()]


def sealed(plain: bytes) -> bytes:
    result: bytes = pyrage.encrypt(plain, [IDENTITY.to_public()])
    return result


@settings(deadline=None)
@given(data=st.binary(max_size=2_000))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert refused(data) == []


@settings(deadline=None)
@given(data=st.binary(max_size=3_000))
def test_any_bytes_that_open_are_refused(data: bytes) -> None:
    assert set(refused(sealed(data))) <= NAMES


@pytest.mark.parametrize(
    "name",
    ["../escape", "/tmp/escape", "a/../../escape", "blobs/x", "meetd.db\n", ".", ""],  # noqa: S108
)
def test_a_name_that_we_do_not_pack_is_refused(name: str) -> None:
    header = tarfile.TarInfo(name)
    header.size = 1
    data = header.tobuf(tarfile.GNU_FORMAT) + b"x" + bytes(511) + bytes(1_024)
    assert refused(sealed(data)) == []


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_a_link_or_a_folder_is_refused(kind: bytes) -> None:
    header = tarfile.TarInfo("meetd.db")
    header.type, header.linkname = kind, "/etc/passwd"
    assert refused(sealed(header.tobuf() + bytes(1_024))) == []


def test_a_file_that_comes_twice_or_lies_about_its_length_is_refused() -> None:
    header = tarfile.TarInfo("meetd.db")
    twice = 2 * header.tobuf() + bytes(1_024)
    assert refused(sealed(twice)) == ["meetd.db"]
    header.size = 1 << 60
    assert refused(sealed(header.tobuf(tarfile.GNU_FORMAT) + b"x")) == ["meetd.db"]


@pytest.mark.parametrize(
    "id_", ["../../../../etc/passwd", "a" * 65, "", "abc/defabcdefabcdef", "ä" * 20]
)
def test_a_note_that_leads_out_of_the_folder_is_refused(id_: str) -> None:
    note = (
        b'{"format":1,"made_at":1,"recipient":"r","size":1,"blobs":[["%s",1,"00"]]}' % id_.encode()
    )
    with pytest.raises(ArchiveDamaged):
        decode(note, Note, "it")


@given(data=st.binary(max_size=200))
def test_any_note_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        decode(data, Note, "it")


def test_a_right_id_is_below_the_folder() -> None:
    assert BlobFact("A" * 22, 1, "00").name == "blobs/AA/" + "A" * 22
