"""One backup of a data directory at a time, whoever started it; others see that there is one."""

import fcntl
from pathlib import Path
from typing import Final

LOCK: Final = "backup.lock"


def is_backed_up(data: Path) -> bool:
    """Is a backup of that directory being made now? Raises: OSError."""
    try:
        with (data / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
