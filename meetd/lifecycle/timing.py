"""When a job is due: cron times, in UTC, so that a change to daylight-saving time neither skips a
night nor has one twice."""

from datetime import UTC, datetime

from cronsim import CronSim


def next_after(cron: str, moment: int) -> int:
    """The next time of ``cron`` after ``moment``, both in ms since the Unix epoch."""
    start = datetime.fromtimestamp(moment / 1_000, UTC)
    return int(next(CronSim(cron, start)).timestamp()) * 1_000
