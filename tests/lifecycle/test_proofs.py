"""Whoever can write to the place of backups knows their recipient, and plants nothing."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from meetd.lifecycle.archive import MANIFEST, recipient_of, seal, unseal
from meetd.lifecycle.manifest import KEYS, Manifest, Note
from meetd.lifecycle.nights import Night, name_at
from meetd.lifecycle.proof import Prover, UnprovenArchive
from meetd.lifecycle.store import DAY
from tests.lifecycle.backups import Archive, everything
from tests.lifecycle.conftest import HandClock
from tests.support.house import contents_of, furnish

WHY = "carries no proof .* accounts and administrators of theirs.* --accept-unproven"


@pytest.fixture
async def kept(archive: Archive) -> Archive:
    """With one night."""
    await asyncio.to_thread(archive.back_up)
    return archive


@pytest.fixture
async def foreign(tmp_path: Path) -> Archive:
    """Of a server of somebody else, with one room."""
    await furnish(tmp_path / "their data", 1)
    made = Archive(tmp_path / "their data", tmp_path / "their backups")
    await asyncio.to_thread(made.write_key)
    await asyncio.to_thread(made.back_up)
    return made


def taken_apart(archive: Archive, name: str, folder: Path) -> dict[str, bytes | Path]:
    """What is in an archive, the manifest first."""
    with (archive.folder / name).open("rb") as file:
        unseal(file, archive.identity, folder, name)
    manifest = (folder / MANIFEST).read_bytes()
    names = msgspec.json.decode(manifest, type=Manifest).files
    return {MANIFEST: manifest, **{each: folder / each for each in names}}


def planted(target: Archive, name: str, files: dict[str, bytes | Path]) -> None:
    """Encrypted to the recipient that stands in every note, which is all that they know."""
    (recipient,) = {night.note.recipient for night in target.nights}
    with (target.folder / name).open("wb") as file:
        seal(files, recipient, file)


def add_night(target: Archive, note: Note, name: str) -> None:
    (target.folder / f"{name}.json").write_bytes(msgspec.json.encode(note))


async def refused(archive: Archive, target: Path) -> None:
    before = everything(archive.folder)
    with pytest.raises(UnprovenArchive, match=WHY):
        await asyncio.to_thread(archive.restore, target)
    assert not target.exists()
    assert not list(target.parent.glob(".*restoring*"))
    assert everything(archive.folder) == before


async def plant(kept: Archive, foreign: Archive, tmp_path: Path) -> Night:
    """A younger night of another server, with its keys."""
    theirs = foreign.nights[0]
    planted(kept, theirs.archive, taken_apart(foreign, theirs.archive, tmp_path / "night"))
    planted(kept, KEYS, taken_apart(foreign, KEYS, tmp_path / "keys"))
    note = msgspec.structs.replace(theirs.note, recipient=kept.nights[0].note.recipient)
    add_night(kept, note, theirs.name)
    shutil.copytree(foreign.folder / "blobs", kept.folder / "blobs", dirs_exist_ok=True)
    return theirs


async def test_an_archive_of_somebody_else_is_not_restored(
    kept: Archive, foreign: Archive, tmp_path: Path
) -> None:
    theirs = await plant(kept, foreign, tmp_path)
    assert kept.nights[-1].name == theirs.name
    await refused(kept, tmp_path / "new")


async def test_who_says_so_restores_it_and_is_told(
    kept: Archive, foreign: Archive, tmp_path: Path
) -> None:
    await plant(kept, foreign, tmp_path)
    restored = await asyncio.to_thread(lambda: kept.restore(tmp_path / "new", accept_unproven=True))
    assert not restored.proven
    assert await contents_of(tmp_path / "new") == await contents_of(foreign.data)


@pytest.mark.parametrize("which", ["night", "keys"])
async def test_an_archive_without_a_proof_is_not_restored(
    kept: Archive, tmp_path: Path, which: str
) -> None:
    """As they were before there were proofs."""
    name = KEYS if which == "keys" else kept.nights[0].archive
    files = taken_apart(kept, name, tmp_path / "apart")
    manifest = msgspec.json.decode((tmp_path / "apart" / MANIFEST).read_bytes(), type=Manifest)
    assert manifest.proof
    without = msgspec.structs.replace(manifest, proof="")
    planted(kept, name, {**files, MANIFEST: msgspec.json.encode(without)})
    await refused(kept, tmp_path / "new")
    restored = await asyncio.to_thread(lambda: kept.restore(tmp_path / "new", accept_unproven=True))
    assert (restored.proven, restored.files) == (False, 6)


@pytest.mark.parametrize("field", ["made_at", "schema", "rows", "tombstone", "blobs", "meetd"])
async def test_nothing_in_a_manifest_is_changed_unseen(
    kept: Archive, tmp_path: Path, field: str
) -> None:
    name = kept.nights[0].archive
    files = taken_apart(kept, name, tmp_path / "apart")
    manifest = msgspec.json.decode((tmp_path / "apart" / MANIFEST).read_bytes(), type=Manifest)
    value = getattr(manifest, field)
    changes: dict[type, Callable[[], object]] = {
        int: lambda: value + 1,
        str: lambda: value + "0",
        dict: dict,
        list: lambda: value[1:],
    }
    changed = msgspec.structs.replace(manifest, **{field: changes[type(value)]()})
    assert changed != manifest
    planted(kept, name, {**files, MANIFEST: msgspec.json.encode(changed)})
    await refused(kept, tmp_path / "new")


async def test_an_old_night_is_not_taken_for_a_younger_one(kept: Archive, tmp_path: Path) -> None:
    old = kept.nights[0]
    younger = name_at(old.note.made_at + DAY)
    shutil.copy(kept.folder / old.archive, kept.folder / f"{younger}.age")
    add_night(kept, msgspec.structs.replace(old.note, made_at=old.note.made_at + DAY), younger)
    await refused(kept, tmp_path / "new")


async def test_a_night_is_not_taken_for_the_keys(kept: Archive, tmp_path: Path) -> None:
    """Both are proven, and each is something else."""
    shutil.copy(kept.folder / kept.nights[0].archive, kept.folder / KEYS)
    await refused(kept, tmp_path / "new")


async def test_a_restored_server_proves_with_the_same_recovery_key(
    kept: Archive, tmp_path: Path
) -> None:
    """Nothing else has to be kept."""
    restored = await asyncio.to_thread(kept.restore, tmp_path / "new")
    assert restored.proven
    again = Archive(tmp_path / "new", tmp_path / "its backups")
    again.key_file = kept.key_file
    await asyncio.to_thread(again.back_up)
    third = await asyncio.to_thread(again.restore, tmp_path / "third")
    assert third.proven


async def test_a_note_of_somebody_else_keeps_no_file_from_being_copied(
    kept: Archive, tmp_path: Path
) -> None:
    """Or a damaged file, and a note that says it is as it should be, would never be found."""
    blob = next(kept.folder.glob("blobs/*/*"))
    whole = blob.read_bytes()
    blob.write_bytes(bytes(len(whole)))
    night = kept.nights[0]
    add_night(kept, msgspec.structs.replace(night.note, proof="0" * 64), night.name)
    await asyncio.to_thread(kept.back_up)
    assert blob.read_bytes() == whole
    assert (await asyncio.to_thread(kept.restore, tmp_path / "new")).proven


@pytest.mark.parametrize("change", [{"size": 1}, {"blobs": []}, {"made_at": 1}, {"proof": "ключ"}])
async def test_what_a_note_says_is_proven(kept: Archive, change: dict[str, object]) -> None:
    night = kept.nights[0]
    prover = Prover(kept.identity)
    assert prover.proves_note(night.name, night.note)
    assert not prover.proves_note(name_at(night.note.made_at + 1), night.note)
    assert not prover.proves_note(night.name, msgspec.structs.replace(night.note, **change))


async def test_a_proof_is_renewed_where_there_was_one(kept: Archive, clock: HandClock) -> None:
    """Of a night that a clock ahead made: when it counts from is written anew."""
    clock.forward(kept.nights[0].note.made_at - clock.now() + 40 * DAY)
    await asyncio.to_thread(kept.back_up, clock)
    clock.forward(DAY)
    await asyncio.to_thread(kept.back_up, clock)
    first, second, third = kept.nights
    add_night(kept, msgspec.structs.replace(third.note, proof="0" * 64), third.name)
    clock.jump(first.note.made_at - clock.now())
    await asyncio.to_thread(kept.prune, clock)
    prover = Prover(kept.identity)
    proven = {night.name: prover.proves_note(night.name, night.note) for night in kept.nights}
    assert proven == {first.name: True, second.name: True, third.name: False}
    made = {night.note.made_at for night in kept.nights}
    assert made == {first.note.made_at}


def test_a_proof_is_of_one_key_only(archive: Archive, foreign: Archive) -> None:
    night = foreign.nights[0]
    assert Prover(foreign.identity).proves_note(night.name, night.note)
    assert not Prover(archive.identity).proves_note(night.name, night.note)
    assert recipient_of(foreign.identity) == night.note.recipient
