"""One backup: taken while the server runs, written, verified by restoring it, then noted as good.
Killed or failed at any point it leaves the older ones as they were, and the next run clears up."""

import fcntl
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from meetd.core.private import Private
from meetd.lifecycle.alone import LOCK
from meetd.lifecycle.archive import recipient_of, seal
from meetd.lifecycle.blob_copies import blobs_in, copy_blobs, store_blobs, to_verify
from meetd.lifecycle.depot import Depot, LocalDepot, get, private_lock, put
from meetd.lifecycle.manifest import FORMAT, KEYS, KEYS_NOTE, BlobFact, Note
from meetd.lifecycle.nights import Night, keys_note, name_at, nights_in, unfinished_in
from meetd.lifecycle.problem import ArchiveDamaged, BackupProblem, of_disk
from meetd.lifecycle.proof import Prover
from meetd.lifecycle.pruning import prune
from meetd.lifecycle.report import Report
from meetd.lifecycle.restore import check_key_archive, unpack
from meetd.lifecycle.snapshot import Snapshot, scratch_of, take
from meetd.lifecycle.state import Good, load_state, save_state
from meetd.lifecycle.store import DAY
from meetd.storage.directory import DataDirectory

MARGIN: Final = 32 << 20
"""Bytes that stay free beside what is written: a full disk ends meetings."""

_log = logging.getLogger(__name__)


