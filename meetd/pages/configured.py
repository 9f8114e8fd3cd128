"""Where an administrator changes what a page shows: by which settings, in which file."""

from collections.abc import Mapping
from typing import Final

from meetd.config.loading import DEFAULT_FILES, ENVIRONMENT_PREFIX

SETTINGS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "/admin/people": {"accounts": ("registration", "session_idle_days", "session_days")},
    "/admin/jobs": {
        "backup": ("cron", "directory", "keep_days", "alarm_hours", "s3_bucket"),
        "jobs": ("clock_tolerance_days",),
    },
    "/admin/retention": {
        "retention": (
            *("visitor_months", "account_months", "access_log_months", "knock_hours"),
            *("upload_hours", "ended_access_days"),
        ),
        "backup": ("keep_days",),
        "accounts": ("session_idle_days", "session_days"),
        "usage": ("months",),
    },
    "/admin/access-log": {"retention": ("access_log_months",)},
    "/admin/usage": {
        "usage": (
            *("keep", "months", "alert_percent", "limit_rooms", "limit_storage_megabytes"),
            *("limit_minutes", "limit_relayed_megabytes"),
        )
    },
    "/admin/documents": {
        "server": ("public_url",),
        "mail": ("host",),
        "push": ("services",),
        "backup": ("keep_days", "s3_bucket"),
        "retention": ("account_months", "visitor_months", "access_log_months"),
        "usage": ("keep", "months"),
    },
}
"""By page: the keys, by section."""


def configured_at(page: str) -> dict[str, str]:
    """For the sentence that says it. ``variable``: the first of them in the environment."""
    sections = SETTINGS[page]
    first, keys = next(iter(sections.items()))
    return {
        "settings": "; ".join(f"[{name}] {', '.join(keys)}" for name, keys in sections.items()),
        "variable": f"{ENVIRONMENT_PREFIX}{first}_{keys[0]}".upper(),
        "file": str(DEFAULT_FILES[0]),
    }
