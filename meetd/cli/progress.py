"""Progress of what takes long: one line on a terminal, nothing anywhere else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meetd.lifecycle.report import Report, Stage


@contextmanager
def progress() -> "Iterator[Report]":
    """The line is gone at the end."""
    shown = sys.stderr.isatty()

    def report(stage: "Stage", done: int, total: int) -> None:
        if shown:
            share = f" {done} of {total}" if total > 1 else ""
            print(f"\r\033[K{stage}{share}", end="", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
