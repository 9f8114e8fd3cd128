"""Wrong keys, damaged and foreign archives, full disks and kills: a sentence that says what to do,
everything as it was, and the next run succeeds."""

import asyncio
import errno
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from pyrage import x25519

from meetd.core.private import Private
from meetd.lifecycle import runs
from meetd.lifecycle.archive import MANIFEST, fact_of, recipient_of, seal, unseal
from meetd.lifecycle.manifest import KEYS, Manifest
from meetd.lifecycle.nights import sorted_nights
from meetd.lifecycle.problem import BackupProblem
from meetd.lifecycle.proof import Prover
from meetd.lifecycle.pruning import prune
from meetd.lifecycle.recovery import identity_of, read_recovery_key
from meetd.lifecycle.report import Report
from meetd.lifecycle.store import DAY
from tests.lifecycle.backups import Archive, everything, stages
from tests.support.house import contents_of

BACKUP_REPORTS = 15
"""At the least: of what was there before, a share is read again."""
RESTORE_REPORTS = 9


@pytest.fixture
async def kept(archive: Archive) -> Archive:
    """With one night."""
    await asyncio.to_thread(archive.back_up)
    return archive


@pytest.fixture
async def half(archive: Archive, tmp_path: Path) -> Archive:
    """With one night, in which three of the six files were not there yet."""
    hidden = sorted((archive.data / "blobs").glob("*/*"))[::2]
    for path in hidden:
        path.rename(tmp_path / path.name)
    await asyncio.to_thread(archive.back_up)
    for path in hidden:
        (tmp_path / path.name).rename(path)
    return archive


async def refused(archive: Archive, target: Path, sentence: str, **how: object) -> None:
    """Restoring says so, leaves nothing, and touches nothing."""
    before = everything(archive.folder), everything(archive.data)
    with pytest.raises(BackupProblem, match=sentence):
        await asyncio.to_thread(lambda: archive.restore(target, **how))  # type: ignore[arg-type]
    assert not target.exists()
    assert not list(target.parent.glob(".*restoring*"))
    assert (everything(archive.folder), everything(archive.data)) == before


async def test_a_key_of_another_server_is_told(kept: Archive, tmp_path: Path) -> None:
    other = Private(str(x25519.Identity.generate()))
    sentence = "does not open .* Use the one that meetd keys export wrote"
    await refused(kept, tmp_path / "new", sentence, identity=other)
    await asyncio.to_thread(kept.restore, tmp_path / "new")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is not a recovery key"),
        (b"hello\n", "is not a recovery key"),
        (b"AGE-SECRET-KEY-1ABC AGE-SECRET-KEY-1ABC", "is not a recovery key"),
        ("ключ".encode(), "cannot be read: it is not text"),
    ],
)
def test_a_file_that_is_no_key_is_told(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BackupProblem, match=sentence):
        read_recovery_key(file)


def test_a_mistyped_key_is_told() -> None:
    text = identity_of(Private(bytes(range(32)))).reveal()
    assert recipient_of(Private(text)).startswith("age1")
    wrong = text[:-1] + ("Q" if text[-1] != "Q" else "P")
    with pytest.raises(BackupProblem, match="The recovery key is mistyped"):
        recipient_of(Private(wrong))


@pytest.mark.parametrize("which", ["night", "keys"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.7, 0.999])
async def test_a_truncated_archive_is_told(
    kept: Archive, tmp_path: Path, which: str, share: float
) -> None:
    path = kept.folder / (KEYS if which == "keys" else kept.nights[0].archive)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    await refused(kept, tmp_path / "new", "damaged, cut off or not an archive")
    path.write_bytes(whole)
    await asyncio.to_thread(kept.restore, tmp_path / "new")


@pytest.mark.parametrize("which", ["night", "keys"])
@pytest.mark.parametrize("share", [0.0005, 0.2, 0.5, 0.9, 0.9999])
async def test_a_single_wrong_bit_is_told(
    kept: Archive, tmp_path: Path, which: str, share: float
) -> None:
    path = kept.folder / (KEYS if which == "keys" else kept.nights[0].archive)
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 4
    path.write_bytes(data)
    await refused(kept, tmp_path / "new", "damaged, cut off or not an archive|does not open")


