"""``/admin/support``: an administrator enters a room to help, with a written reason. No
JavaScript; for everybody else there is nothing here."""

from typing import Final

from aiohttp import web

from meetd.core.refusals import NoSuchRoom, Refusal
from meetd.pages.rendering import MAX_KEPT_FIELD, Renderer
from meetd.rooms.names import normalise_room_name
from meetd.rooms.store import RoomStore
from meetd.rooms.support import MAX_REASON, MIN_REASON, Support
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_PAGE: Final = "/admin/support"


class SupportPage:
    """The deliberate act. Entering is then as for anybody, with a mark that everybody sees."""

    def __init__(
        self, *, rooms: RoomStore, support: Support, visitors: Visitors, renderer: Renderer
    ) -> None:
        self._rooms = rooms
        self._support = support
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [web.get(_PAGE, self._show), web.post(_PAGE, self._enter)]

    async def _show(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        return self._page(request, {"room": request.query.get("room", "")})

    async def _enter(self, request: web.Request) -> web.Response:
        who = await self._visitors.require_administrator(request)
        form = await read_form(request, "room", "reason")
        try:
            room = await self._rooms.find(normalise_room_name(form["room"]))
            if room is None:
                raise NoSuchRoom
            await self._support.begin(who.account, room, form["reason"])
        except Refusal as refusal:
            return self._page(request, form, refusal)
        raise web.HTTPSeeOther(f"/{room.name}")

    def _page(
        self, request: web.Request, form: dict[str, str], refusal: Refusal | None = None
    ) -> web.Response:
        words = self._renderer.words(request)
        key = f"support.{refusal.code}" if refusal else ""
        facts = {"least": MIN_REASON, "most": MAX_REASON}
        alert = words(key if key in words else "error.other", **facts) if refusal else ""
        return self._renderer.render(
            request,
            "support.html",
            status=refusal.status if refusal else 200,
            room=form.get("room", "")[:MAX_KEPT_FIELD],
            reason=form.get("reason", "")[:MAX_REASON],
            alert=alert,
            most=MAX_REASON,
        )
