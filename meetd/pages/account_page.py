"""``/account``: what somebody sees and changes of their own account. No JavaScript."""

from typing import Any

from aiohttp import web

from meetd.accounts.account import AccountRefused, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD
from meetd.core.times import day_and_time
from meetd.pages.letters import Letters
from meetd.pages.notifications import Notifications
from meetd.pages.offers_part import OffersPart
from meetd.pages.passkeys_door import trouble_with_passkeys
from meetd.pages.pictures import AccountPicture
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors

_FORMS = (
    *(
        "names",
        "email",
        "email/cancel",
        "password",
        "prove",
        "passkeys",
        "passkeys/remove",
        "sessions/end",
    ),
    "sessions/end-all",
)
"""Addresses below /account that take a form, and lead back when they are reloaded."""


class AccountPage:
    """The pages of somebody who is signed in."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        visitors: Visitors,
        letters: Letters,
        renderer: Renderer,
        origins: Origins,
        notifications: Notifications,
        picture: AccountPicture,
        offers: OffersPart,
    ) -> None:
        self._accounts = accounts
        self._visitors = visitors
        self._letters = letters
        self._renderer = renderer
        self._origins = origins
        self._notifications = notifications
        self._picture = picture
        self._offers = offers

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/account", self._show),
            web.post("/account/names", self._change_names),
            web.post("/account/email", self._change_email),
            web.post("/account/email/cancel", self._cancel_change),
            web.post("/account/password", self._change_password),
            web.post("/account/prove", self._prove),
            web.post("/account/passkeys/remove", self._remove_passkey),
            web.post("/account/sessions/end", self._end_session),
            web.post("/account/sessions/end-all", self._end_all_sessions),
            *(web.get(f"/account/{name}", self._back) for name in _FORMS),
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

    async def _change_email(self, request: web.Request) -> web.Response:
        """One answer, whether the new address has an account or not."""
        who = await self._visitors.require(request)
        form = await read_form(request, "new_email", "current")
        try:
            new = await self._accounts.address_changes.ask(
                who,
                form["new_email"],
                form["current"],
                network=self._visitors.network(request),
            )
        except AccountRefused as refused:
            return await self._page(request, who, "email", form, refused)
        if self._letters.can_send:
            words = self._renderer.words(request)
            self._letters.change_address(who.account, new, self._origins.own(request), words)
        raise web.HTTPSeeOther("/account#email")

    async def _cancel_change(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        await read_form(request)
        await self._accounts.address_changes.cancel(who.account)
        raise web.HTTPSeeOther("/account#email")

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

    async def _prove(self, request: web.Request) -> web.Response:
        """The password once more, before what an open session is not enough for."""
        who = await self._visitors.require(request)
        form = await read_form(request, "current")
        try:
            token = await self._accounts.signing_in.prove(
                who, form["current"], network=self._visitors.network(request)
            )
        except AccountRefused as refused:
            return await self._page(request, who, "prove", {}, refused)
        return self._visitors.let_in(request, token.reveal(), "/account#passkeys")

    async def _remove_passkey(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "passkey")
        try:
            await self._accounts.passkeys.remove(who, form["passkey"])
        except AccountRefused as refused:
            return await self._page(request, who, "passkeys", {}, refused)
        raise web.HTTPSeeOther("/account#passkeys")

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
            notifications=await self._notifications.part(who),
            picture=await self._picture.part(who),
            offers=await self._offers.part(who),
            change=await self._accounts.address_changes.of(account.id),
            can_send=self._letters.can_send,
            passkeys=await self._accounts.passkeys.of(account.id),
            passkey_trouble=trouble_with_passkeys(self._origins.own(request)),
            is_proven=self._accounts.proofs.is_fresh(who),
            when=day_and_time,
            min_password=MIN_PASSWORD,
            max_password=MAX_PASSWORD,
        )