async def test_an_archive_of_something_else_is_told(kept: Archive, tmp_path: Path) -> None:
    path = kept.folder / kept.nights[0].archive
    recipient = recipient_of(kept.identity)
    for foreign in ({"../../escape": b"x"}, {"etc": b"x"}, {MANIFEST: b"{}"}, {"meetd.db": b"x"}):
        with path.open("wb") as file:
            seal(foreign, recipient, file)
        await refused(kept, tmp_path / "new", "not an archive of meetd|damaged|no manifest")
    assert not (tmp_path.parent / "escape").exists()


@pytest.mark.parametrize(("field", "value"), [("format", 2), ("schema", "9999")])
async def test_an_archive_of_a_newer_meetd_is_told(
    kept: Archive, tmp_path: Path, field: str, value: int | str
) -> None:
    path = kept.folder / kept.nights[0].archive
    folder = tmp_path / "taken apart"
    with path.open("rb") as file:
        unseal(file, kept.identity, folder, "it")
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    files: dict[str, bytes | Path] = {name: folder / name for name in manifest.files}
    if field == "schema":
        set_schema(folder / "meetd.db", str(value))
        facts = {name: fact_of(folder / name) for name in manifest.files}
        manifest = msgspec.structs.replace(manifest, files=facts)
        manifest = Prover(kept.identity).prove_manifest(manifest)
    else:
        manifest = msgspec.structs.replace(manifest, format=2)
    with path.open("wb") as file:
        seal({MANIFEST: msgspec.json.encode(manifest), **files}, recipient_of(kept.identity), file)
    await refused(kept, tmp_path / "new", "written by a newer meetd .* Install that version")


@pytest.mark.parametrize("how", ["gone", "cut", "changed"])
async def test_a_damaged_file_is_told_and_can_be_left_out(
    kept: Archive, tmp_path: Path, how: str
) -> None:
    blob = min(kept.folder.glob("blobs/*/*"), key=lambda path: path.stat().st_size)
    if how == "gone":
        blob.unlink()
    else:
        whole = blob.read_bytes()
        blob.write_bytes(whole[:-1] if how == "cut" else b"x" + whole[1:])
    await refused(kept, tmp_path / "new", f"such as {blob.name}.*--accept-damage")
    restored = await asyncio.to_thread(lambda: kept.restore(tmp_path / "new", accept_damage=True))
    assert restored.missing == [blob.name]
    assert restored.files == 5
    assert not list((tmp_path / "new" / "blobs").glob(f"*/{blob.name}"))