class Backup:
    """Of one data directory, into depots. Runs in a process of its own."""

    def __init__(
        self,
        directory: DataDirectory,
        *,
        identity: Private[str],
        master: Private[bytes],
        config: str,
        report: Report,
    ) -> None:
        self._directory = directory
        self._identity = identity
        self._recipient = recipient_of(identity)
        self._prover = Prover(identity)
        self._master = master
        self._config = config
        self._report = report

    def run(self, depots: list[Depot], now: int) -> list[Good]:
        """A night in each of them. ``now`` in ms since the Unix epoch. One that fails does not stop
        the others.

        Raises: BackupProblem, when all are tried.
        """
        try:
            with self._alone(), scratch_of(self._directory) as scratch:
                self._report("space", 0, 1)
                self._check_scratch()
                config, report = self._config, self._report
                snapshot = take(self._directory, self._master, config, scratch, now, report)
                return self._write_to(depots, snapshot, scratch)
        except OSError as error:
            raise of_disk(error, f"copying the databases in {self._directory.path}") from error

    def prune(self, depots: list[Depot], now: int, keep_days: int) -> int:
        """Raises: BackupProblem. Returns how many went."""
        gone = 0
        with self._alone():
            for depot in depots:
                self._report("old backups", 0, 1)
                try:
                    with depot.alone():
                        gone += len(prune(depot, now, keep_days, self._prover))
                except OSError as error:
                    raise of_disk(error, f"removing old backups from {depot.where}") from error
        return gone

    def _write_to(self, depots: list[Depot], snapshot: Snapshot, scratch: Path) -> list[Good]:
        problems: list[BackupProblem] = []
        good: list[Good] = []
        for depot in depots:
            try:
                with depot.alone():
                    good.append(self._write(depot, snapshot, scratch))
                self._keep(depot, good[-1])
            except BackupProblem as problem:
                problems.append(problem)
            except OSError as error:
                problems.append(of_disk(error, f"writing the backup to {depot.where}"))
        if problems:
            raise BackupProblem(" ".join(str(problem) for problem in problems))
        return good

    def _write(self, depot: Depot, snapshot: Snapshot, scratch: Path) -> Good:
        names = depot.names()
        self._check_owner(depot, names, scratch)
        for name in unfinished_in(names):
            depot.remove(name)
        known = self._known(depot, names)
        blobs = blobs_in(self._directory.blobs)
        self._check_space(depot, {id_: blobs[id_] for id_ in blobs.keys() - known.keys()}, names)
        facts, new = store_blobs(depot, blobs, known, names, self._report)
        night = self._write_night(depot, snapshot, facts)
        try:
            self._write_keys(depot, snapshot, scratch)
            rows = self._verify(depot, night, scratch / "verify", new)
            # From here on it counts.
            put(depot, night.note_name, msgspec.json.encode(night.note))
        except BaseException:
            depot.remove(night.archive)  # room on a disk that may be full
            raise
        size = night.note.size + sum(fact.size for fact in facts)
        return Good(snapshot.made_at, night.name, size, len(facts), rows)

    def _known(self, depot: Depot, names: dict[str, int]) -> dict[str, BlobFact]:
        """Files that are there, as this server wrote them: a note that somebody else put there has
        no say in what is not copied again."""
        proven = [
            night
            for night in nights_in(depot, names)
            if self._prover.proves_note(night.name, night.note)
        ]
        return {fact.id: fact for night in proven for fact in night.note.blobs}

    def _write_night(self, depot: Depot, snapshot: Snapshot, facts: list[BlobFact]) -> Night:
        name = name_at(snapshot.made_at)
        self._report("archive", 0, 1)
        with depot.create(f"{name}.age") as file:
            size = seal(snapshot.night_files(facts, self._prover), self._recipient, file)
        note = self._note(snapshot.made_at, size, facts)
        return Night(name, self._prover.prove_note(name, note))

    def _write_keys(self, depot: Depot, snapshot: Snapshot, scratch: Path) -> None:
        """Made and opened here first: the only copy in the depot is replaced."""
        self._report("key archive", 0, 1)
        local = LocalDepot(scratch)
        with local.create(KEYS) as file:
            seal(snapshot.key_files(self._prover), self._recipient, file)
        self._check_keys(local, depot, scratch / "keys-archive")
        sealed = (scratch / KEYS).read_bytes()
        put(depot, KEYS, sealed)
        note = self._note(snapshot.made_at, len(sealed), [])
        put(depot, KEYS_NOTE, msgspec.json.encode(note))
        if get(depot, KEYS) != sealed:
            raise ArchiveDamaged(
                f"{depot.where}/{KEYS} reads back differently from what was written. Check that"
                " disk or storage, and start the backup again."
            )

    def _check_keys(self, local: LocalDepot, depot: Depot, folder: Path) -> None:
        try:
            check_key_archive(local, self._identity, folder)
        except ArchiveDamaged as error:
            raise BackupProblem(
                "The master key does not open every key in keys.db, or the copy of them was damaged"
                f" on the way: {depot.where}/{KEYS} stays as it was. Check the master key and the"
                " disk, and start the backup again."
            ) from error
        shutil.rmtree(folder)

    def _verify(self, depot: Depot, night: Night, folder: Path, new: set[str]) -> int:
        """Restore it into a scratch folder: checksums, counts, every key; files that are new, and a
        share of the others. Returns the number of rows."""
        self._report("verifying", 0, 1)
        unpacked = unpack(depot, night, depot, self._identity, folder)
        shutil.rmtree(folder)
        facts = unpacked.night.blobs
        damaged = copy_blobs(
            depot, to_verify(facts, new, night.note.made_at // DAY), None, self._report
        )
        if damaged:
            self._forget(depot, damaged)
            raise ArchiveDamaged(
                f"{len(damaged)} files in {depot.where}/blobs were damaged. They are copied anew"
                " with the next backup: start it again, and check that disk."
            )
        return sum(unpacked.night.rows.values())

    def _forget(self, depot: Depot, damaged: list[str]) -> None:
        for id_ in damaged:
            depot.remove(BlobFact(id_, 0, "").name)

    def _note(self, made_at: int, size: int, blobs: list[BlobFact]) -> Note:
        return Note(
            format=FORMAT,
            made_at=made_at,
            recipient=self._recipient,
            size=size,
            blobs=blobs,
        )

    def _keep(self, depot: Depot, good: Good) -> None:
        state = load_state(self._directory.path, good.made_at)
        state.good[depot.where] = good
        save_state(self._directory.path, state)

    def _check_owner(self, depot: Depot, names: dict[str, int], scratch: Path) -> None:
        """Two servers in one depot would overwrite each other's keys."""
        try:
            note = keys_note(depot, names)
        except ArchiveDamaged:
            self._check_opens(depot, scratch / "whose")
            return
        if note is not None and note.recipient != self._recipient:
            raise BackupProblem(
                f"{depot.where} holds the backups of another server. Choose another folder or"
                " prefix for this one; nothing was written."
            )

    def _check_opens(self, depot: Depot, folder: Path) -> None:
        """The note beside the keys is damaged, and says no more whose they are: it is written anew
        where the keys themselves are ours."""
        try:
            check_key_archive(depot, self._identity, folder)
        except BackupProblem as error:
            raise BackupProblem(
                f"{depot.where}/{KEYS_NOTE} is damaged, and this server cannot open {KEYS} beside"
                " it, so nothing says whose backups these are. If they are of another server,"
                f" choose another folder or prefix. If they are of this one, move {KEYS} and"
                f" {KEYS_NOTE} away and start the backup again: it writes both anew. Nothing was"
                " changed."
            ) from error
        shutil.rmtree(folder)
        _log.warning("%s/%s is damaged: it is written anew", depot.where, KEYS_NOTE)

    def _check_scratch(self) -> None:
        """The copies, what verifying unpacks, and an archive on its way to a bucket are there at
        the same time."""
        needed = 3 * self._database_bytes() + MARGIN
        free = shutil.disk_usage(self._directory.path).free
        if free < needed:
            raise _too_little(str(self._directory.path), needed, free)

    def _check_space(self, depot: Depot, new: dict[str, Path], names: dict[str, int]) -> None:
        free = depot.free()
        # Twice: the archive, and what verifying unpacks, which may be on the same disk.
        needed = 2 * self._database_bytes() + _blob_bytes(new, names) + MARGIN
        if free is not None and free < needed:
            raise _too_little(depot.where, needed, free)

    def _database_bytes(self) -> int:
        databases = (self._directory.database, self._directory.keys_database)
        return sum(path.stat().st_size for path in databases)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Raises: BackupProblem."""
        with private_lock(self._directory.path / LOCK) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupProblem(
                    "A backup of this data directory is under way. Wait until it is done."
                ) from error
            yield


def _blob_bytes(new: dict[str, Path], names: dict[str, int]) -> int:
    """What writing these takes. A file whose name is there already takes the place of that one, one
    after the other: beside what they grow by, only the largest is there twice."""
    grown, twice = 0, 0
    for id_, path in new.items():
        if path.exists():
            size, before = path.stat().st_size, names.get(BlobFact(id_, 0, "").name, 0)
            grown += max(0, size - before)
            twice = max(twice, min(size, before))
    return grown + twice


def _too_little(where: str, needed: int, free: int) -> BackupProblem:
    return BackupProblem(
        f"There is too little room in {where}: the backup needs {needed / 1e6:.0f} MB and"
        f" {free / 1e6:.0f} MB are free. Make room, or choose another place in [backup] directory."
    )
