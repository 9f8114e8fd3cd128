"""Which pages are our own: the Host that was asked for and the Origin that asks.

A browser sends both truthfully for every page it shows, so comparing them exactly keeps foreign
pages from using a visitor's browser against this server (cross-site request forgery, cross-site
WebSocket hijacking), and a wrong Host from getting a page at all.
"""

import re
from urllib.parse import urlsplit

from aiohttp import web

from meetd.core.networks import own_names, parse_address
from meetd.serving.addresses import Addresses

_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.ASCII)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_USUAL_PORT = re.compile(r":(?:80|443)$")
_HEALTH = frozenset({"/healthz", "/readyz"})
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class WrongHost(web.HTTPMisdirectedRequest):
    """Asked for under a name that is not this server's (RFC 9110 15.5.20)."""

    def __init__(self, public_url: str) -> None:
        super().__init__()
        self.public_url = public_url


class UnknownName(web.HTTPMisdirectedRequest):
    """Asked for under a name that nobody said is this server's."""


class ForeignOrigin(web.HTTPForbidden):
    """A page of somebody else's asked the browser to change something here."""


class Origins:
    """Knows the server's own origin."""

    def __init__(self, public_url: str, addresses: Addresses) -> None:
        """``public_url``: scheme, host and port only, or empty: each request's own."""
        self._public = _canonical(public_url)
        self._addresses = addresses

    @property
    def public(self) -> str:
        """The configured origin, or ``""``."""
        return self._public

    def own(self, request: web.BaseRequest) -> str:
        """The server's origin for that request, such as ``https://meet.example.org``.

        Lower case, without a default port, as browsers write the Origin header (RFC 6454 6.1).
        Raises: HTTPBadRequest when the Host header is not a host.
        """
        return self._public or self._asked(request)

    def check_host(self, request: web.BaseRequest) -> None:
        """Refuse names that are not ours: a foreign page can make its own name lead here (DNS
        rebinding), and would then count as a page of ours.

        With a public URL its name is the only one. Without one: addresses, this machine's own
        names, and whatever a trusted proxy passes on. Health checks come by any name, metrics only
        by a loopback name. Raises: WrongHost, UnknownName, HTTPBadRequest.
        """
        if request.path in _HEALTH:
            return
        asked = self._asked(request)
        if request.path == "/metrics":
            known = _is_loopback_name(asked)
        elif self._public:
            known = _netloc(asked) == _netloc(self._public)
        else:
            known = _is_local_name(asked) or self._addresses.is_proxied(request)
        if not known:
            raise WrongHost(self._public) if self._public else UnknownName

    def is_own(self, request: web.BaseRequest) -> bool:
        """Does the request come from a page of ours, or from no page at all?

        Exact comparison with the Origin header. Without one it is True for programs, which send
        no Sec-Fetch-Site either, and False for browsers.
        """
        origin = request.headers.get("Origin")
        if origin is None:
            return "Sec-Fetch-Site" not in request.headers
        return origin == self.own(request)

    def check_unsafe(self, request: web.BaseRequest) -> None:
        """Only our own pages may change anything.

        Browsers hide the Origin of a form as ``null`` under some referrer policies; then
        Sec-Fetch-Site, which no script can set, tells. Raises: ForeignOrigin.
        """
        if request.method in _SAFE_METHODS or self.is_own(request):
            return
        hidden = request.headers.get("Origin") in {None, "null"}
        if not (hidden and request.headers.get("Sec-Fetch-Site") == "same-origin"):
            raise ForeignOrigin

    def _asked(self, request: web.BaseRequest) -> str:
        """Scheme and Host of the request."""
        hosts = request.headers.getall("Host", [])
        host = hosts[0].lower() if len(hosts) == 1 else ""
        if not _HOST.fullmatch(host):  # RFC 9112 3.2; the value goes into our headers
            raise web.HTTPBadRequest
        scheme = self._addresses.scheme(request)
        return f"{scheme}://{host.removesuffix(_DEFAULT_PORT[scheme])}"


def _canonical(url: str) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(_DEFAULT_PORT[parts.scheme])}"


def _netloc(origin: str) -> str:
    """Host and port, without a port that one of the schemes has by itself. The scheme is left out:
    behind a proxy that hides it, "this is called https://..." would point to where people are."""
    return _USUAL_PORT.sub("", origin.partition("://")[2])


def _is_loopback_name(origin: str) -> bool:
    return urlsplit(origin).hostname in _LOOPBACK_HOSTS


def _is_local_name(origin: str) -> bool:
    """An address, or a name that leads to this machine on a LAN (RFC 6761, RFC 6762)."""
    host = urlsplit(origin).hostname or ""
    names = own_names()
    return host in names or host.endswith(".localhost") or parse_address(host) is not None
