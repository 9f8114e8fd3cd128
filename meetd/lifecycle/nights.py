"""What is in a depot: the nights, their notes, and whose they are."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from meetd.lifecycle.depot import Depot, get
from meetd.lifecycle.manifest import KEYS, KEYS_NOTE, Note, decode
from meetd.lifecycle.problem import ArchiveDamaged, BackupProblem

_ARCHIVE: Final = ".age"
_NOTE: Final = ".json"
_STAMP: Final = "%Y-%m-%dT%H%M%S"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Stored:
    """``name`` without its ending, such as ``2026-11-22T021500.123Z``."""

    name: str

    @property
    def archive(self) -> str:
        return self.name + _ARCHIVE

    @property
    def note_name(self) -> str:
        return self.name + _NOTE


@dataclass(frozen=True)
class Night(_Stored):
    """A finished archive."""

    note: Note


@dataclass(frozen=True)
class Damaged(_Stored):
    """An archive whose note cannot be read: nothing says that it was verified, or which files it
    needs."""

    @property
    def made_at(self) -> int | None:
        """As its name says, in ms since the Unix epoch; ``None`` for a name that is not ours."""
        try:
            moment = datetime.strptime(self.name, f"{_STAMP}.%fZ").replace(tzinfo=UTC)
        except ValueError:
            return None
        return round(moment.timestamp() * 1_000)


def name_at(made_at: int) -> str:
    """Of a night made then (ms since the Unix epoch)."""
    moment = datetime.fromtimestamp(made_at // 1_000, UTC).strftime(_STAMP)
    return f"{moment}.{made_at % 1_000:03}Z"


def nights_in(depot: Depot, names: dict[str, int]) -> list[Night]:
    """The finished ones, oldest first; damaged ones are logged and left out. Raises: OSError,
    BackupProblem."""
    nights, damaged = sorted_nights(depot, names)
    for each in damaged:
        _log.warning("%s/%s is damaged: that backup is left out", depot.where, each.note_name)
    return nights


def sorted_nights(depot: Depot, names: dict[str, int]) -> tuple[list[Night], list[Damaged]]:
    """The finished ones and the damaged ones, oldest first. Raises: OSError, BackupProblem when a
    newer meetd wrote there."""
    nights: list[Night] = []
    damaged: list[Damaged] = []
    for stem in _with_note(names):
        where = stem + _NOTE
        try:
            nights.append(Night(stem, decode(get(depot, where), Note, f"{depot.where}/{where}")))
        except ArchiveDamaged:
            damaged.append(Damaged(stem))
    nights.sort(key=lambda night: (night.note.made_at, night.name))
    return nights, damaged


def _with_note(names: dict[str, int]) -> list[str]:
    stems = (name.removesuffix(_NOTE) for name in names if name.endswith(_NOTE))
    return sorted(stem for stem in stems if stem + _ARCHIVE in names and stem + _NOTE != KEYS_NOTE)


def unfinished_in(names: dict[str, int]) -> list[str]:
    """Archives that were never verified, because the run was killed or failed."""
    return [
        name
        for name in names
        if name.endswith(_ARCHIVE)
        and name != KEYS
        and name.removesuffix(_ARCHIVE) + _NOTE not in names
    ]


def keys_note(depot: Depot, names: dict[str, int]) -> Note | None:
    """``None`` in an empty depot."""
    if KEYS_NOTE not in names:
        return None
    return decode(get(depot, KEYS_NOTE), Note, f"{depot.where}/{KEYS_NOTE}")


def choose(nights: list[Night], at: str, where: str) -> Night:
    """The last one that is not after ``at``: a day, or as much of a name as there is. Empty: the
    last of all. Raises: BackupProblem."""
    if not nights:
        raise BackupProblem(
            f"There is no finished backup in {where}. Name the folder that meetd backup wrote to."
        )
    fitting = [night for night in nights if night.name[: len(at)] <= at] if at else nights
    if not fitting:
        raise BackupProblem(
            f"There is no backup from {at} or before in {where}. The first one is"
            f" {nights[0].name}, the last one {nights[-1].name}."
        )
    return fitting[-1]
