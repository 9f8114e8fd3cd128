"""The headers that every response carries, whatever made it.

A signal and not a middleware: aiohttp answers some requests before any middleware runs.
"""

from functools import lru_cache
from typing import Final

from aiohttp import web

from meetd.serving.addresses import Addresses
from meetd.serving.origins import Origins

_CONTENT: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    # Text from people never becomes script: no policy exists that could turn one into the other.
    # Those there are name the address of one of our own workers each: web/src/notifications.ts,
    # web/src/e2ee/frame_worker.ts, web/src/pdf/worker.ts.
    "require-trusted-types-for 'script'",
    "trusted-types service-worker frame-worker pdf-parser",
)

_ALLOWED: Final = (
    *("autoplay", "camera", "clipboard-write", "display-capture", "fullscreen", "microphone"),
    *("picture-in-picture", "publickey-credentials-create", "publickey-credentials-get"),
    *("screen-wake-lock", "speaker-selection"),
)
_OFF: Final = (
    *("accelerometer", "clipboard-read", "encrypted-media", "gamepad", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "keyboard-map", "local-fonts", "magnetometer", "midi"),
    *("payment", "serial", "storage-access", "usb"),
    "xr-spatial-tracking",
)

FIXED: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=(self)" for name in _ALLOWED), *(f"{name}=()" for name in _OFF)]
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "meetd",
}
NOTHING: Final = "default-src 'none'; sandbox"
"""The Content-Security-Policy of a file: opened by itself, it can do nothing."""
CODE_ONLY: Final = "default-src 'none'; script-src 'self'"
"""The Content-Security-Policy of a worker that works on what people sent: whatever it is made to
do, it reaches nobody."""
_HSTS: Final = "max-age=31536000"


@lru_cache(maxsize=16)
def content_policy(origin: str) -> str:
    """The Content-Security-Policy for a page of that origin.

    Safari before 15.4 does not count WebSockets to the same host as 'self', so they are named.
    """
    sockets = f" {origin.replace('http', 'ws', 1)}" if origin else ""
    return "; ".join((*_CONTENT, f"connect-src 'self'{sockets}"))


class Headers:
    """Sets them when a response is about to be sent."""

    def __init__(self, origins: Origins, addresses: Addresses) -> None:
        self._origins = origins
        self._addresses = addresses

    async def on_prepare(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """For ``app.on_response_prepare``. The upgrade to a WebSocket shows no page, and what is
        sent with it stays in memory for as long as the socket is open."""
        if isinstance(response, web.WebSocketResponse):
            return
        for name, value in FIXED.items():
            response.headers[name] = value
        # A door may have one of its own for what is no page and needs nothing (``NOTHING``).
        policy = content_policy(self._origin(request))
        response.headers.setdefault("Content-Security-Policy", policy)
        # Pages name rooms; a shared cache or a "back" on a borrowed machine must not.
        response.headers.setdefault("Cache-Control", "no-store")
        if self._keeps_to_https(request):
            response.headers["Strict-Transport-Security"] = _HSTS

    def _origin(self, request: web.BaseRequest) -> str:
        try:
            return self._origins.own(request)
        except web.HTTPBadRequest:
            return ""

    def _keeps_to_https(self, request: web.BaseRequest) -> bool:
        """Only under the public name: the address of a machine at home has no lasting owner."""
        public = self._origins.public.startswith("https:")
        return public and self._addresses.scheme(request) == "https"
