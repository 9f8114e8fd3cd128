"""``/admin/usage``: how the server is used, month by month, and how near it is to the limits that
were set. For everybody but administrators there is nothing here. No JavaScript."""

from typing import Final

from aiohttp import web

from meetd.pages.rendering import Renderer
from meetd.pages.sums import sum_in_words
from meetd.serving.visitors import Visitors
from meetd.usage.watch import UsageWatch

PAGE: Final = "/admin/usage"


class UsagePage:
    """Looks only."""

    def __init__(self, watch: UsageWatch, visitors: Visitors, renderer: Renderer) -> None:
        self._watch = watch
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PAGE, self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        words = self._renderer.words(request)
        months = await self._watch.report()
        return self._renderer.render(
            request,
            "usage.html",
            is_kept=self._watch.is_kept,
            counts=await self._watch.now(),
            levels=await self._watch.levels(),
            months=[
                (month, [(sum_in_words(name, words), value) for name, value in sums.items()])
                for month, sums in months.items()
            ],
        )
