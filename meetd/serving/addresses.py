"""Whose request it is: the client's address and scheme, also from behind reverse proxies.

X-Forwarded-For and X-Forwarded-Proto are words of whoever sent them. They are believed from
``trusted_proxies`` only; everybody else is known by the address of the connection.
"""

import ipaddress
from typing import Final

from aiohttp import web

from meetd.core.networks import parse_address

UNKNOWN: Final = "unknown"
"""The address of a connection that has none, such as a Unix socket."""


class Addresses:
    """Knows the reverse proxies whose headers are believed."""

    def __init__(self, trusted_proxies: tuple[str, ...]) -> None:
        """``trusted_proxies``: addresses or networks, as ``[server] trusted_proxies`` has them."""
        self._trusted = tuple(ipaddress.ip_network(proxy) for proxy in trusted_proxies)

    def is_trusted(self, address: str) -> bool:
        """Is that one of our own reverse proxies?"""
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in self._trusted)

    def is_proxied(self, request: web.BaseRequest) -> bool:
        """Did one of our own reverse proxies pass it on?"""
        return self.is_trusted(_peer(request))

    def of(self, request: web.BaseRequest) -> str:
        """The client's IP address.

        Walks X-Forwarded-For from the right, as far as the addresses are proxies of ours: what
        stands further left was written by the client and may be anything.
        """
        address = _peer(request)
        for hop in _hops(request):
            if not self.is_trusted(address):
                break
            parsed = parse_address(hop)
            if parsed is None:
                break
            address = str(parsed)
        return address

    def scheme(self, request: web.BaseRequest) -> str:
        """``http`` or ``https``, as the client's browser sees it."""
        if self.is_trusted(_peer(request)):
            forwarded = request.headers.getall("X-Forwarded-Proto", [])
            said = forwarded[-1].rpartition(",")[2].strip().lower() if forwarded else ""
            if said in {"http", "https"}:
                return said
        return "https" if _is_tls(request) else "http"


def _hops(request: web.BaseRequest) -> list[str]:
    """X-Forwarded-For from the nearest to the furthest."""
    lines = request.headers.getall("X-Forwarded-For", [])
    return [hop for line in reversed(lines) for hop in reversed(line.split(","))]


def _peer(request: web.BaseRequest) -> str:
    """The other end of the connection."""
    parsed = parse_address(request.remote or "")
    return UNKNOWN if parsed is None else str(parsed)


def _is_tls(request: web.BaseRequest) -> bool:
    transport = request.transport
    return transport is not None and transport.get_extra_info("sslcontext") is not None
