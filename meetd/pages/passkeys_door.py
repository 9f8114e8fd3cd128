"""What the script of the pages asks about passkeys, as JSON, and the forms that need no script.

A script sends ``{}`` for options and gets those of Web Authentication, then sends the browser's
answer and gets ``{"goTo": path}``. Bytes travel as base64. A refusal is ``{"alert": sentence}``.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from meetd.accounts.account import AccountRefused, Reason, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.authenticators import NewPasskey, Site, UsedPasskey, site_of
from meetd.pages.account_errors import explain, status_of
from meetd.pages.rendering import Renderer
from meetd.serving.done import after
from meetd.serving.forms import read_json
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors, after_signing_in

_ACCOUNT = "/account"
Act = Callable[[web.Request], Awaitable[web.Response]]
OwnAct = Callable[[web.Request, SignedIn], Awaitable[web.Response]]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``{}``"""


def trouble_with_passkeys(origin: str) -> Reason | None:
    """Why browsers would refuse passkeys at that origin; ``None`` when they do not."""
    try:
        site_of(origin)
    except AccountRefused as refused:
        return refused.problems[0].reason
    return None


class PasskeysDoor:
    """Signing in, proving who one is, and adding a passkey."""

    def __init__(
        self, *, accounts: Accounts, visitors: Visitors, renderer: Renderer, origins: Origins
    ) -> None:
        self._accounts = accounts
        self._passkeys = accounts.passkeys
        self._visitors = visitors
        self._renderer = renderer
        self._origins = origins

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/login/passkey/options", self._answered(self._ask_to_sign_in)),
            web.post("/login/passkey", self._answered(self._sign_in)),
            web.post("/account/passkeys/prove/options", self._own(self._ask_to_prove)),
            web.post("/account/passkeys/prove", self._own(self._prove)),
            web.post("/account/passkeys/options", self._own(self._ask_to_add)),
            web.post("/account/passkeys", self._own(self._add)),
        ]

    async def _ask_to_sign_in(self, request: web.Request) -> web.Response:
        await read_json(request, Nothing)
        network = self._visitors.network(request)
        return _json(self._passkeys.ask_to_sign_in(self._site(request), network))

    async def _sign_in(self, request: web.Request) -> web.Response:
        answer = await read_json(request, UsedPasskey)
        token = await self._passkeys.sign_in(
            answer,
            self._site(request),
            browser=self._visitors.browser(request),
            instead_of=self._visitors.token(request) or None,
        )
        on = _json({"goTo": after_signing_in(answer.next)})
        return self._visitors.hand(request, on, token.reveal())

    async def _ask_to_prove(self, request: web.Request, who: SignedIn) -> web.Response:
        await read_json(request, Nothing)
        network = self._visitors.network(request)
        return _json(await self._passkeys.ask_to_prove(who, self._site(request), network))

    async def _prove(self, request: web.Request, who: SignedIn) -> web.Response:
        answer = await read_json(request, UsedPasskey)
        token = await self._passkeys.prove(who, answer, self._site(request))
        on = after(_json({"goTo": _ACCOUNT}), "proven")
        return self._visitors.hand(request, on, token.reveal())

    async def _ask_to_add(self, request: web.Request, who: SignedIn) -> web.Response:
        await read_json(request, Nothing)
        network = self._visitors.network(request)
        return _json(await self._passkeys.ask_to_add(who, self._site(request), network))

    async def _add(self, request: web.Request, who: SignedIn) -> web.Response:
        answer = await read_json(request, NewPasskey)
        unnamed = self._renderer.words(request)("account.passkey")
        fallback = self._visitors.browser(request) or unnamed
        await self._passkeys.add(who, answer, self._site(request), fallback)
        return after(_json({"goTo": _ACCOUNT}), "passkey_added")

    def _site(self, request: web.Request) -> Site:
        """Raises: AccountRefused where browsers give no passkeys."""
        return site_of(self._origins.own(request))

    def _own(self, act: OwnAct) -> Act:
        """For somebody signed in; others are sent to sign in."""

        async def checked(request: web.Request) -> web.Response:
            who = await self._visitors.of(request)
            if who is None:
                return _json({"goTo": f"/login?next={_ACCOUNT}"}, 401)
            return await act(request, who)

        return self._answered(checked)

    def _answered(self, act: Act) -> Act:
        """Refusals as sentences that the page shows."""

        async def answered(request: web.Request) -> web.Response:
            try:
                return await act(request)
            except AccountRefused as refused:
                sentence = explain(refused.problems[0], self._renderer.words(request))
                return _json({"alert": sentence}, status_of(refused))

        return answered


def _json(data: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(data), content_type="application/json"
    )
