"""What can be wrong with a backup."""

import errno

from meetd.core.files import is_full


class BackupProblem(Exception):
    """It could not be made, or is not what it should be. The message says what to do."""


class ClockDoubted(BackupProblem):
    """Nothing is removed by age until somebody looked at the clock."""


class ArchiveDamaged(BackupProblem):
    """Truncated, changed, or not an archive of ours."""


def of_disk(error: OSError, doing: str) -> BackupProblem:
    """A sentence for what a disk said."""
    if is_full(error) or error.errno == errno.EFBIG:
        return BackupProblem(f"The disk is full while {doing}. Make room and start it again.")
    where = f" ({error.filename})" if error.filename else ""
    return BackupProblem(f"{error.strerror or error} while {doing}{where}. Mend it and try again.")
