"""Which push services are written to.

An endpoint comes from a browser and is fetched by this server: without a list, anybody with an
account could make it write to machines behind its firewall (server-side request forgery).
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_ENDPOINT: Final = 1_024
"""Characters. The longest in use are about 500."""

# One strict form, so that no two parsers can read a different host from it: no user name, no
# fragment, no backslash, nothing that is not ASCII.
_ENDPOINT: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9._~:@!$&'()*+,;=%/?-]*)",
    re.ASCII,
)
_TLS_PORT: Final = 443


@dataclass(frozen=True)
class Place:
    """Where a message goes. ``is_loopback``: to this machine, without TLS, which the settings
    named with address and port."""

    host: str
    port: int
    path: str
    is_loopback: bool = False

    @property
    def origin(self) -> str:
        """As VAPID wants its audience (RFC 8292 2)."""
        if self.is_loopback:
            return f"http://{self.host}:{self.port}"
        return f"https://{self.host}"

    @property
    def url(self) -> str:
        return self.origin + self.path

    def __repr__(self) -> str:
        """Without the path: whoever knows it can write to that browser."""
        return f"Place({self.origin})"


class EndpointRefused(Exception):
    """Not the address of a push service that is written to."""


class Services:
    """The list of the settings."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        """``entries``: as ``[push] services`` has them."""
        self._listed = frozenset(entries)
        self._below = tuple(entry.removeprefix("*") for entry in entries if entry[0] == "*")

    def __bool__(self) -> bool:
        return bool(self._listed)

    def place(self, endpoint: str) -> Place:
        """Where that endpoint is.

        Raises: EndpointRefused.
        """
        found = _ENDPOINT.fullmatch(endpoint) if len(endpoint) <= MAX_ENDPOINT else None
        if found is None:
            raise EndpointRefused
        host, port = found["host"].lower(), found["port"]
        if found["scheme"] == "http":
            if f"{host}:{port}" not in self._listed:
                raise EndpointRefused
            return Place(host, int(port), found["path"], is_loopback=True)
        if port not in {None, str(_TLS_PORT)} or not self._is_listed(host):
            raise EndpointRefused
        return Place(host, _TLS_PORT, found["path"])

    def _is_listed(self, host: str) -> bool:
        return host in self._listed or host.endswith(self._below)
