"""What waits for somebody's answer: the part of ``/account`` about it, and its forms. No
JavaScript."""

from typing import Any, Final

from aiohttp import web

from meetd.accounts.account import AccountRefused, SignedIn
from meetd.accounts.team_store import TeamLevel
from meetd.core.refusals import Refusal
from meetd.core.times import day_and_time
from meetd.pages.own_rooms import complaints
from meetd.pages.rendering import Renderer
from meetd.pages.teams_page import level_of
from meetd.rooms.offers import KINDS, OfferKind, Offers
from meetd.serving.done import What, done
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_HERE: Final = "/account#waiting"
_ACCEPTED: Final[dict[OfferKind, What]] = {
    "host": "host_accepted",
    "team": "team_joined",
    "room": "room_yours",
}
"""What the page after accepting says."""


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

    async def part(self, who: SignedIn) -> dict[str, Any]:
        """What the template ``account_offers.html`` shows."""
        return {"waiting": await self._offers.of(who.account)}

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
        raise done(_page_of(kind, form["offer"]), _ACCEPTED[kind])

    async def _decline(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "kind", "offer", "seen")
        kind = _kind(form["kind"])
        try:
            await self._offers.decline(who.account, kind, form["offer"])
        except (Refusal, AccountRefused) as trouble:
            return await self._again(request, who, trouble)
        raise done(_HERE, "team_declined" if kind == "team" else "declined")

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


def _page_of(kind: OfferKind, offer_id: str) -> str:
    """Where somebody goes on with what they accepted just now; what else waits is counted there."""
    return f"/account/teams/{offer_id}" if kind == "team" else "/account/rooms"


def _kind(choice: str) -> OfferKind:
    for one in KINDS:
        if choice == one:
            return one
    raise web.HTTPBadRequest


def _seen(level: str) -> TeamLevel:
    """Of a team; other offers have none."""
    return level_of(level) if level else "knock"
