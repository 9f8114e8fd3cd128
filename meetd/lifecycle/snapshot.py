"""What a backup is made of, taken while the server runs, in an order that fits together: first the
data, then the keys (made before what needs them), then what was deleted until then."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from meetd import __version__
from meetd.core.private import Private
from meetd.lifecycle.archive import MANIFEST, fact_of
from meetd.lifecycle.copies import copy_database, last_tombstone, rows_in, tombstones_in
from meetd.lifecycle.manifest import FORMAT, BlobFact, FileFact, Manifest
from meetd.lifecycle.problem import BackupProblem
from meetd.lifecycle.proof import Prover
from meetd.lifecycle.report import Report
from meetd.lifecycle.restore import CONFIG, MASTER_KEY, TOMBSTONES
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key_source import written_master_key
from meetd.storage.schema import current_version

_SCRATCH: Final = "backup-work"


@dataclass(frozen=True)
class Snapshot:
    """Files in a scratch folder, beside the data so that it is as private and as fast."""

    made_at: int
    database: Path
    keys: Path
    tombstones: bytes
    last_tombstone: int
    """Until the keys; ``in_database`` was the last one in the data."""
    in_database: int
    master: Private[bytes]
    config: bytes

    def night_files(self, blobs: list[BlobFact], prover: Prover) -> dict[str, bytes | Path]:
        """Of the archive of a night, the manifest first."""
        files: dict[str, bytes | Path] = {"meetd.db": self.database, CONFIG: self.config}
        manifest = Manifest(
            format=FORMAT,
            kind="night",
            made_at=self.made_at,
            meetd=__version__,
            schema=current_version(self.database),
            files=_facts(files),
            rows=rows_in(self.database),
            tombstone=self.in_database,
            blobs=blobs,
        )
        return {MANIFEST: msgspec.json.encode(prover.prove_manifest(manifest)), **files}

    def key_files(self, prover: Prover) -> dict[str, bytes | Path]:
        """Of the archive of the keys."""
        files: dict[str, bytes | Path] = {
            "keys.db": self.keys,
            MASTER_KEY: written_master_key(self.master),
            TOMBSTONES: self.tombstones,
        }
        manifest = Manifest(
            format=FORMAT,
            kind="keys",
            made_at=self.made_at,
            meetd=__version__,
            schema=current_version(self.keys),
            files=_facts(files),
            rows=rows_in(self.keys),
            tombstone=self.last_tombstone,
        )
        return {MANIFEST: msgspec.json.encode(prover.prove_manifest(manifest)), **files}


@contextmanager
def scratch_of(directory: DataDirectory) -> Iterator[Path]:
    """An empty folder, gone at the end; what a killed run left in it goes first."""
    scratch = directory.path / _SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch)


def take(
    directory: DataDirectory,
    master: Private[bytes],
    config: str,
    scratch: Path,
    made_at: int,
    report: Report,
) -> Snapshot:
    """Raises: BackupProblem, OSError."""
    data, keys = scratch / "meetd.db", scratch / "keys.db"
    try:
        report("database", 0, 1)
        copy_database(directory.database, data)
        report("keys", 0, 1)
        copy_database(directory.keys_database, keys)
        tombstones = tombstones_in(directory.database)
        last = last_tombstone(directory.database)
        in_database = last_tombstone(data)
    except sqlite3.Error as error:
        raise _of_sqlite(error, directory) from error
    encoded = msgspec.json.encode(tombstones)
    return Snapshot(made_at, data, keys, encoded, last, in_database, master, config.encode())


def _facts(files: dict[str, bytes | Path]) -> dict[str, FileFact]:
    return {name: fact_of(content) for name, content in files.items()}


def _of_sqlite(error: sqlite3.Error, directory: DataDirectory) -> BackupProblem:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return BackupProblem(
            f"The disk of {directory.path} is full or failing: {error}. Make room and start"
            " it again."
        )
    return BackupProblem(
        f"The databases in {directory.path} cannot be copied: {error}. If that stays, restore the"
        " last good backup."
    )
