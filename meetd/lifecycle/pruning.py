"""Backups that are too old go, even the last one: what was deleted is gone from all of them by
then."""

from typing import Final

import msgspec

from meetd.lifecycle.depot import Depot, put
from meetd.lifecycle.manifest import BLOBS
from meetd.lifecycle.nights import Damaged, Night, sorted_nights, unfinished_in
from meetd.lifecycle.proof import Prover
from meetd.lifecycle.store import DAY

SLACK: Final = 2 * 3_600_000
"""ms that a backup goes before its time: it is looked for once an hour."""
_AHEAD: Final = 3_600_000


def prune(depot: Depot, now: int, keep_days: int, prover: Prover) -> list[str]:
    """Only when the clock is believed. Returns the names of the nights that went.

    Raises: OSError, BackupProblem.
    """
    names = depot.names()
    oldest = now - keep_days * DAY + SLACK
    kept: list[Night] = []
    gone: list[Night | Damaged] = []
    nights, damaged = sorted_nights(depot, names)
    for night in nights:
        if night.note.made_at > now + _AHEAD:
            night = _counted_from(depot, night, now, prover)  # noqa: PLW2901
        (gone if night.note.made_at <= oldest else kept).append(night)
    gone += [each for each in damaged if each.made_at is not None and each.made_at <= oldest]
    for each in gone:
        # The note first: killed in between, the rest counts as unfinished and goes next time.
        depot.remove(each.note_name)
        depot.remove(each.archive)
    for name in unfinished_in(names):
        depot.remove(name)
    # What a damaged one needs, nothing says: files stay until it is gone.
    if all(each in gone for each in damaged):
        _remove_files(depot, names, kept)
    return [night.name for night in gone]


def _remove_files(depot: Depot, names: dict[str, int], kept: list[Night]) -> None:
    needed = {fact.name for night in kept for fact in night.note.blobs}
    for name in names:
        if name.startswith(BLOBS) and name not in needed:
            depot.remove(name)


def _counted_from(depot: Depot, night: Night, now: int, prover: Prover) -> Night:
    """Made by a clock that was ahead: how old it is counts from when that was seen."""
    note = msgspec.structs.replace(night.note, made_at=now)
    if prover.proves_note(night.name, night.note):
        note = prover.prove_note(night.name, note)
    put(depot, night.note_name, msgspec.json.encode(note))
    return Night(night.name, note)
