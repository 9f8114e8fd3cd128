"""Files of rooms, to a depot and back. They are sealed with the keys of their rooms already, so a
copy is byte for byte; what is there already is not written again."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from meetd.core.files import make_folder, sync_folder
from meetd.lifecycle.archive import PIECE
from meetd.lifecycle.depot import Depot
from meetd.lifecycle.manifest import BlobFact
from meetd.lifecycle.report import Report

_PART: Final = ".part"
SHARES: Final = 7
"""Nights in which everything that was written earlier is read again."""


def blobs_in(folder: Path) -> dict[str, Path]:
    """Whole files by id. Raises: OSError."""
    return {path.name: path for path in folder.glob("??/*") if path.suffix != _PART}


def store_blobs(
    depot: Depot,
    blobs: Mapping[str, Path],
    known: Mapping[str, BlobFact],
    names: Mapping[str, int],
    report: Report,
) -> tuple[list[BlobFact], set[str]]:
    """Copy what the depot has not. ``known``: what notes say of earlier copies; ``names``: what is
    in the depot. Returns all, and the ids of the new ones. A file that is deleted meanwhile is left
    out: its tombstone comes after this backup. Raises: OSError."""
    facts, new = [], set()
    for done, (id_, path) in enumerate(sorted(blobs.items())):
        report("files", done, len(blobs))
        fact = known.get(id_)
        if fact is None or names.get(fact.name) != fact.size:
            try:
                fact = _store(depot, id_, path)
            except FileNotFoundError:
                continue
            new.add(id_)
        facts.append(fact)
    return facts, new


def _store(depot: Depot, id_: str, path: Path) -> BlobFact:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, depot.create(BlobFact(id_, 0, "").name) as target:
        while piece := source.read(PIECE):
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    return BlobFact(id_, size, digest.hexdigest())


def to_verify(facts: Sequence[BlobFact], new: Collection[str], night: int) -> list[BlobFact]:
    """What is new, and a share of the rest that is another one every night."""
    share = night % SHARES
    return [fact for fact in facts if fact.id in new or int(fact.sha256[:8], 16) % SHARES == share]


def copy_blobs(
    depot: Depot, facts: Sequence[BlobFact], folder: Path | None, report: Report
) -> list[str]:
    """Read files, and write them into ``folder`` when there is one. Returns the ids of those that
    are damaged or missing; they are not in the folder. Raises: OSError."""
    damaged = []
    for done, fact in enumerate(facts):
        report("files", done, len(facts))
        if not _copy(depot, fact, folder):
            damaged.append(fact.id)
    return damaged


def _copy(depot: Depot, fact: BlobFact, folder: Path | None) -> bool:
    target = None if folder is None else folder / fact.id[:2] / fact.id
    digest, size = hashlib.sha256(), 0
    try:
        with depot.open(fact.name) as file, _written(target) as copy:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                if copy is not None:
                    copy.write(piece)
    except FileNotFoundError:
        return False
    is_whole = (size, digest.hexdigest()) == (fact.size, fact.sha256)
    if target is not None and not is_whole:
        target.unlink()
    return is_whole


@contextmanager
def _written(path: Path | None) -> Iterator[IO[bytes] | None]:
    if path is None:
        yield None
        return
    make_folder(path.parent)
    with path.open("wb") as file:
        yield file
    sync_folder(path)
    path.chmod(0o600)
