"""Where browsers are told that media goes, and the line at start-up that says so."""

import logging
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from meetd.config.network import Media
from meetd.core.networks import is_public, parse_address
from meetd.relay.transport.addresses import own_addresses
from meetd.relay.transport.candidates import endpoints
from meetd.relay.transport.media_port import MediaPort

_SET_IT: Final = (
    "Browsers are told private addresses only, and %s is a name: for people who come from outside"
    " this network, set [media] announced_addresses (docs/paths.md)"
)

_log = logging.getLogger(__name__)


def endpoints_of(port: MediaPort, settings: Media, reached: str = "") -> list[tuple[str, int]]:
    """Addresses and ports to announce. ``reached``: the host of the browser's own request."""
    return endpoints(
        bound=port.host,
        own=own_addresses(),
        announced=settings.announced_addresses,
        reached=reached,
        port=port.port,
        public_port=settings.public_port or port.port,
    )


def note(port: MediaPort, settings: Media, public_url: str) -> None:
    """Tell the operator; ``public_url`` may be empty. The port is open."""
    if settings.relay == "never":
        _log.info("Media: UDP and TCP %d, for STUN only", port.port)
        return
    told = endpoints_of(port, settings)
    _log.info("Media: UDP and TCP %d; browsers are told %s", port.port, _written(told, port.port))
    name = urlsplit(public_url).hostname or ""
    # An address is told to whoever reached it. What a name leads to is not known here.
    if name and parse_address(name) is None and not any(is_public(one) for one, _ in told):
        _log.warning(_SET_IT, name)


def _written(told: Iterable[tuple[str, int]], usual: int) -> str:
    places = (one if port == usual else f"{one} port {port}" for one, port in told)
    return ", ".join(places) or "no address"
