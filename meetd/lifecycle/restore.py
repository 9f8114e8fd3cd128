"""Out of a depot into a folder: unpacked, checked against its manifests, with what was deleted
since taken out again. The nightly verification does the same in a scratch folder."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from meetd.core.files import sync_folder, write_whole
from meetd.core.private import Private
from meetd.lifecycle.archive import MANIFEST, fact_of, unseal
from meetd.lifecycle.blob_copies import copy_blobs
from meetd.lifecycle.copies import Tombstone, is_sound, replay, rows_in
from meetd.lifecycle.depot import Depot
from meetd.lifecycle.manifest import ELSE, KEYS, Manifest, decode
from meetd.lifecycle.nights import Night, name_at
from meetd.lifecycle.place import Deletions, Place
from meetd.lifecycle.problem import ArchiveDamaged, BackupProblem, of_disk
from meetd.lifecycle.proof import Prover, unproven
from meetd.lifecycle.report import Report
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.key_files import check_keys, forget_in
from meetd.storage.master_key_source import parse_master_key
from meetd.storage.schema import current_version, newest_version
from meetd.storage.vault import Scope

TOMBSTONES: Final = "tombstones.json"
MASTER_KEY: Final = "master.key"
CONFIG: Final = "config.toml"
RESTORED_CONFIG: Final = "config-of-the-backup.toml"

_SCOPES: Final[dict[str, Scope]] = {"rooms": "room", "accounts": "account"}
"""Tables whose rows have keys of their own."""

Settle = Callable[[Path], set[str]]
"""Gives up in a copy of the database what no backup has, and returns the ids of the files that it
needs."""
T = TypeVar("T")


@dataclass(frozen=True)
class Restored:
    """``rows`` per table as they are in the backup, which said the same number when it was made;
    ``deleted``: how many of them went again. ``missing``: files that were deleted while the backup
    was made, or are damaged when that was accepted. ``proven``: the server of the recovery key
    made it."""

    night: str
    made_at: int
    rows: dict[str, int]
    deleted: int
    keys: int
    files: int
    bytes: int
    missing: list[str]
    proven: bool


@dataclass(frozen=True)
class Unpacked:
    """Both archives in a folder that looks like a data directory without its files."""

    directory: DataDirectory
    night: Manifest
    keys: Manifest
    tombstones: list[Tombstone]
    key_count: int
    proven: bool


def unpack(
    depot: Depot,
    night: Night,
    keys_from: Depot,
    identity: Private[str],
    folder: Path,
    *,
    accept_unproven: bool = False,
) -> Unpacked:
    """``keys_from``: the depot with the archive of the keys, usually the same.
    ``accept_unproven``: also what the server of that key may not have made.

    Raises: BackupProblem, OSError.
    """
    directory = DataDirectory(folder)
    where = f"{depot.where}/{night.archive}"
    manifest = _take(depot, night.archive, identity, folder / "night")
    keys = _take(keys_from, KEYS, identity, folder / "keys-archive")
    # Before anything in it is looked at.
    keys_where = f"{keys_from.where}/{KEYS}"
    is_proven = _is_proven(manifest, "night", night.name, identity)
    are_keys_proven = _is_proven(keys, "keys", "", identity)
    if not accept_unproven and not (is_proven and are_keys_proven):
        raise unproven(keys_where if is_proven else where)
    _check_rows(folder / "night" / "meetd.db", manifest, where)
    _check_version("main", folder / "night" / "meetd.db", where)
    _check_version("keys", folder / "keys-archive" / "keys.db", keys_where)
    (folder / "night" / "meetd.db").replace(directory.database)
    (folder / "keys-archive" / "keys.db").replace(directory.keys_database)
    config = (folder / "night" / CONFIG).read_bytes()
    write_whole(folder / RESTORED_CONFIG, config)
    archived = folder / "keys-archive"
    write_whole(directory.master_key, (archived / MASTER_KEY).read_bytes())
    tombstones = msgspec.json.decode((archived / TOMBSTONES).read_bytes(), type=list[Tombstone])
    for used in (folder / "night", archived):
        shutil.rmtree(used)
    count = _check_keys(directory.keys_database, directory.master_key)
    is_proven = is_proven and are_keys_proven
    return Unpacked(directory, manifest, keys, tombstones, count, is_proven)


def check_key_archive(depot: Depot, identity: Private[str], folder: Path) -> None:
    """Does it open, and does the master key in it open every key in it? Unpacks into ``folder``.

    Raises: BackupProblem, OSError.
    """
    _take(depot, KEYS, identity, folder)
    _check_keys(folder / "keys.db", folder / MASTER_KEY)


def replay_deletions(unpacked: Unpacked, later: Deletions) -> int:
    """``later``: what the data directory knows that is replaced. Returns how many rows went again;
    the keys of rooms and accounts go with them. Raises: BackupProblem."""
    known = {each.number: each for each in [*unpacked.tombstones, *later.tombstones]}
    since = [each for number, each in known.items() if number > unpacked.night.tombstone]
    last = max(unpacked.keys.tombstone, later.last)
    owners = [(_SCOPES[each.of], each.key[0]) for each in since if each.of in _SCOPES]
    try:
        forget_in(unpacked.directory.keys_database, owners)
        return replay(unpacked.directory.database, since, last)
    except sqlite3.Error as error:
        raise _of_sqlite(error, "what was deleted since the backup could not be deleted") from error


def restore(
    depot: Depot,
    night: Night,
    identity: Private[str],
    place: Place,
    *,
    settle: Settle,
    report: Report,
    accept_damage: bool = False,
    accept_unproven: bool = False,
    dry_run: bool = False,
) -> Restored:
    """Make the data directory. It gets its name when everything is in it and safe; ``dry_run``:
    never.

    Raises: BackupProblem; then nothing is left behind.
    """
    target = place.target
    staging = target.with_name(f".{target.name}.restoring")
    try:
        _clear(staging)
        staging.mkdir(mode=0o700, parents=True)
        report("archives", 0, 1)
        unpacked = unpack(depot, night, depot, identity, staging, accept_unproven=accept_unproven)
        report("deletions", 0, 1)
        deleted = replay_deletions(unpacked, place.deletions)
        needed = _sqlite(settle, unpacked.directory.database)
        facts = [fact for fact in unpacked.night.blobs if fact.id in needed]
        into = None if dry_run else unpacked.directory.blobs
        damaged = copy_blobs(depot, facts, into, report)
        if damaged and not accept_damage:
            raise _files_damaged(damaged, depot)
        missing = sorted((needed - {fact.id for fact in facts}) | set(damaged))
        restored = Restored(
            night=night.name,
            made_at=unpacked.night.made_at,
            rows=unpacked.night.rows,
            deleted=deleted,
            keys=unpacked.key_count,
            files=len(facts) - len(damaged),
            bytes=sum(fact.size for fact in facts if fact.id not in damaged),
            missing=missing,
            proven=unpacked.proven,
        )
        report("names", 0, 1)
        if dry_run:
            _clear(staging)
        else:
            _sync(staging)
            place.give_name(staging)
    except OSError as error:
        _clear(staging)
        raise of_disk(error, f"restoring to {target}") from error
    except BaseException:
        _clear(staging)
        raise
    return restored


def _take(depot: Depot, name: str, identity: Private[str], folder: Path) -> Manifest:
    """Unpack one archive, and hold every file in it against its manifest."""
    where = f"{depot.where}/{name}"
    try:
        with depot.open(name) as file:
            unseal(file, identity, folder, where)
    except FileNotFoundError as error:
        raise BackupProblem(
            f"{where} is missing. Name a folder that has {KEYS} and at least one night."
        ) from error
    path = folder / MANIFEST
    if not path.exists():
        raise ArchiveDamaged(f"{where} is not an archive of meetd: it has no manifest. {ELSE}")
    manifest = decode(path.read_bytes(), Manifest, where)
    found = {each.name: fact_of(each) for each in folder.iterdir() if each != path}
    if found != manifest.files:
        raise ArchiveDamaged(f"{where} does not hold what its manifest says. {ELSE}")
    return manifest


def _is_proven(manifest: Manifest, kind: str, name: str, identity: Private[str]) -> bool:
    """Made by the server of that key, as what it is taken for: not the other kind of archive, and
    not one of another night under a younger name. ``name`` of the night."""
    is_that_night = not name or name == name_at(manifest.made_at)
    is_ours = Prover(identity).proves_manifest(manifest)
    return is_ours and manifest.kind == kind and is_that_night


def _check_rows(database: Path, manifest: Manifest, where: str) -> None:
    if not _sqlite(is_sound, database) or _sqlite(rows_in, database) != manifest.rows:
        raise ArchiveDamaged(f"The database in {where} is damaged. {ELSE}")


def _check_version(name: str, database: Path, where: str) -> None:
    known = newest_version("keys" if name == "keys" else "main")
    version = _sqlite(current_version, database)
    if version > known:
        raise BackupProblem(
            f"{where} was written by a newer meetd (schema {version}, this one knows {known})."
            " Install that version, and restore with it."
        )


def _check_keys(database: Path, master_key: Path) -> int:
    """Does the master key open every key? Returns how many there are."""
    try:
        master = parse_master_key(master_key.read_text("ascii"), str(master_key))
        return _sqlite(lambda path: check_keys(path, master), database)
    except StorageError as error:
        raise ArchiveDamaged(f"The archive of the keys is damaged: {error} {ELSE}") from error


def _files_damaged(damaged: Iterable[str], depot: Depot) -> BackupProblem:
    some = ", ".join(sorted(damaged)[:3])
    return ArchiveDamaged(
        f"Files in {depot.where}/blobs are damaged or missing, such as {some}. Take another copy of"
        " the backups, or restore everything else with --accept-damage."
    )


def _sqlite(act: Callable[[Path], T], database: Path) -> T:
    try:
        return act(database)
    except sqlite3.Error as error:
        raise _of_sqlite(error, f"{database.name} of the backup cannot be read") from error


def _of_sqlite(error: sqlite3.Error, what: str) -> BackupProblem:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return BackupProblem("The disk is full while restoring. Make room and start it again.")
    return ArchiveDamaged(f"{what}: {error}. {ELSE}")


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _sync(folder: Path) -> None:
    """Names and contents, before the folder gets its own name."""
    for path in sorted(folder.rglob("*")):
        sync_folder(path)
    sync_folder(folder)
