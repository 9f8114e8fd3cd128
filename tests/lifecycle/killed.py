"""``python -m tests.lifecycle.killed WHAT DATA FOLDER TARGET NUMBER``: a backup or a restore that
is killed when it reports for the NUMBER-th time."""

import os
import signal
import sys
from pathlib import Path

from tests.lifecycle.backups import Archive


def main() -> None:
    what, data, folder, target, number = sys.argv[1:]
    archive = Archive(Path(data), Path(folder))
    reports = 0

    def report(stage: str, done: int, total: int) -> None:
        nonlocal reports
        del stage, done, total
        if reports == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        reports += 1

    if what == "backup":
        archive.back_up(report=report)
    else:
        archive.restore(Path(target), report=report)


main()
