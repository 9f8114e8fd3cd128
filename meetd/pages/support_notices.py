"""Tells an owner on every page that an administrator entered a room of theirs, until they say that
they read why, on ``/account/support``. No JavaScript."""

from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from meetd.core.times import day_and_time
from meetd.pages.rendering import SUPPORT_UNREAD, Renderer
from meetd.pages.support_entries import SupportEntries
from meetd.rooms.support_store import SupportStore
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors, signed_in_at

_PAGE: Final = "/account/support"
_MAX_DIGITS: Final = 15


class SupportNotices:
    """The line on each page, and the page that it leads to."""

    def __init__(
        self,
        *,
        store: SupportStore,
        entries: SupportEntries,
        visitors: Visitors,
        renderer: Renderer,
    ) -> None:
        self._store = store
        self._entries = entries
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [web.get(_PAGE, self._show), web.post(_PAGE, self._mark_read)]

    def told(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same routes, whose pages tell of it. Who is signed in is known there."""
        return [
            web.route(route.method, route.path, self._telling(route.handler), **route.kwargs)
            for route in routes
        ]

    def _telling(self, handler: Handler) -> Handler:
        async def tell(request: web.Request) -> web.StreamResponse:
            who = signed_in_at(request)
            if who is not None:
                request[SUPPORT_UNREAD] = await self._store.unread(who.account.id)
            return await handler(request)

        return tell

    async def _show(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        unread = await self._entries.unread(who.account)
        if not unread:
            raise web.HTTPSeeOther("/account")
        request[SUPPORT_UNREAD] = []  # it is what this page is about
        return self._renderer.render(
            request, "support_unread.html", visits=unread, when=day_and_time
        )

    async def _mark_read(self, request: web.Request) -> web.Response:
        """Up to the newest that was shown: one that came since was not read."""
        who = await self._visitors.require(request)
        number = (await read_form(request, "number"))["number"]
        if not (number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS):
            raise web.HTTPBadRequest
        await self._store.mark_read(who.account.id, int(number))
        raise web.HTTPSeeOther(_PAGE)
