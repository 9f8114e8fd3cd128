"""Whose request it is: the client's address and scheme, also from behind reverse proxies.

X-Forwarded-For and X-Forwarded-Proto are words of whoever sent them. They are believed from
``trusted_proxies`` only; everybody else is known by the address of the connection.
"""

import ipaddress
from typing import Final

from aiohttp import web

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNKNOWN: Final = "unknown"
"""The address of a connection that has none, such as a Unix socket."""

_IPV6_SITE = 64
"""Prefix length that one household or server gets; counting single IPv6 addresses limits nobody."""


def parse_address(text: str) -> Address | None:
    """An address as proxies and sockets write it, or None.

    Takes ``1.2.3.4``, ``1.2.3.4:80``, ``::1``, ``[::1]:80`` and scopes (``fe80::1%eth0``);
    IPv4 inside IPv6 (``::ffff:1.2.3.4``, RFC 4291 2.5.5.2) comes out as IPv4.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(address: str) -> str:
    """The key that limits count by: an IPv4 address itself, an IPv6 address's /64 network.

    What is no address stays as it is.
    """
    parsed = parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, _IPV6_SITE), strict=False))
    return address if parsed is None else str(parsed)


def is_loopback(address: str) -> bool:
    """Is that this machine itself?"""
    parsed = parse_address(address)
    return parsed is not None and parsed.is_loopback


class Addresses:
    """Knows the reverse proxies whose headers are believed."""

    def __init__(self, trusted_proxies: tuple[str, ...]) -> None:
        """``trusted_proxies``: addresses or networks, as ``[server] trusted_proxies`` has them."""
        self._trusted = tuple(ipaddress.ip_network(proxy) for proxy in trusted_proxies)

    def is_trusted(self, address: str) -> bool:
        """Is that one of our own reverse proxies?"""
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in self._trusted)

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
