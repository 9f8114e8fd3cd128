"""Signing up, in and out, and the links that come by mail or by hand. No JavaScript.

The token of a link is in the path. Opening it does nothing (mail programs and chats open links by
themselves); only the form on its page uses it up, once. It is in no log of ours, the pages send no
Referer with it, and it runs out, which is what protects it in the log of a proxy.
"""

from typing import Any, Final

from aiohttp import web

from meetd.accounts.account import AccountRefused
from meetd.accounts.accounts import Accounts
from meetd.accounts.joining import SignUp, Way
from meetd.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD
from meetd.core.private import Private
from meetd.pages.letters import Letters
from meetd.pages.passkeys_door import trouble_with_passkeys
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors, after_signing_in

_KEPT: Final = ("email", "first_name", "last_name", "user_name", "terms", "age")
"""Fields that come back when something was wrong. Never a password."""
_LIMITS: Final = {"min_password": MIN_PASSWORD, "max_password": MAX_PASSWORD}


class AccountsDoor:
    """The pages before somebody is signed in."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        visitors: Visitors,
        letters: Letters,
        renderer: Renderer,
        origins: Origins,
    ) -> None:
        self._accounts = accounts
        self._visitors = visitors
        self._letters = letters
        self._renderer = renderer
        self._origins = origins

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/login", self._login),
            web.post("/login", self._sign_in),
            web.post("/logout", self._sign_out),
            web.get("/logout", self._to_start),
            web.get("/signup", self._signup),
            web.post("/signup", self._sign_up),
            web.get("/signup/{token}", self._signup),
            web.post("/signup/{token}", self._sign_up),
            web.get("/welcome/{token}", self._welcome),
            web.post("/welcome/{token}", self._first_administrator),
            web.get("/reset-password", self._forgot),
            web.post("/reset-password", self._send_reset),
            web.get("/reset-password/{token}", self._new_password),
            web.post("/reset-password/{token}", self._choose_password),
            web.get("/confirm-email/{token}", self._confirm),
            web.post("/confirm-email/{token}", self._confirm_email),
        ]

    async def _login(self, request: web.Request) -> web.Response:
        if await self._visitors.of(request) is not None:
            raise web.HTTPSeeOther("/account")
        return self._login_page(request, {"next": request.query.get("next", "")})

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await read_form(request, "email", "password", "next")
        signing_in = self._accounts.signing_in
        try:
            token = await signing_in.sign_in(
                form["email"],
                form["password"],
                network=self._visitors.network(request),
                browser=self._visitors.browser(request),
                instead_of=self._visitors.token(request) or None,
            )
        except AccountRefused as refused:
            await self._remind(request, refused, form["email"])
            return self._login_page(request, form, refused)
        return self._visitors.let_in(request, token.reveal(), after_signing_in(form["next"]))

    async def _remind(self, request: web.Request, refused: AccountRefused, email: str) -> None:
        """The password was right, the address is not confirmed yet: the link once more."""
        if refused.problems[0].reason == "NotConfirmed":
            account = await self._accounts.by_email(email)
            if account is not None:
                words = self._renderer.words(request)
                self._letters.confirm(account, self._origins.own(request), words)

    async def _sign_out(self, request: web.Request) -> web.Response:
        await read_form(request)
        await self._accounts.sign_out(self._visitors.token(request))
        return self._visitors.let_out(request, "/")

    async def _to_start(self, _request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/")

    async def _signup(self, request: web.Request) -> web.Response:
        return await self._signup_page(request, _way(request))

    async def _welcome(self, request: web.Request) -> web.Response:
        return await self._signup_page(request, "administrator")

    async def _sign_up(self, request: web.Request) -> web.Response:
        return await self._make_account(request, _way(request))

    async def _first_administrator(self, request: web.Request) -> web.Response:
        return await self._make_account(request, "administrator")

    async def _signup_page(self, request: web.Request, way: Way) -> web.Response:
        try:
            link = await self._accounts.joining.check_way(way, _token(request))
        except AccountRefused as refused:
            return self._renderer.refusal(request, refused)
        return self._signup_form(request, way, {"email": link.email if link else ""})

    async def _make_account(self, request: web.Request, way: Way) -> web.Response:
        form = await read_form(request, *_KEPT, "password")
        try:
            account = await self._accounts.joining.sign_up(
                SignUp(
                    way=way,
                    token=Private(_token(request)),
                    email=form["email"],
                    first_name=form["first_name"],
                    last_name=form["last_name"],
                    user_name=form["user_name"],
                    password=Private(form["password"]),
                    terms=bool(form["terms"]),
                    age=bool(form["age"]),
                ),
                self._visitors.network(request),
            )
        except AccountRefused as refused:
            return self._not_made(request, way, form, refused)
        if self._accounts.signing_in.needs_confirmation and account.email_confirmed_at is None:
            words = self._renderer.words(request)
            self._letters.confirm(account, self._origins.own(request), words)
            return self._renderer.message(request, "check_mail")
        token = await self._accounts.signing_in.begin(
            account.id, self._visitors.browser(request), self._visitors.token(request) or None
        )
        return self._visitors.let_in(request, token.reveal(), "/account")

    def _not_made(
        self, request: web.Request, way: Way, form: dict[str, str], refused: AccountRefused
    ) -> web.Response:
        """Where mail tells, the page does not say that an address has an account."""
        reasons = {problem.reason for problem in refused.problems}
        if reasons == {"EmailTaken"} and self._accounts.signing_in.needs_confirmation:
            words = self._renderer.words(request)
            self._letters.already_there(form["email"], self._origins.own(request), words)
            return self._renderer.message(request, "check_mail")
        if reasons & {"LinkInvalid", "InvitationNeeded", "RegistrationClosed"}:
            return self._renderer.refusal(request, refused)
        return self._signup_form(request, way, form, refused)

    async def _forgot(self, request: web.Request) -> web.Response:
        return self._render(request, "forgot.html", {}, can_send=self._letters.can_send)

    async def _send_reset(self, request: web.Request) -> web.Response:
        """One answer, whether there is such an account or not."""
        form = await read_form(request, "email")
        try:
            self._accounts.signing_in.check_attempt(form["email"], self._visitors.network(request))
        except AccountRefused as refused:
            can_send = self._letters.can_send
            return self._render(request, "forgot.html", form, refused, can_send=can_send)
        if not self._letters.can_send:
            return self._renderer.message(request, "no_mail")
        words = self._renderer.words(request)
        self._letters.reset(form["email"], self._origins.own(request), words)
        return self._renderer.message(request, "reset_sent")

    async def _new_password(self, request: web.Request) -> web.Response:
        return await self._password_page(request, {})

    async def _password_page(
        self, request: web.Request, form: dict[str, str], refused: AccountRefused | None = None
    ) -> web.Response:
        try:
            asks = await self._accounts.signing_in.check_reset(_token(request))
        except AccountRefused as invalid:
            return self._renderer.refusal(request, invalid)
        return self._render(
            request, "new_password.html", form, refused, asks_consent=asks, **_LIMITS
        )

    async def _choose_password(self, request: web.Request) -> web.Response:
        form = await read_form(request, "password", "terms", "age")
        try:
            account_id = await self._accounts.signing_in.reset_password(
                _token(request),
                form["password"],
                terms=bool(form["terms"]),
                age=bool(form["age"]),
                network=self._visitors.network(request),
            )
        except AccountRefused as refused:
            return await self._password_page(request, form, refused)
        token = await self._accounts.signing_in.begin(
            account_id, self._visitors.browser(request), self._visitors.token(request) or None
        )
        return self._visitors.let_in(request, token.reveal(), "/account")

    async def _confirm(self, request: web.Request) -> web.Response:
        return self._render(request, "confirm.html", {}, act="confirm")

    async def _confirm_email(self, request: web.Request) -> web.Response:
        await read_form(request)
        try:
            await self._accounts.joining.confirm_email(_token(request))
        except AccountRefused as refused:
            return self._renderer.refusal(request, refused)
        return self._renderer.message(request, "confirmed")

    def _login_page(
        self, request: web.Request, form: dict[str, str], refused: AccountRefused | None = None
    ) -> web.Response:
        has_passkeys = trouble_with_passkeys(self._origins.own(request)) is None
        return self._render(
            request,
            "login.html",
            form,
            refused,
            has_passkeys=has_passkeys,
            registration=self._accounts.joining.registration,
        )

    def _signup_form(
        self,
        request: web.Request,
        way: Way,
        form: dict[str, str],
        refused: AccountRefused | None = None,
    ) -> web.Response:
        return self._render(request, "signup.html", form, refused, way=way, **_LIMITS)

    def _render(
        self,
        request: web.Request,
        template: str,
        form: dict[str, str],
        refused: AccountRefused | None = None,
        **facts: Any,
    ) -> web.Response:
        return self._renderer.render_form(request, template, form, refused, **facts)


def _token(request: web.Request) -> str:
    return request.match_info.get("token", "")


def _way(request: web.Request) -> Way:
    return "invitation" if _token(request) else "open"
