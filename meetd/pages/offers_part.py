"""What waits for somebody's answer: the part of ``/account`` about it, its forms, and how much
there is, for every page that leads there. No JavaScript."""

from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from meetd.accounts.account import AccountRefused, SignedIn
from meetd.accounts.team_store import TeamLevel
from meetd.core.refusals import Refusal
from meetd.core.times import day_and_time
from meetd.pages.own_rooms import complaints
from meetd.pages.rendering import WAITING, Renderer
from meetd.pages.teams_page import level_of
from meetd.rooms.offers import KINDS, OfferKind, Offers
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors, signed_in_at

_HERE: Final = "/account#waiting"


class OffersPart:
    """Accept and decline, each a form of its own."""

    def __init__(self, offers: Offers, visitors: Visitors, renderer: Renderer) -> None:
        self._offers = offers
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/account/offers/accept", self._accept),
            web.post("/account/offers/decline", self._decline),
            web.get("/account/offers/accept", self._back),
            web.get("/account/offers/decline", self._back),
        ]

    def counting(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same routes, where it is known how much waits for whoever is signed in. Not on the
        page of a room, which has no link to the account."""
        return [self._counted(route) for route in routes]

    async def part(self, who: SignedIn) -> dict[str, Any]:
        """What the template ``account_offers.html`` shows."""
        return {
            "waiting": await self._offers.of(who.account),
            "hosting": await self._offers.hosting(who.account),
        }

    def _counted(self, route: web.RouteDef) -> web.RouteDef:
        if route.method != "GET" or route.path.startswith("/{"):
            return route
        return web.route(route.method, route.path, self._counting(route.handler), **route.kwargs)

    def _counting(self, handler: Handler) -> Handler:
        async def count(request: web.Request) -> web.StreamResponse:
            who = signed_in_at(request)
            if who is not None:
                request[WAITING] = len(await self._offers.of(who.account))
            return await handler(request)

        return count

    async def _back(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_HERE)

    async def _accept(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "kind", "offer", "seen")
        kind, seen = _kind(form["kind"]), _seen(form["seen"])
        try:
            await self._offers.accept(who.account, kind, form["offer"], seen)
        except (Refusal, AccountRefused) as trouble:
            return await self._again(request, who, trouble)
        raise web.HTTPSeeOther(_HERE)

    async def _decline(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "kind", "offer", "seen")
        try:
            await self._offers.decline(who.account, _kind(form["kind"]), form["offer"])
        except (Refusal, AccountRefused) as trouble:
            return await self._again(request, who, trouble)
        raise web.HTTPSeeOther(_HERE)

    async def _again(
        self, request: web.Request, who: SignedIn, trouble: Refusal | AccountRefused
    ) -> web.Response:
        """The part on a page of its own, with what was wrong."""
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            "offers.html",
            status=409 if isinstance(trouble, AccountRefused) else trouble.status,
            offers=await self.part(who),
            complaints=complaints(trouble, "", words),
            when=day_and_time,
        )


def _kind(choice: str) -> OfferKind:
    for one in KINDS:
        if choice == one:
            return one
    raise web.HTTPBadRequest


def _seen(level: str) -> TeamLevel:
    """Of a team; other offers have none."""
    return level_of(level) if level else "knock"
