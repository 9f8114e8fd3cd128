"""``/admin/retention``: how long what is kept, what would go now, and what must not. No JavaScript;
for everybody but administrators there is nothing here."""

from typing import Final

from aiohttp import web

from meetd.core.refusals import TextEmpty, TextTooLong
from meetd.core.times import day_and_time
from meetd.lifecycle.purge import Purge
from meetd.pages.rendering import MAX_KEPT_FIELD, Renderer
from meetd.pages.retention_words import line_of
from meetd.rooms.holds import Holds, NothingToHold
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_PAGE: Final = "/admin/retention"
_HOLD: Final = f"{_PAGE}/hold"
_LIFT: Final = f"{_PAGE}/lift"


class RetentionPage:
    """Looks at what is due; places and lifts holds."""

    def __init__(self, purge: Purge, holds: Holds, visitors: Visitors, renderer: Renderer) -> None:
        self._purge = purge
        self._holds = holds
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_PAGE, self._show),
            web.post(_HOLD, self._place),
            web.post(_LIFT, self._lift),
            web.get(_HOLD, self._to_page),
            web.get(_LIFT, self._to_page),
        ]

    async def _to_page(self, request: web.Request) -> web.Response:
        """Reloading after a form must not end in an error."""
        await self._visitors.require_administrator(request)
        raise web.HTTPSeeOther(_PAGE)

    async def _show(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        return await self._page(request)

    async def _place(self, request: web.Request) -> web.Response:
        who = await self._visitors.require_administrator(request)
        form = await read_form(request, "what", "reason")
        try:
            await self._holds.place(form["what"].strip(), form["reason"], actor=who.account.id)
        except NothingToHold:
            return await self._page(request, form, "retention.nothing_to_hold")
        except (TextEmpty, TextTooLong):
            return await self._page(request, form, "retention.reason_missing")
        raise done(_PAGE, "hold_placed")

    async def _lift(self, request: web.Request) -> web.Response:
        who = await self._visitors.require_administrator(request)
        form = await read_form(request, "hold")
        await self._holds.lift(form["hold"], actor=who.account.id)
        raise done(_PAGE, "hold_lifted")

    async def _page(
        self, request: web.Request, form: dict[str, str] | None = None, wrong: str = ""
    ) -> web.Response:
        words = self._renderer.words(request)
        kept = {name: value[:MAX_KEPT_FIELD] for name, value in (form or {}).items()}
        return self._renderer.render(
            request,
            "retention.html",
            status=web.HTTPBadRequest.status_code if wrong else web.HTTPOk.status_code,
            wrong=words(wrong) if wrong else "",
            form=kept,
            lines=[line_of(due, words) for due in await self._purge.due()],
            holds=await self._holds.all(),
            when=day_and_time,
        )
