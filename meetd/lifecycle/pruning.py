"""Backups that are too old go, even the last one: what was deleted is gone from all of them by
then."""

from typing import Final

import msgspec

from meetd.lifecycle.depot import Depot, put
from meetd.lifecycle.manifest import BLOBS
from meetd.lifecycle.nights import Night, nights_in, unfinished_in
from meetd.lifecycle.store import DAY

SLACK: Final = 2 * 3_600_000
"""ms that a backup goes before its time: it is looked for once an hour."""
_AHEAD: Final = 3_600_000


def prune(depot: Depot, now: int, keep_days: int) -> list[str]:
    """Only when the clock is believed. Returns the names of the nights that went.

    Raises: OSError, BackupProblem.
    """
    names = depot.names()
    kept: list[Night] = []
    gone: list[Night] = []
    for night in nights_in(depot, names):
        if night.note.made_at > now + _AHEAD:
            night = _counted_from(depot, night, now)  # noqa: PLW2901
        too_old = now - night.note.made_at >= keep_days * DAY - SLACK
        (gone if too_old else kept).append(night)
    for night in gone:
        # The note first: killed in between, the rest counts as unfinished and goes next time.
        depot.remove(night.note_name)
        depot.remove(night.archive)
    for name in unfinished_in(names):
        depot.remove(name)
    needed = {fact.name for night in kept for fact in night.note.blobs}
    for name in names:
        if name.startswith(BLOBS) and name not in needed:
            depot.remove(name)
    return [night.name for night in gone]


def _counted_from(depot: Depot, night: Night, now: int) -> Night:
    """Made by a clock that was ahead: how old it is counts from when that was seen."""
    note = msgspec.structs.replace(night.note, made_at=now)
    put(depot, night.note_name, msgspec.json.encode(note))
    return Night(night.name, note)
