"""``/account/rooms/<id>/leave``: giving up what was granted to oneself in a room of somebody
else's. Asked once, because only hosts there can give it back. No JavaScript."""

from typing import Final

from aiohttp import web

from meetd.accounts.account import Account
from meetd.pages.rendering import Renderer
from meetd.rooms.elsewhere import Elsewhere, OthersRoom
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_HERE: Final = "/account/rooms/{id}/leave"


class SharedRoomsPage:
    """Says what giving up means, and does it."""

    def __init__(self, *, elsewhere: Elsewhere, visitors: Visitors, renderer: Renderer) -> None:
        self._elsewhere = elsewhere
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [web.get(_HERE, self._ask), web.post(_HERE, self._give_up)]

    async def _ask(self, request: web.Request) -> web.Response:
        _, shared = await self._access(request)
        return self._renderer.render(request, "leave_room.html", shared=shared)

    async def _give_up(self, request: web.Request) -> web.Response:
        account, shared = await self._access(request)
        await read_form(request)
        await self._elsewhere.give_up(account, shared.room)
        raise done("/account/rooms", "access_given_up")

    async def _access(self, request: web.Request) -> tuple[Account, OthersRoom]:
        """Raises: HTTPNotFound where nothing was granted, the same as for no room; HTTPSeeOther to
        the sign-in page."""
        who = await self._visitors.require(request)
        shared = await self._elsewhere.granted(who.account, request.match_info["id"])
        if shared is None:
            raise web.HTTPNotFound
        return who.account, shared
