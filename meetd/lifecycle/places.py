"""Where backups are kept, by name: for the server, which opens none of these places itself."""

from pathlib import Path
from typing import Final

from meetd.config.keeping import Backup

NONE: Final = "none"
_DEFAULT: Final = "backups"


def folder_of(settings: Backup, data: Path) -> Path | None:
    if settings.directory == NONE:
        return None
    return Path(settings.directory).expanduser() if settings.directory else data / _DEFAULT


def s3_place(settings: Backup) -> str:
    return f"s3://{settings.s3_bucket}/{settings.s3_prefix}"


def places_of(settings: Backup, data: Path) -> list[str]:
    """What ``where`` of each depot is."""
    folder = folder_of(settings, data)
    local = [] if folder is None else [str(folder)]
    return [*local, s3_place(settings)] if settings.s3_bucket else local
