"""Who looks at a page: somebody signed in, or not."""

import re
from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from meetd.accounts.account import SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.browsers import browser_label
from meetd.core.networks import network_of
from meetd.serving.addresses import Addresses
from meetd.serving.cookies import SessionCookie

_NEXT: Final = re.compile(r"/|(?:/[A-Za-z0-9_-]+)+", re.ASCII)
"""Where somebody may be sent after signing in: a page of ours, not ``//elsewhere``."""


def after_signing_in(wanted: str) -> str:
    """The page that was wanted, or the start page."""
    return wanted if _NEXT.fullmatch(wanted) and wanted != "/logout" else "/"


_SIGNED_IN: Final = web.RequestKey("signed_in", SignedIn)


def signed_in_at(request: web.Request) -> SignedIn | None:
    """Who is signed in, where that was looked up already."""
    return request.get(_SIGNED_IN)


class Visitors:
    """Knows people by the cookie of their session."""

    def __init__(self, accounts: Accounts, cookie: SessionCookie, addresses: Addresses) -> None:
        self._accounts = accounts
        self._cookie = cookie
        self._addresses = addresses

    async def of(self, request: web.Request) -> SignedIn | None:
        """Who is signed in, if anybody. Found once per request."""
        who = signed_in_at(request)
        token = self._cookie.read(request)
        if who is None and token:
            who = await self._accounts.who(token)
            if who is not None:
                request[_SIGNED_IN] = who
        return who

    async def afresh(self, request: web.Request) -> SignedIn | None:
        """Who is signed in at this moment, whatever was found when the request came."""
        token = self._cookie.read(request)
        return await self._accounts.who(token) if token else None

    def known(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same routes, where who is signed in is looked up first: every page that is made for
        them shows who knocks at their doors, a page about an error too."""
        return [
            web.route(route.method, route.path, self._knowing(route.handler), **route.kwargs)
            for route in routes
        ]

    def _knowing(self, handler: Handler) -> Handler:
        async def know(request: web.Request) -> web.StreamResponse:
            await self.of(request)
            return await handler(request)

        return know

    async def require(self, request: web.Request) -> SignedIn:
        """Who is signed in. Raises: HTTPSeeOther to the sign-in page."""
        who = await self.of(request)
        if who is None:
            raise web.HTTPSeeOther(f"/login?next={request.path}")
        return who

    async def require_administrator(self, request: web.Request) -> SignedIn:
        """Raises: HTTPNotFound for everybody else: there is nothing here for them."""
        who = await self.of(request)
        if who is None or not who.account.administrator:
            raise web.HTTPNotFound
        return who

    def token(self, request: web.Request) -> str:
        """The token that the browser came with, valid or not."""
        return self._cookie.read(request)

    def network(self, request: web.Request) -> str:
        """What limits count by."""
        return network_of(self._addresses.of(request))

    @staticmethod
    def browser(request: web.Request) -> str:
        return browser_label(request.headers.get("User-Agent", ""))

    def hand(self, request: web.Request, response: web.Response, token: str) -> web.Response:
        """The same response with the cookie of that token."""
        self._cookie.set(request, response, token)
        return response

    def let_in(self, request: web.Request, token: str, to: str) -> web.Response:
        """On to a page, signed in."""
        return self.hand(request, web.Response(status=303, headers={"Location": to}), token)

    def let_out(self, request: web.Request, to: str) -> web.Response:
        """On to a page, signed out."""
        response = web.Response(status=303, headers={"Location": to})
        self._cookie.remove(request, response)
        return response
