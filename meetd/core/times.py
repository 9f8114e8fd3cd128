"""Times as people read them."""

from datetime import UTC, datetime


def day_and_time(ms: int) -> str:
    """Milliseconds since the Unix epoch as ``2026-11-22 14:05 UTC``: the server does not know in
    which time zone a reader is."""
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
