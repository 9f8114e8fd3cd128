"""``/api/v1/chat``: the chat of a room as a file to keep, for whoever is in it, with what they may
read: what was said to everybody, and in private by or to them.

Written as it is read, a page at a time, so that a long history is never whole in memory.
"""

from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote

from aiohttp import web

from meetd.api.uploads import Holder
from meetd.chat.export import Form, exported
from meetd.chat.readers import Reader
from meetd.core.clock import Clock
from meetd.core.refusals import MessageMalformed, NotInMeeting
from meetd.meetings.meeting import Meeting
from meetd.serving.few import FewAtATime
from meetd.serving.headers import NOTHING
from meetd.serving.sending import Sending

PATH: Final = "/api/v1/chat"
AT_A_TIME: Final = 8
"""Exports that are being written: each decrypts all of a chat."""
OF_NETWORK: Final = 2
"""Of those."""

_FORMS: Final[dict[str, tuple[Form, str, str]]] = {
    "text": ("text", "txt", "text/plain; charset=utf-8"),
    "json": ("json", "json", "application/json"),
}
"""By what is asked for: the form, the ending of the file, and its media type."""


class ChatDoor:
    """Where a chat is fetched. The right to it is looked at with every page."""

    def __init__(self, holder: Holder, network: Callable[[web.Request], str], clock: Clock) -> None:
        self._holder = holder
        self._network = network
        self._clock = clock
        self._sending = Sending(clock)
        self._few = FewAtATime(of_all=AT_A_TIME, of_network=OF_NETWORK)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.fetch)]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, MessageMalformed, TooFast."""
        form = _FORMS.get(request.query.get("form", "text"))
        if form is None:
            raise MessageMalformed
        room = self._reading(request)[0].room.name  # else one stands in nobody's way
        if request.method == "HEAD":
            return web.Response(headers=_headers(room, *form[1:]))
        async with self._few.place(self._network(request)):
            meeting, reader = self._reading(request)
            pages = meeting.conversation.from_first(reader)
            pieces = exported(form[0], meeting.room.name, self._clock.now(), pages)
            response = web.StreamResponse(headers=_headers(meeting.room.name, *form[1:]))
            check = partial(self._check, request, reader)
            await self._sending.send(request, response, pieces, check)
        return response

    def _check(self, request: web.Request, reader: Reader) -> None:
        """Raises: NotInMeeting, also where they have signed out, or in, meanwhile."""
        if self._reading(request)[1] != reader:
            raise NotInMeeting

    def _reading(self, request: web.Request) -> tuple[Meeting, Reader]:
        """Raises: NotInMeeting."""
        meeting, participant = self._holder(request.query.get("key", ""))
        return meeting, meeting.talking.reader(participant.id)


def _headers(room: str, ending: str, media_type: str) -> dict[str, str]:
    name = quote(f"chat-{room}.{ending}", safe="")
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": NOTHING,
        "Cache-Control": "no-store",
    }
