"""What ``/metrics`` tells about jobs."""

from collections.abc import Callable, Mapping
from functools import partial

from meetd.lifecycle.scheduler import Scheduler


def job_figures(scheduler: Scheduler) -> Mapping[str, tuple[str, Callable[[], float]]]:
    """Two figures for each job: when it ended last, and whether that was a failure."""
    figures: dict[str, tuple[str, Callable[[], float]]] = {}
    for entry in scheduler.entries:
        name = entry.name
        figures[f"job_{name}_ended_seconds"] = (
            f"When the job {name} ended last, in seconds since the Unix epoch; 0 before.",
            partial(_ended, scheduler, name),
        )
        figures[f"job_{name}_failed"] = (
            f"1 when the last run of the job {name} failed.",
            partial(_failed, scheduler, name),
        )
    return figures


def _ended(scheduler: Scheduler, name: str) -> float:
    return (scheduler.entry(name).ended_at or 0) / 1_000


def _failed(scheduler: Scheduler, name: str) -> float:
    return scheduler.entry(name).outcome == "failed"
