"""Requests without a connection, for what only looks at their headers."""

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict


class Transport:
    """The other end, as asyncio tells about it."""

    def __init__(self, peer: str, *, tls: bool) -> None:
        self._facts = {"peername": (peer, 5_000), "sslcontext": object() if tls else None}

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self._facts.get(name, default)

    def is_closing(self) -> bool:
        return False


def make_request(
    *headers: tuple[str, str],
    method: str = "GET",
    path: str = "/",
    peer: str = "203.0.113.7",
    tls: bool = False,
) -> web.Request:
    """A request from ``peer``; with a Host unless ``headers`` has one."""
    fields = CIMultiDict(headers)
    if "Host" not in fields:
        fields["Host"] = "meet.example"
    return make_mocked_request(method, path, headers=fields, transport=Transport(peer, tls=tls))
