"""``/api/v1/uploads``: files on their way into a room, as tus 1.0.0 (https://tus.io/protocols) has
it: creation, termination, expiration and checksum.

Whoever sends says with the key from ``Welcome`` who they are and which room it is. It is asked
anew with every request: somebody who left, or may not share any more, adds nothing.
"""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Final, Literal

from aiohttp import ClientError, web

from meetd.content.intake import Checksum, Intake
from meetd.content.item import Item, Upload
from meetd.core.refusals import HostsOnly, MessageMalformed, NotInMeeting, TooManyUploads
from meetd.meetings.leaving import Leaving
from meetd.meetings.meeting import Meeting
from meetd.meetings.staying import Staying
from meetd.protocol.people import Participant

PATH: Final = "/api/v1/uploads"
ONE: Final = PATH + "/{id}"
"""Template of the route that takes bytes of a file."""
SILENT_SECONDS: Final = 30.0
"""Without a byte; the rest may come with another request."""

_VERSION: Final = "1.0.0"
_TYPE: Final = "application/offset+octet-stream"
_ALGORITHMS: Final[tuple[Literal["sha1", "sha256"], ...]] = ("sha1", "sha256")
_MOST_METADATA: Final = 32
_MOST_DIGITS: Final = 15

Holder = Callable[[str], tuple[Meeting, Participant]]
"""Who is in which meeting, by content key. Raises: NotInMeeting."""


class UploadsDoor:
    """The tus server."""

    def __init__(
        self,
        *,
        intake: Intake,
        holder: Holder,
        leaving: Leaving,
        staying: Staying,
        network: Callable[[web.Request], str],
        uploads_per_address: int,
    ) -> None:
        self._intake = intake
        self._leaving = leaving
        self._staying = staying
        self._holder = holder
        self._network = network
        self._most = uploads_per_address
        self._sending: Counter[str] = Counter()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.options(PATH, self.options),
            web.post(PATH, self.begin),
            web.head(ONE, self.look),
            web.patch(ONE, self.receive),
            web.delete(ONE, self.give_up),
        ]

    async def on_prepare(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """For ``app.on_response_prepare``: every answer says which version it is of."""
        if request.path == PATH or request.path.startswith(PATH + "/"):
            response.headers["Tus-Resumable"] = _VERSION
            response.headers["Tus-Version"] = _VERSION

    async def options(self, _request: web.Request) -> web.Response:
        """What this server can."""
        headers = {
            "Tus-Extension": "creation,termination,expiration,checksum",
            "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
            "Tus-Max-Size": str(self._intake.file_limit),
        }
        return web.Response(status=204, headers=headers)

    async def begin(self, request: web.Request) -> web.Response:
        """Creation: a place for a file whose length is known."""
        meeting, participant = self._sharing(request)
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        begun = await self._intake.begin(
            meeting.room.id,
            name=metadata.get("filename", ""),
            media_type=metadata.get("filetype", ""),
            length=_number(request, "Upload-Length"),
            author=(participant.id, participant.name),
            also=self._leaving.noting(meeting, participant.id),
        )
        self._staying.note_used(participant.id, "shared content")
        # An empty file is in the room already, and its upload over.
        headers = {"Location": f"{PATH}/{begun.id}", "Upload-Offset": "0"}
        return web.Response(status=201, headers=headers | self._expires(begun))

    async def look(self, request: web.Request) -> web.Response:
        """How far it is. Of a file in the room all the way: the answer that said so may be lost."""
        meeting, _ = self._sharing(request)
        state = await self._intake.look(meeting.room.id, request.match_info["id"])
        headers = {
            "Upload-Offset": str(_received(state)),
            "Upload-Length": str(state.length),
            "Cache-Control": "no-store",
        }
        return web.Response(headers=headers | self._expires(state))

    async def receive(self, request: web.Request) -> web.Response:
        """More of it, from where it stopped."""
        if request.content_type != _TYPE:
            raise web.HTTPUnsupportedMediaType
        offset, checksum = _number(request, "Upload-Offset"), _checksum(request)
        with self._one_of_few(request):
            upload = await self._find(request)
            state = await self._intake.receive(upload, offset, _body(request), checksum)
        headers = {"Upload-Offset": str(_received(state))}
        return web.Response(status=204, headers=headers | self._expires(state))

    async def give_up(self, request: web.Request) -> web.Response:
        """Termination."""
        await self._intake.give_up(await self._find(request))
        return web.Response(status=204)

    def _expires(self, state: Upload | Item) -> dict[str, str]:
        if isinstance(state, Item):
            return {}
        ends = state.touched_at + self._intake.untouched
        return {"Upload-Expires": formatdate(ends / 1_000, usegmt=True)}

    async def _find(self, request: web.Request) -> Upload:
        meeting, _ = self._sharing(request)
        return await self._intake.find(meeting.room.id, request.match_info["id"])

    def _sharing(self, request: web.Request) -> tuple[Meeting, Participant]:
        """Raises: NotInMeeting, HostsOnly; HTTPPreconditionFailed for another version of tus."""
        if request.headers.get("Tus-Resumable") != _VERSION:
            raise web.HTTPPreconditionFailed
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise NotInMeeting
        meeting, participant = self._holder(key)
        if not meeting.may_share(participant.role):
            raise HostsOnly
        return meeting, participant

    @contextmanager
    def _one_of_few(self, request: web.Request) -> Iterator[None]:
        """Raises: TooManyUploads."""
        network = self._network(request)
        if self._sending[network] >= self._most:
            raise TooManyUploads(limit=self._most)
        self._sending[network] += 1
        try:
            yield
        finally:
            self._sending[network] -= 1
            if not self._sending[network]:
                del self._sending[network]


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    """What comes. A sender who is gone or silent has sent what came: the rest follows with another
    request."""
    while True:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                chunk = await request.content.readany()
        except (TimeoutError, ConnectionError, ClientError):
            return
        if not chunk:
            return
        yield chunk


def _received(state: Upload | Item) -> int:
    return state.received if isinstance(state, Upload) else state.length


def _number(request: web.Request, header: str) -> int:
    """Raises: MessageMalformed."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise MessageMalformed
    return int(text)


def _checksum(request: web.Request) -> Checksum | None:
    """Raises: MessageMalformed, also for an algorithm that is not ours."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    name, _, encoded = header.partition(" ")
    for algorithm in _ALGORITHMS:
        if name == algorithm:
            return Checksum(algorithm, _decoded(encoded))
    raise MessageMalformed


def _metadata(header: str) -> dict[str, str]:
    """Keys with base64 values, separated by commas. Raises: MessageMalformed."""
    pairs = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
    if len(pairs) > _MOST_METADATA:
        raise MessageMalformed
    try:
        return {key: _decoded(value).decode() for key, _, value in pairs}
    except UnicodeDecodeError as error:
        raise MessageMalformed from error


def _decoded(encoded: str) -> bytes:
    """Raises: MessageMalformed."""
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MessageMalformed from error
