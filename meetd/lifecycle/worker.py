"""``python -m meetd.lifecycle.worker``: what the server has done in a process of its own. Reads a
task as JSON from standard input, prints a line of JSON for each step and for the end."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.lifecycle.depots import depots_of
from meetd.lifecycle.problem import BackupProblem
from meetd.lifecycle.runs import back_up, prune_backups
from meetd.lifecycle.task import Step, Task, Told
from meetd.storage.directory import DataDirectory, StorageError

_NICENESS = 10
"""Meetings come first."""


def main() -> int:
    os.umask(0o077)
    with suppress(PermissionError):  # a strict systemd unit forbids it
        os.nice(_NICENESS)
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    try:
        _tell(Told(facts=_run(task)))
    except (BackupProblem, StorageError) as problem:
        _tell(Told(problem=str(problem)))
        return 1
    return 0


def _run(task: Task) -> dict[str, int]:
    settings = msgspec.convert(task.settings, Settings)
    directory, clock = DataDirectory(Path(task.data)), SystemClock()
    depots = depots_of(settings, directory.path)
    if task.act == "prune":
        return {"removed": prune_backups(settings, directory, depots, clock, _report)}
    good = back_up(settings, directory, depots, clock, _report)
    return {
        "places": len(good),
        "rows": good[0].rows,
        "files": good[0].files,
        "bytes": good[0].bytes,
    }


def _report(stage: str, done: int, total: int) -> None:
    _tell(Told(step=Step(stage, done, total)))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
