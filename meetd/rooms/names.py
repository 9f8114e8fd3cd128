"""Which words are room names: the rules for the path of ``https://host/<room>``."""

import re

from meetd.core.refusals import RoomNameInvalid, RoomNameReserved, RoomNameTooLong

MAX_ROOM_NAME = 64
"""Characters, after normalising."""

RESERVED = frozenset(
    {
        # addresses of today and those that are promised
        *("login", "logout", "signup", "account", "accounts", "admin", "at", "ws", "api"),
        *("healthz", "readyz", "metrics", "privacy", "terms", "assets", "static", "rooms"),
        *(
            "new",
            "go",
            "invite",
            "embed",
            "uploads",
            "pictures",
            "help",
            "about",
            "imprint",
            "oauth",
            "oidc",
        ),
        *("welcome", "reset-password", "confirm-email", "link", "answer"),
        # what browsers, proxies and crawlers ask for by themselves
        *("robots.txt", "favicon.ico", "favicon.svg", "icon.svg", "manifest", "manifest.json"),
        *("manifest.webmanifest", "site.webmanifest", "sw.js", "sitemap.xml", ".well-known"),
        *("apple-touch-icon.png", "apple-touch-icon-precomposed.png", "cdn-cgi"),
        # words that would read as if the server said them
        *("meetd", "null", "undefined", "error"),
    }
)
"""First path segments that are no room; a test holds every route of the server to this list."""

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SPACES = re.compile(r"[ \u00a0]+")


def normalise_room_name(raw: str) -> str:
    """The one spelling of a room's name: lower case, runs of spaces as one ``-``.

    Letters and digits are ASCII: a look-alike from another script cannot be somebody else's room.
    Raises: RoomNameTooLong, RoomNameReserved, RoomNameInvalid.
    """
    if len(raw) > MAX_ROOM_NAME * 4:  # before any work
        raise RoomNameTooLong(limit=MAX_ROOM_NAME)
    name = _SPACES.sub("-", raw.strip(" \u00a0"))
    if len(name) > MAX_ROOM_NAME:
        raise RoomNameTooLong(limit=MAX_ROOM_NAME)
    if name.lower() in RESERVED:
        raise RoomNameReserved
    if not _NAME.fullmatch(name):  # before lower(): the Kelvin sign becomes a plain k
        raise RoomNameInvalid
    return name.lower()
