"""The depots that the settings name."""

from pathlib import Path

from meetd.config.keeping import Backup
from meetd.config.settings import Settings
from meetd.lifecycle.depot import Depot, LocalDepot
from meetd.lifecycle.places import folder_of


def depots_of(settings: Settings, data: Path) -> list[Depot]:
    """Raises: BackupProblem."""
    folder = folder_of(settings.backup, data)
    depots: list[Depot] = [] if folder is None else [LocalDepot(folder)]
    if settings.backup.s3_bucket:
        depots.append(s3_depot_of(settings.backup, data))
    return depots


def s3_depot_of(settings: Backup, data: Path) -> Depot:
    """``data``: a folder for what is on its way. Raises: BackupProblem."""
    # Imported late: most servers have no bucket.
    from meetd.lifecycle.s3_depot import S3Depot  # noqa: PLC0415

    return S3Depot(settings, data)
