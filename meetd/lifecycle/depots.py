"""The depots that the settings name."""

from pathlib import Path

from meetd.config.settings import Settings
from meetd.lifecycle.depot import Depot, LocalDepot
from meetd.lifecycle.places import folder_of


def depots_of(settings: Settings, data: Path) -> list[Depot]:
    """Raises: BackupProblem."""
    folder = folder_of(settings.backup, data)
    return [] if folder is None else [LocalDepot(folder)]
