"""The depots that the settings name."""

from pathlib import Path
from typing import Final

from meetd.config.settings import Backup, Settings
from meetd.lifecycle.depot import Depot, LocalDepot

NONE: Final = "none"
_DEFAULT: Final = "backups"


def folder_of(settings: Backup, data: Path) -> Path | None:
    if settings.directory == NONE:
        return None
    return Path(settings.directory).expanduser() if settings.directory else data / _DEFAULT


def s3_place(settings: Backup) -> str:
    """For messages."""
    return f"s3://{settings.s3_bucket}/{settings.s3_prefix}"


def places_of(settings: Backup, data: Path) -> list[str]:
    """What ``where`` of each depot is; imports nothing."""
    folder = folder_of(settings, data)
    local = [] if folder is None else [str(folder)]
    return [*local, s3_place(settings)] if settings.s3_bucket else local


def depots_of(settings: Settings, data: Path) -> list[Depot]:
    """Raises: BackupProblem."""
    folder = folder_of(settings.backup, data)
    return [] if folder is None else [LocalDepot(folder)]
