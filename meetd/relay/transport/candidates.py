"""Which addresses of this server a browser is told to try, and how they are written (RFC 8839)."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from meetd.core.networks import Address, parse_address

_HOST: Final = 126
"""Type preference of a host candidate (RFC 8445, 5.1.2.2)."""
_TCP_HOST: Final = 90
"""Below every UDP candidate, relayed by somebody else or not: TCP is for who has no UDP."""
_PASSIVE: Final = 4 << 13
"""Direction preference of passive TCP within the local preference (RFC 6544, 4.2)."""
_MAX_ADDRESSES: Final = 8
"""Browsers try each of them with each of theirs: more only delays the right one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host candidate (RFC 8839, 5.1) of the one component that there is."""

    foundation: str
    transport: Literal["udp", "tcp"]
    priority: int
    address: str
    port: int

    def to_sdp(self) -> str:
        """The value of ``a=candidate:``; TCP is passive: the browser connects (RFC 6544, 4.5)."""
        told = f"{self.foundation} 1 {self.transport} {self.priority} {self.address} {self.port}"
        return f"{told} typ host" + (" tcptype passive" if self.transport == "tcp" else "")


def candidates(endpoints: Iterable[tuple[str, int]]) -> tuple[Candidate, ...]:
    """UDP for each address and port, then TCP for each, the first the most preferred."""
    told = list(endpoints)
    udp = [_candidate("udp", place, *endpoint) for place, endpoint in enumerate(told)]
    tcp = [_candidate("tcp", place, *endpoint) for place, endpoint in enumerate(told)]
    return (*udp, *tcp)


def _candidate(transport: Literal["udp", "tcp"], place: int, address: str, port: int) -> Candidate:
    """The priority as of RFC 8445, 5.1.2.1, for component 1."""
    if transport == "udp":
        kind, local = _HOST, 0xFFFF - place
    else:
        kind, local = _TCP_HOST, _PASSIVE + 0x1FFF - place
    priority = (kind << 24) + (local << 8) + 255
    return Candidate(f"{transport}{place}", transport, priority, address, port)


def endpoints(
    *,
    bound: str,
    own: Iterable[str],
    announced: Iterable[str],
    reached: str,
    port: int,
    public_port: int,
) -> list[tuple[str, int]]:
    """Addresses and ports to announce, the surest first, without duplicates.

    ``bound``: the address that the socket is bound to, empty for every one of this machine;
    ``own``: the addresses of this machine; ``announced``: the setting, instead of ``own``;
    ``reached``: the host of the browser's own request, which counts when it is an address: behind
    NAT it is the public one, and nobody else is told it. ``public_port``: what a router maps to
    ``port``, which is what addresses that are not of this machine have.
    """
    here = _own(bound, own)
    others = [*_parsed([reached]), *_parsed(announced)]
    told = [*others, *(here if not list(_parsed(announced)) else [])]
    usable = dict.fromkeys(address for address in told if _can_be_told(address))
    return [
        (str(address), port if address in here else public_port)
        for address in list(usable)[:_MAX_ADDRESSES]
    ]


def _own(bound: str, own: Iterable[str]) -> list[Address]:
    """This machine's addresses on which the socket listens; loopback only where there is nothing
    else, or where the socket is bound to it."""
    at = parse_address("127.0.0.1" if bound == "localhost" else bound)
    if at is not None and not at.is_unspecified:
        return [at]
    # 0.0.0.0 is IPv4 only, "::" and nothing at all are both.
    found = [ip for ip in _parsed(own) if at is None or at.version in {6, ip.version}]
    usable = [ip for ip in found if _can_be_told(ip) and not ip.is_loopback]
    return sorted(usable, key=_preference) or [ip for ip in found if ip.is_loopback]


def _preference(address: Address) -> tuple[bool, int]:
    """Addresses of the Internet first, then IPv6 first (RFC 8421)."""
    return not address.is_global, -address.version


def _parsed(addresses: Iterable[str]) -> Iterable[Address]:
    for text in addresses:
        address = parse_address(text)
        if address is not None:
            yield address


def _can_be_told(address: Address) -> bool:
    """Not where nobody is, and not link-local, which means nothing without a scope."""
    is_nowhere = address.is_unspecified or address.is_multicast or address == _BROADCAST
    return not is_nowhere and not address.is_link_local


_BROADCAST: Final = ipaddress.IPv4Address("255.255.255.255")
