"""What every page tells whoever is signed in, whatever it is about: how much waits for their
answer, that an administrator entered a room of theirs, and that their account is going to end."""

from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from meetd.accounts.account import Account
from meetd.accounts.ending import Ending
from meetd.pages.rendering import ENDS_AT, SUPPORT_UNREAD, WAITING
from meetd.rooms.offers import Offers
from meetd.rooms.support_store import SupportStore
from meetd.serving.visitors import signed_in_at


class Told:
    """Looks it up before a page is made: an answer that says what is wrong with a form, too."""

    def __init__(self, offers: Offers, support: SupportStore, ending: Ending) -> None:
        self._offers = offers
        self._support = support
        self._ending = ending

    def on(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same routes. Who is signed in is known there."""
        return [
            web.route(route.method, route.path, self._telling(route), **route.kwargs)
            for route in routes
        ]

    def _telling(self, route: web.RouteDef) -> Handler:
        has_head = not route.path.startswith("/{")  # the page of a room has no links

        async def tell(request: web.Request) -> web.StreamResponse:
            who = signed_in_at(request)
            if who is not None:
                await self._look_up(request, who.account, has_head=has_head)
            answer: web.StreamResponse = await route.handler(request)
            return answer

        return tell

    async def _look_up(self, request: web.Request, account: Account, *, has_head: bool) -> None:
        request[SUPPORT_UNREAD] = await self._support.unread(account.id)
        ends_at = await self._ending.of(account)
        if ends_at is not None:
            request[ENDS_AT] = ends_at
        if has_head:
            request[WAITING] = await self._offers.count(account)
