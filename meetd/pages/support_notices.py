"""``/account/support``: why an administrator entered rooms of an owner, who is told on every page
until they say here that they read it. No JavaScript."""

from typing import Final

from aiohttp import web

from meetd.core.times import day_and_time
from meetd.pages.rendering import SUPPORT_UNREAD, Renderer
from meetd.pages.support_entries import SupportEntries
from meetd.rooms.support_store import SupportStore
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_PAGE: Final = "/account/support"
_MAX_DIGITS: Final = 15


class SupportNotices:
    """The page that the line on each page leads to."""

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
        raise done(_PAGE, "support_read")
