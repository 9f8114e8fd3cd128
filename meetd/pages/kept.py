"""What is kept, as the running configuration has it: for the privacy page and for the register of
processing, so that the two say the same."""

from typing import Any

import msgspec

from meetd.config.settings import Settings

_ALWAYS = (
    *("chat", "file", "board", "room", "knock", "visitor", "account", "reach", "call", "image"),
    *("audit", "access", "presence", "address"),
)


def kept_of(settings: Settings) -> list[str]:
    """Names of what is kept, in the order people read them: words of ``privacy``."""
    log = ["log"] if settings.logs.access else []
    usage = ["usage"] if settings.usage.keep else []
    device = ["device"] if settings.accounts.device_keys else []
    always = ["address_noted" if each == "address" and usage else each for each in _ALWAYS]
    return [*always, *usage, *log, *device, "choices"]


def seen_of(settings: Settings) -> list[str]:
    """Who sees what of a meeting, by the paths that picture and sound may take."""
    media = settings.media
    path = "see_path_" + media.relay.replace(" ", "_")
    server = "see_server_direct" if media.relay == "never" else "see_server"
    return ["see_media", path, server, "see_content", "see_door"]


def absent_of(settings: Settings) -> list[str]:
    """What is not there, though people may expect it."""
    off = [] if settings.logs.access else ["log_off"]
    unused = [] if settings.usage.keep else ["usage_off"]
    return ["not_cookies", "not_third", "not_stun", "not_ai", *off, *unused]


def facts_of(settings: Settings) -> dict[str, Any]:
    """For the sentences that say how long."""
    accounts = settings.accounts
    return {
        "limit": settings.media.mesh_limit,
        "idle": accounts.session_idle_days,
        "days": accounts.session_days,
        "usage_months": settings.usage.months,
        **msgspec.to_builtins(settings.retention),
    }