async def test_a_master_key_that_does_not_fit_leaves_the_archive_of_the_keys(
    kept: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was changed while the backup ran: the old archive still opens what is there."""
    before = (kept.folder / KEYS).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(runs, "fitting_master_key", lambda *_: Private(bytes(32)))
        with pytest.raises(BackupProblem, match=r"does not open every key .* stays as it was"):
            await asyncio.to_thread(kept.back_up)
    assert (kept.folder / KEYS).read_bytes() == before
    restored = await asyncio.to_thread(kept.restore, tmp_path / "new")
    assert restored.files == 6


@pytest.mark.parametrize("note", [b"", b'{"format": 1', b"\xff\xfe", b"[]", b'{"format": 1}'])
async def test_a_damaged_note_stops_no_backup_and_no_restore(
    kept: Archive,
    tmp_path: Path,
    note: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That night is left out and said; it goes by its name when it is too old."""
    damaged = kept.nights[0]
    (kept.folder / damaged.note_name).write_bytes(note)
    good = await asyncio.to_thread(kept.back_up)
    assert [night.name for night in kept.nights] == [good.night]
    assert f"{damaged.note_name} is damaged" in caplog.text
    assert (kept.folder / damaged.archive).exists(), "taken for unfinished"
    listed = sorted_nights(kept.depot, kept.depot.names())[1]
    assert [each.name for each in listed] == [damaged.name]
    restored = await asyncio.to_thread(kept.restore, tmp_path / "new")
    assert (restored.night, restored.files) == (good.night, 6)
    of_it_alone = kept.folder / "blobs" / "ab" / f"ab{'x' * 20}"
    of_it_alone.parent.mkdir(exist_ok=True)
    of_it_alone.write_bytes(b"sealed")
    prover = Prover(kept.identity)
    assert prune(kept.depot, damaged.note.made_at + 29 * DAY, 30, prover) == []
    assert (len(kept.nights), of_it_alone.exists()) == (1, True)
    gone = prune(kept.depot, damaged.note.made_at + 30 * DAY, 30, prover)
    assert damaged.name in gone
    assert not (kept.folder / damaged.archive).exists()
    assert not (kept.folder / damaged.note_name).exists()
    assert not of_it_alone.exists()


def reports_of(run: Callable[[Report], object]) -> int:
    return len(stages(run))


async def test_the_reports_are_as_many_as_the_tests_below_count(
    half: Archive, tmp_path: Path
) -> None:
    backup = await asyncio.to_thread(reports_of, lambda report: half.back_up(report=report))
    assert BACKUP_REPORTS <= backup <= BACKUP_REPORTS + 3
    restoring = await asyncio.to_thread(
        reports_of, lambda report: half.restore(tmp_path / "new", report=report)
    )
    assert restoring == RESTORE_REPORTS


@pytest.mark.parametrize("number", range(BACKUP_REPORTS))
async def test_a_backup_whose_disk_is_full_leaves_the_last_one(
    half: Archive, tmp_path: Path, number: int
) -> None:
    before = everything(half.data)
    with pytest.raises(BackupProblem, match=r"The disk is full while .* Make room and start"):
        await asyncio.to_thread(half.back_up, None, Full(number))
    assert everything(half.data) == before
    await goes_on(half, tmp_path)


@pytest.mark.parametrize("number", range(RESTORE_REPORTS))
async def test_a_restore_whose_disk_is_full_leaves_nothing(
    kept: Archive, tmp_path: Path, number: int
) -> None:
    sentence = "The disk is full while restoring"
    await refused(kept, tmp_path / "new", sentence, report=Full(number))
    await asyncio.to_thread(kept.restore, tmp_path / "new")


@pytest.mark.parametrize("number", range(0, BACKUP_REPORTS, 2))
async def test_a_killed_backup_leaves_the_last_one(
    half: Archive, tmp_path: Path, number: int
) -> None:
    before = everything(half.data)
    await killed("backup", half, tmp_path / "new", number)
    after = everything(half.data)
    assert {name: after[name] for name in before} == before
    await goes_on(half, tmp_path)
    assert not (half.data / "backup-work").exists()
    assert not list(half.folder.rglob("*.new"))


@pytest.mark.parametrize("number", range(RESTORE_REPORTS))
async def test_a_killed_restore_leaves_nothing_that_looks_whole(
    kept: Archive, tmp_path: Path, number: int
) -> None:
    before = everything(kept.folder), everything(kept.data)
    await killed("restore", kept, tmp_path / "new", number)
    assert not (tmp_path / "new").exists()
    assert (everything(kept.folder), everything(kept.data)) == before
    await asyncio.to_thread(kept.restore, tmp_path / "new")
    assert await contents_of(tmp_path / "new") == await contents_of(kept.data)
    assert not list(tmp_path.glob(".*restoring*"))


class Full:
    """The disk is full when it is reported to for the ``number``-th time."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, stage: str, done: int, total: int) -> None:
        del stage, done, total
        if self._left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._left -= 1


async def goes_on(half: Archive, tmp_path: Path) -> None:
    """The night before can be restored, and the next backup has everything."""
    assert len(half.nights) == 1
    first = await asyncio.to_thread(half.restore, tmp_path / "first")
    assert (first.night, first.files) == (half.nights[0].name, 3)
    good = await asyncio.to_thread(half.back_up)
    restored = await asyncio.to_thread(half.restore, tmp_path / "new")
    assert (restored.night, restored.files) == (good.night, 6)
    assert len(list(half.folder.glob("*.age"))) == 3


def set_schema(database: Path, version: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [version])


async def killed(what: str, archive: Archive, target: Path, number: int) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.lifecycle.killed", what),
        *(str(archive.data), str(archive.folder), str(target), str(number)),
    )
    assert await process.wait() == -signal.SIGKILL
