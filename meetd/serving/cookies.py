"""The one cookie: a session's token, set when somebody signs in.

``__Host-`` (RFC 6265bis 4.1.3.2) binds it to this host over HTTPS, for every path and no
subdomain; a neighbour under the same domain cannot plant one. Browsers refuse that name over plain
HTTP, which is there for loopback, so the name is another one there.
"""

from typing import Final

from aiohttp import web

from meetd.serving.addresses import Addresses

SECURE_NAME: Final = "__Host-meetd"
PLAIN_NAME: Final = "meetd"
_MAX_TOKEN: Final = 200
_DAY: Final = 86_400


class SessionCookie:
    """Sets, reads and removes it."""

    def __init__(self, addresses: Addresses, days: int) -> None:
        """``days``: after these the browser forgets it; the server decides by itself."""
        self._addresses = addresses
        self._seconds = days * _DAY

    def read(self, request: web.BaseRequest) -> str:
        """The token that the browser sent, or ``""``."""
        token = request.cookies.get(self._name(request), "")
        return token if len(token) <= _MAX_TOKEN else ""

    def set(self, request: web.BaseRequest, response: web.StreamResponse, token: str) -> None:
        """``Lax``: sent along when somebody follows a link to here, not with foreign posts."""
        response.set_cookie(
            self._name(request),
            token,
            max_age=self._seconds,
            path="/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="Lax",
        )

    def remove(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        response.del_cookie(
            self._name(request),
            path="/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="Lax",
        )

    def _name(self, request: web.BaseRequest) -> str:
        return SECURE_NAME if self._is_secure(request) else PLAIN_NAME

    def _is_secure(self, request: web.BaseRequest) -> bool:
        return self._addresses.scheme(request) == "https"
