"""IP addresses as sockets and proxies write them, and the networks that limits count by."""

import ipaddress
import socket
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA gives out (RFC 4291 2.4); the rest of IPv6 is local or has no owner."""
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


@lru_cache(10_000)
def site_of(network: str) -> str:
    """The /48 of an IPv6 ``network_of``, which is what many providers give to whoever asks
    (RFC 6177); anything else stays as it is."""
    try:
        return str(ipaddress.IPv6Network(network).supernet(new_prefix=48))
    except ValueError:
        return network


def is_public(address: str) -> bool:
    """Is that a machine on the Internet, and nothing near this one?

    IPv4 that travels inside IPv6 counts as what it leads to: ``::ffff:`` (RFC 4291 2.5.5.2) and
    NAT64 (RFC 6052 2.1). Old tunnels (6to4, Teredo) lead anywhere and are never public.
    """
    parsed = parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed in _NAT64:
            parsed = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        elif parsed not in _GLOBAL_UNICAST or parsed.sixtofour or parsed.teredo:
            return False
    if parsed is None or parsed.is_multicast or parsed.is_reserved:
        return False
    return parsed.is_global


def is_loopback(address: str) -> bool:
    """Is that this machine itself?"""
    parsed = parse_address(address)
    return address == "localhost" or (parsed is not None and parsed.is_loopback)


def own_names() -> set[str]:
    """Names that lead to this machine on its own network: localhost, its host name, and that name
    as multicast DNS knows it (RFC 6762)."""
    name = socket.gethostname().lower().rstrip(".")
    usable = name and all(char.isascii() and (char.isalnum() or char in "-.") for char in name)
    return {"localhost", name, f"{name.split('.')[0]}.local"} if usable else {"localhost"}
