"""What a job is, and what the ledger says of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["done", "failed", "interrupted"]
"""interrupted: the server stopped or was killed in the middle."""

Facts = Mapping[str, str | int]
"""Figures of a run for the ledger: never a name or an address."""


class JobFailed(Exception):
    """It could not be done. The message says what to do."""


@dataclass(frozen=True)
class Job:
    """``cron`` in UTC; empty: only when started by hand. ``careful``: it removes by age, or
    cannot be done again, and so waits while the clock is in doubt. ``run`` returns what it did, for
    the ledger.

    Raises: JobFailed, from ``run``.
    """

    name: str
    cron: str
    run: Callable[[], Awaitable[Facts]]
    careful: bool = False


@dataclass(frozen=True)
class Entry:
    """Of one job. Times in ms since the Unix epoch. ``outcome`` is ``None`` while it runs and
    before the first time; ``error`` is a sentence for the operator, in English."""

    name: str
    next_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    outcome: Outcome | None = None
    facts: Facts = field(default_factory=dict)
    error: str = ""

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.outcome is None
