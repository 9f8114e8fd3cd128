"""Large files on disk: whole or not there, readable in any part, and never read wrong."""

import os
from pathlib import Path

import pytest

from meetd.core.private import Private
from meetd.storage.blobs import SEGMENT, BlobDamaged, BlobFolder, seal, segments
from meetd.storage.vault import OVERHEAD, Cipher

CIPHER = Cipher(Private(bytes(32)))
SEALED = SEGMENT + OVERHEAD
ID = "blob-of-a-test-0123456"


@pytest.fixture
def folder(tmp_path: Path) -> BlobFolder:
    return BlobFolder(tmp_path / "blobs")


def sealed(plain: bytes, blob_id: str = ID) -> bytes:
    pieces = [plain[at : at + SEGMENT] for at in range(0, len(plain), SEGMENT)] or [b""]
    last = len(pieces) - 1
    return b"".join(
        seal(CIPHER, blob_id, number, piece, last=number == last)
        for number, piece in enumerate(pieces)
    )


def keep(folder: BlobFolder, plain: bytes) -> None:
    with folder.grow(ID, 0) as blob:
        blob.write(sealed(plain))
        blob.sync()
    folder.finish(ID, len(plain))


def read(folder: BlobFolder, length: int, start: int, stop: int) -> bytes:
    return b"".join(folder.read(ID, CIPHER, length, start, stop))


@pytest.mark.parametrize("length", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 7])
def test_what_was_kept_is_read(folder: BlobFolder, length: int) -> None:
    plain = os.urandom(length)
    keep(folder, plain)
    assert read(folder, length, 0, length) == plain
    middle = length // 2
    assert read(folder, length, middle, length) == plain[middle:]
    assert read(folder, length, middle, middle + 1) == plain[middle : middle + 1]


def test_nothing_of_it_stands_on_the_disk(folder: BlobFolder, tmp_path: Path) -> None:
    plain = b"a sentence that nobody else may read. " * 4_000
    keep(folder, plain)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(on_disk) == len(plain) + OVERHEAD * segments(len(plain))
    assert plain[:16] not in on_disk


def test_a_growing_file_is_not_there_yet(folder: BlobFolder) -> None:
    with folder.grow(ID, 0) as blob:
        blob.write(sealed(b"half"))
    with pytest.raises(BlobDamaged):
        read(folder, 4, 0, 4)


def test_writing_goes_on_where_it_was_acknowledged(folder: BlobFolder) -> None:
    plain = os.urandom(2 * SEGMENT + 5)
    with folder.grow(ID, 0) as blob:
        blob.write(seal(CIPHER, ID, 0, plain[:SEGMENT], last=False) + b"interrupted in the middle")
    with folder.grow(ID, 1) as blob:
        blob.write(seal(CIPHER, ID, 1, plain[SEGMENT : 2 * SEGMENT], last=False))
        blob.write(seal(CIPHER, ID, 2, plain[2 * SEGMENT :], last=True))
    folder.finish(ID, len(plain))
    assert read(folder, len(plain), 0, len(plain)) == plain


def test_missing_segments_are_found_before_going_on(folder: BlobFolder) -> None:
    with pytest.raises(BlobDamaged):
        folder.grow(ID, 1)


def test_a_finished_file_can_be_gone_on_with(folder: BlobFolder) -> None:
    """Killed after it was finished, before that was written down: its end is sent again."""
    plain = os.urandom(SEGMENT + 9)
    keep(folder, plain)
    with folder.grow(ID, 1) as blob:
        blob.write(seal(CIPHER, ID, 1, plain[SEGMENT:], last=True))
    folder.finish(ID, len(plain))
    assert read(folder, len(plain), 0, len(plain)) == plain


def test_a_file_of_another_length_gets_no_name(folder: BlobFolder) -> None:
    with folder.grow(ID, 0) as blob:
        blob.write(sealed(b"whole"))
    with pytest.raises(BlobDamaged):
        folder.finish(ID, 6)


def damage(folder: Path, how: str) -> None:
    path = folder / "blobs" / ID[:2] / ID
    data = bytearray(path.read_bytes())
    first, second = bytes(data[:SEALED]), bytes(data[SEALED : 2 * SEALED])
    if how == "bit":
        data[SEALED + 100] ^= 1
    elif how == "swapped":
        data[: 2 * SEALED] = second + first
    elif how == "missing":
        del data[SEALED : 2 * SEALED]
    elif how == "cut":
        del data[2 * SEALED :]
    elif how == "other":
        data[:] = sealed(bytes(3 * SEGMENT), "another-file-0123456789")
    else:
        path.unlink()
        return
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["bit", "swapped", "missing", "cut", "other", "gone"])
def test_damage_is_never_read_as_content(folder: BlobFolder, tmp_path: Path, how: str) -> None:
    plain = os.urandom(3 * SEGMENT)
    keep(folder, plain)
    damage(tmp_path, how)
    with pytest.raises(BlobDamaged):
        read(folder, len(plain), 0, len(plain))


def test_what_belongs_to_nothing_is_swept_once_old(folder: BlobFolder, tmp_path: Path) -> None:
    keep(folder, b"whole")
    path = tmp_path / "blobs" / ID[:2] / ID
    written = path.stat().st_mtime
    assert folder.sweep({ID}, written + 1) == 0
    assert folder.sweep(set(), written - 1) == 0
    assert folder.sweep(set(), written + 1) == 1
    assert not path.exists()


def test_removed_is_gone_however_far_it_was(folder: BlobFolder) -> None:
    with folder.grow(ID, 0) as blob:
        blob.write(sealed(b"half"))
    folder.remove(ID)
    folder.remove(ID)
    with pytest.raises(BlobDamaged):
        folder.finish(ID, 4)
