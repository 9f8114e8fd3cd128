"""One line per request, with nothing in it about who asked or which room."""

from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessLog(AbstractAccessLogger):
    """Route template instead of the path, because the path is a room's key; no query, no address,
    no user agent, no referrer."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """``time`` in seconds; written in milliseconds."""
        fields = {
            "method": request.method if request.method in _METHODS else "other",
            "route": route_of(request),
            "status": response.status,
            "ms": round(time * 1000, 1),
            "bytes": response.body_length,
        }
        self.logger.info("request", extra={"fields": fields})


def route_of(request: web.BaseRequest) -> str:
    """The template of the route that answered, such as ``/{room}``; ``none`` when there is none."""
    match = request.match_info if isinstance(request, web.Request) else None
    resource = None if match is None else match.route.resource
    return "none" if resource is None else resource.canonical
