"""Who looks at a page: somebody signed in, or not."""

from aiohttp import web

from meetd.accounts.account import SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.browsers import browser_label
from meetd.core.networks import network_of
from meetd.serving.addresses import Addresses
from meetd.serving.cookies import SessionCookie


class Visitors:
    """Knows people by the cookie of their session."""

    def __init__(self, accounts: Accounts, cookie: SessionCookie, addresses: Addresses) -> None:
        self._accounts = accounts
        self._cookie = cookie
        self._addresses = addresses

    async def of(self, request: web.Request) -> SignedIn | None:
        """Who is signed in, if anybody."""
        token = self._cookie.read(request)
        return await self._accounts.who(token) if token else None

    async def require(self, request: web.Request) -> SignedIn:
        """Who is signed in. Raises: HTTPSeeOther to the sign-in page."""
        who = await self.of(request)
        if who is None:
            raise web.HTTPSeeOther(f"/login?next={request.path}")
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

    def let_in(self, request: web.Request, token: str, to: str) -> web.Response:
        """On to a page, signed in."""
        response = web.Response(status=303, headers={"Location": to})
        self._cookie.set(request, response, token)
        return response

    def let_out(self, request: web.Request, to: str) -> web.Response:
        """On to a page, signed out."""
        response = web.Response(status=303, headers={"Location": to})
        self._cookie.remove(request, response)
        return response
