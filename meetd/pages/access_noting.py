"""Writes down who looked at what is not their own, and who changed what, on whatever page: a page
that somebody adds is not forgotten."""

import logging
from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from meetd.audit.access_log import AccessLog, Act
from meetd.core.errands import Errands
from meetd.serving.access_log import route_of
from meetd.serving.visitors import signed_in_at

_MOST: Final = 10_000
_LOOKED_AT: Final = ("/admin", "/account/data", "/account/rooms/{id}/along", "/privacy/data")
"""Below these, looking is written down as well: it shows what is kept of people."""
_BELOW_VISITORS: Final = "/privacy/data"
"""Here somebody without account is known by their link, and written down as a visitor: that it was
used, and for what."""
_BELOW_PEOPLE: Final = "/admin/people/"
_SAFE: Final = frozenset({"GET", "HEAD"})
_BEGUN: Final = web.RequestKey("begun", bool)
"""Something of a good answer went out."""

_log = logging.getLogger(__name__)


class AccessNoting:
    """In the background: nobody waits for it, and a full disk takes no page from anybody.
    ``close`` waits until all is written."""

    def __init__(self, log: AccessLog) -> None:
        self._access = log
        self._errands = Errands("lines of the access log", _MOST, _log)

    async def close(self) -> None:
        await self._errands.finished()

    async def written(self) -> None:
        """When everything that was done until now is in the log."""
        await self._errands.finished()

    async def presence(
        self, act: Act, room_id: str, account_id: str | None, participant_id: str
    ) -> None:
        """Somebody came into a meeting, or went."""
        await self._access.note(act, account_id=account_id, what=participant_id, room=room_id)

    def signed_in(self, account_id: str) -> None:
        self._errands.run(self._access.note("entered", account_id=account_id, what="signed in"))

    def on(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same routes. Who is signed in is known there, and who has a link by the answer."""
        return [
            web.route(route.method, route.path, self._noting(route), **route.kwargs)
            for route in routes
        ]

    def _noting(self, route: web.RouteDef) -> Handler:
        act: Act = "looked" if route.method in _SAFE else "changed"
        is_noted = act == "changed" or route.path.startswith(_LOOKED_AT)
        is_by_link = route.path.startswith(_BELOW_VISITORS)

        async def note(request: web.Request) -> web.StreamResponse:
            # By a link it is done by whoever has the link, signed in or not.
            who = None if is_by_link else signed_in_at(request)
            is_done = False
            try:
                answer: web.StreamResponse = await route.handler(request)
                is_done = _is_good(answer)
            except web.HTTPRedirection:
                is_done = act == "changed" or not is_by_link  # else whoever asks is sent on
                raise
            finally:
                # What was streamed was seen, though the browser went before its end.
                is_done = is_done or _BEGUN in request
                if (who is not None or is_by_link) and is_noted and is_done:
                    self._note(act, who.account.id if who else None, request)
            return answer

        return note

    async def on_prepare(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """For ``app.on_response_prepare``."""
        if isinstance(request, web.Request) and _is_good(response):
            request[_BEGUN] = True

    def _note(self, act: Act, account_id: str | None, request: web.Request) -> None:
        path, found = route_of(request), request.match_info.get("id")
        is_person = path.startswith(_BELOW_PEOPLE)
        self._errands.run(
            self._access.note(
                act,
                account_id=account_id,
                what=f"{request.method} {path}",
                room=None if is_person else found,
                subject=found if is_person else None,
            )
        )


def _is_good(answer: web.StreamResponse) -> bool:
    return answer.status < web.HTTPBadRequest.status_code
