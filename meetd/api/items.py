"""``/api/v1/items/...``: the files in rooms, whole or in ranges (RFC 9110, section 14).

A browser opens a file only when its kind is on a short list that runs nothing; all else is a
download, whatever it says it is.
"""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from meetd.api.uploads import Holder
from meetd.content.item import Item
from meetd.content.names import BINARY
from meetd.content.shelf import Shelf
from meetd.core.clock import Clock
from meetd.core.refusals import HostsOnly
from meetd.meetings.meeting import Meeting
from meetd.serving.headers import NOTHING
from meetd.serving.sending import Sending

PATH: Final = "/api/v1/items/{id}"

SILENT_SECONDS: Final = 120.0
"""A film that stands still is not read on; its browser asks for the rest later."""
SLOWEST: Final = 1024
"""Bytes a second: they take no place from others, so the slowest of networks has its time."""

OPENED: Final = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"),
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/flac"),
        *("video/mp4", "video/webm", "video/ogg"),
        "application/pdf",
        "text/plain",
    }
)
"""Media types that a page may show. SVG and HTML are not among them: they can hold script."""


class ItemsDoor:
    """Where files are fetched. The rights are looked at with every request."""

    def __init__(self, shelf: Shelf, holder: Holder, clock: Clock) -> None:
        self._shelf = shelf
        self._holder = holder
        self._sending = Sending(clock, silent=SILENT_SECONDS, slowest=SLOWEST)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.fetch)]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchItem."""
        meeting = self._fetching(request)
        item = await self._shelf.find(meeting.room.id, request.match_info["id"])
        etag = f'"{item.id}"'
        if etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers={"ETag": etag})
        part = _range(request, item, etag)
        start, stop = part or (0, item.length)
        response = web.StreamResponse(status=206 if part else 200, headers=_headers(item, etag))
        if part:
            if start >= stop:
                headers = {"Content-Range": f"bytes */{item.length}"}
                return web.Response(status=416, headers=headers)
            response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{item.length}"
        response.content_length = stop - start
        if request.method == "HEAD":
            await response.prepare(request)
        else:
            pieces = self._shelf.read(item, start, stop)
            # Nothing is sent to somebody removed.
            await self._sending.send(request, response, pieces, lambda: self._fetching(request))
        return response

    def _fetching(self, request: web.Request) -> Meeting:
        """Raises: NotInMeeting, HostsOnly."""
        meeting, participant = self._holder(request.query.get("key", ""))
        if not meeting.may_fetch(participant.role, request.match_info["id"]):
            raise HostsOnly
        return meeting


def _headers(item: Item, etag: str) -> dict[str, str]:
    media_type = item.label.media_type
    is_opened = media_type in OPENED
    how = "inline" if is_opened else "attachment"
    # A browser that is told a charset does not guess one.
    text = "; charset=utf-8" if media_type == "text/plain" else ""
    return {
        "Content-Type": media_type + text if is_opened else BINARY,
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(item.label.name, safe='')}",
        "Content-Security-Policy": NOTHING,
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Cache-Control": "private, no-cache",
    }


def _range(request: web.Request, item: Item, etag: str) -> tuple[int, int] | None:
    """From where to before where, if a part of this very file is asked for. One range only: others
    get the whole file, as RFC 9110 allows."""
    if "Range" not in request.headers or request.headers.get("If-Range", etag) != etag:
        return None
    try:
        wanted = request.http_range
    except ValueError:
        return None
    start, stop, _ = wanted.indices(item.length)
    return start, stop
