"""``/account``: what somebody sees and changes of their own account. No JavaScript."""

from typing import Any

from aiohttp import web

from meetd.accounts.account import AccountRefused, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD
from meetd.core.times import day_and_time
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors


class AccountPage:
    """The pages of somebody who is signed in."""

    def __init__(
        self, *, accounts: Accounts, visitors: Visitors, renderer: Renderer, origins: Origins
    ) -> None:
        self._accounts = accounts
        self._visitors = visitors
        self._renderer = renderer
        self._origins = origins

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/account", self._show),
            web.post("/account/names", self._change_names),
            web.post("/account/password", self._change_password),
            web.post("/account/sessions/end", self._end_session),
            web.post("/account/sessions/end-all", self._end_all_sessions),
            web.post("/account/invite", self._invite),
            *(
                web.get(f"/account/{name}", self._back)
                for name in ("names", "password", "sessions/end", "sessions/end-all", "invite")
            ),
        ]

    async def _back(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther("/account")

    async def _show(self, request: web.Request) -> web.Response:
        return await self._page(request, await self._visitors.require(request))

    async def _change_names(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "first_name", "last_name", "user_name")
        try:
            await self._accounts.change_names(
                who.account, form["first_name"], form["last_name"], form["user_name"]
            )
        except AccountRefused as refused:
            return await self._page(request, who, "names", form, refused)
        raise web.HTTPSeeOther("/account")

    async def _change_password(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "current", "password")
        try:
            token = await self._accounts.signing_in.change_password(
                who,
                form["current"],
                form["password"],
                network=self._visitors.network(request),
                browser=self._visitors.browser(request),
            )
        except AccountRefused as refused:
            return await self._page(request, who, "password", {}, refused)
        return self._visitors.let_in(request, token.reveal(), "/account")

    async def _end_session(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "session")
        await self._accounts.end_session(who.account, form["session"])
        if form["session"] == who.session.id:
            return self._visitors.let_out(request, "/")
        raise web.HTTPSeeOther("/account")

    async def _end_all_sessions(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        await read_form(request)
        await self._accounts.end_all_sessions(who.account)
        return self._visitors.let_out(request, "/login")

    async def _invite(self, request: web.Request) -> web.Response:
        """Shows an invitation link once, to be handed on; nobody can look it up again."""
        who = await self._visitors.require(request)
        form = await read_form(request, "email")
        try:
            token = await self._accounts.invite(who.account, form["email"])
        except AccountRefused as refused:
            return await self._page(request, who, "invite", form, refused)
        link = f"{self._origins.own(request)}/signup/{token.reveal()}"
        return self._renderer.render(request, "invitation.html", link=link, email=form["email"])

    async def _page(
        self,
        request: web.Request,
        who: SignedIn,
        part: str = "",
        form: dict[str, str] | None = None,
        refused: AccountRefused | None = None,
    ) -> web.Response:
        """``part``: the form that something was wrong with."""
        account = who.account
        kept: dict[str, Any] = {
            "first_name": account.first_name,
            "last_name": account.last_name,
            "user_name": account.user_name,
            **(form or {}),
        }
        return self._renderer.render_form(
            request,
            "account.html",
            kept,
            refused,
            who=who,
            part=part,
            sessions=await self._accounts.sessions(account.id),
            consents=await self._accounts.consents(account.id),
            when=day_and_time,
            min_password=MIN_PASSWORD,
            max_password=MAX_PASSWORD,
        )
