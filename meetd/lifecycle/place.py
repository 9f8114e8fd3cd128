"""Where a restored data directory goes: nothing that is there is ever overwritten."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from meetd.core.clock import SystemClock
from meetd.core.files import sync_folder
from meetd.lifecycle.copies import Tombstone, last_tombstone, tombstones_in
from meetd.lifecycle.nights import name_at
from meetd.lifecycle.problem import BackupProblem, of_disk
from meetd.storage.directory import DataDirectory, StorageError


@dataclass(frozen=True)
class Deletions:
    """``last``: the number of the last tombstone that was ever written."""

    tombstones: list[Tombstone] = field(default_factory=list)
    last: int = 0


@dataclass(frozen=True)
class Place:
    """``aside``: the name that what is there now gets; ``None`` where nothing is. ``deletions``:
    what was deleted there, maybe after the last backup."""

    target: Path
    aside: Path | None = None
    deletions: Deletions = field(default_factory=Deletions)

    def give_name(self, staging: Path) -> None:
        """Two renames, the first taken back when the second fails. Raises: OSError."""
        if self.aside is not None:
            self.target.rename(self.aside)
        elif self.target.exists():
            self.target.rmdir()
        try:
            staging.rename(self.target)
        except OSError:
            if self.aside is not None:
                self.aside.rename(self.target)
            raise
        sync_folder(self.target.parent)


@contextmanager
def place_for(target: Path, *, replace: bool, dry_run: bool) -> Iterator[Place]:
    """Raises: BackupProblem; nothing is touched then."""
    try:
        is_empty = not target.exists() or (target.is_dir() and not any(target.iterdir()))
    except OSError as error:
        raise of_disk(error, f"looking at {target}") from error
    if dry_run:
        yield Place(target)
        return
    if os.path.ismount(target):
        raise BackupProblem(
            f"{target} is a mount point, which cannot be made anew. Restore into a folder in it,"
            " and name that one with --data."
        )
    if is_empty:
        yield Place(target)
    elif replace:
        with _replaced(target) as place:
            yield place
    else:
        raise BackupProblem(
            f"There is something in {target}. Name a new folder with --data, or say --replace to"
            " give what is there another name."
        )


@contextmanager
def _replaced(target: Path) -> Iterator[Place]:
    """Locked meanwhile, so that no server uses it."""
    directory = DataDirectory(target)
    try:
        directory.open()
    except StorageError as error:
        raise BackupProblem(str(error)) from error
    try:
        aside = target.with_name(f"{target.name}.before-{name_at(SystemClock().now())}")
        yield Place(target, aside, _deletions_in(directory))
    finally:
        directory.close()


def _deletions_in(directory: DataDirectory) -> Deletions:
    """None when that database is gone or damaged, which may be why somebody restores: then what the
    archive knows has to do."""
    if not directory.database.exists():
        return Deletions()
    try:
        tombstones = tombstones_in(directory.database)
        return Deletions(tombstones, last_tombstone(directory.database))
    except sqlite3.Error:
        return Deletions()
