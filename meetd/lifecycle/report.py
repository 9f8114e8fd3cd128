"""Progress: whoever waits is told which stage it is, and how far it got."""

from typing import Literal, Protocol

Stage = Literal[
    "space",
    "database",
    "keys",
    "files",
    "archive",
    "key archive",
    "verifying",
    "old backups",
    "archives",
    "deletions",
    "names",
    "room keys",
]


class Report(Protocol):
    def __call__(self, stage: Stage, done: int, total: int, /) -> None: ...
