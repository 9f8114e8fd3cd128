"""``/admin/people``: administrators see who has an account, hand on links, and block.

No JavaScript. For everybody else there is nothing here: 404, as for an address that does not exist.
"""

from typing import Final

from aiohttp import web

from meetd.accounts.account import Account, AccountRefused, SignedIn, refuse
from meetd.accounts.accounts import Accounts
from meetd.core.times import day_and_time
from meetd.pages.address_door import confirm_path
from meetd.pages.rendering import MAX_KEPT_FIELD, Renderer
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors

PER_PAGE: Final = 50
_MAX_PAGE_DIGITS: Final = 6
_PEOPLE: Final = "/admin/people"
_PERSON: Final = "/admin/people/{id:[A-Za-z0-9_-]{22}}"


class PeoplePage:
    """The pages of administrators about people."""

    def __init__(
        self, *, accounts: Accounts, visitors: Visitors, renderer: Renderer, origins: Origins
    ) -> None:
        self._accounts = accounts
        self._visitors = visitors
        self._renderer = renderer
        self._origins = origins

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/admin", self._to_list),
            web.get(_PEOPLE, self._list),
            web.post(f"{_PEOPLE}/invite", self._invite),
            web.get(f"{_PEOPLE}/invite", self._to_list),
            web.get(_PERSON, self._show),
            web.post(f"{_PERSON}/reset", self._reset),
            web.post(f"{_PERSON}/confirm", self._confirm),
            web.post(f"{_PERSON}/change", self._change),
            web.post(f"{_PERSON}/block", self._block),
            web.get(_PERSON + "/{act:reset|confirm|change|block}", self._to_person),
        ]

    async def _to_list(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        raise web.HTTPSeeOther(_PEOPLE)

    async def _to_person(self, request: web.Request) -> web.Response:
        """Reloading after a form must not end in an error."""
        await self._visitors.require_administrator(request)
        raise web.HTTPSeeOther(_address(request.match_info["id"]))

    async def _list(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        return await self._list_page(request)

    async def _invite(self, request: web.Request) -> web.Response:
        """Shows an invitation link once, to be handed on; nobody can look it up again."""
        who = await self._visitors.require_administrator(request)
        form = await read_form(request, "email")
        try:
            token = await self._accounts.invite(who.account, form["email"])
        except AccountRefused as refused:
            return await self._list_page(request, form, refused)
        label = "invitation_for" if form["email"] else "invitation_link"
        links = {label: f"/signup/{token.reveal()}"}
        return self._links(request, "invitation", links, _PEOPLE, email=form["email"])

    async def _show(self, request: web.Request) -> web.Response:
        who = await self._visitors.require_administrator(request)
        return await self._person_page(request, who, await self._person(request))

    async def _reset(self, request: web.Request) -> web.Response:
        account = await self._begin(request)
        token = await self._accounts.joining.password_link(account, by_hand=True)
        links = {"link_for": f"/reset-password/{token.reveal()}"}
        return self._links(request, "reset", links, _address(account.id), email=account.email)

    async def _confirm(self, request: web.Request) -> web.Response:
        account = await self._begin(request)
        token = await self._accounts.joining.confirmation_link(account)
        links = {"link_for": f"/confirm-email/{token.reveal()}"}
        return self._links(request, "confirm", links, _address(account.id), email=account.email)

    async def _change(self, request: web.Request) -> web.Response:
        """The links for both ends of a change of address, when no mail brings them."""
        account = await self._begin(request)
        changes = self._accounts.address_changes
        change = await changes.of(account.id)
        if change is None or change.changed_at is not None:
            raise web.HTTPSeeOther(_address(account.id))
        links = {
            "link_old": confirm_path("old", (await changes.link("old", account)).reveal()),
            "link_new": confirm_path("new", (await changes.link("new", account)).reveal()),
        }
        facts = {"old": change.old, "new": change.new}
        return self._links(request, "change", links, _address(account.id), **facts)

    async def _block(self, request: web.Request) -> web.Response:
        """For ever, and so only with the user name typed."""
        who = await self._visitors.require_administrator(request)
        form = await read_form(request, "typed")
        account = await self._person(request)
        try:
            _check_block(who, account, form["typed"])
        except AccountRefused as refused:
            return await self._person_page(request, who, account, form, refused)
        await self._accounts.block(account, actor=who.account.id)
        raise web.HTTPSeeOther(_address(account.id))

    async def _person(self, request: web.Request) -> Account:
        account = await self._accounts.by_id(request.match_info["id"])
        if account is None:
            raise web.HTTPNotFound
        return account

    async def _begin(self, request: web.Request) -> Account:
        """Whom a link is made for. Raises: HTTPSeeOther when they are blocked: they get none."""
        await self._visitors.require_administrator(request)
        await read_form(request)
        account = await self._person(request)
        if account.blocked_at is not None:
            raise web.HTTPSeeOther(_address(account.id))
        return account

    async def _list_page(
        self,
        request: web.Request,
        form: dict[str, str] | None = None,
        refused: AccountRefused | None = None,
    ) -> web.Response:
        find = request.query.get("find", "").strip()[:MAX_KEPT_FIELD]
        page = _page_number(request.query.get("page", ""))
        if find:
            people, page = await self._found(find), 1
        else:
            people = await self._accounts.some((page - 1) * PER_PAGE, PER_PAGE + 1)
        return self._renderer.render_form(
            request,
            "people.html",
            form or {},
            refused,
            people=people[:PER_PAGE],
            has_more=len(people) > PER_PAGE,
            page=page,
            find=find,
            when=day_and_time,
        )

    async def _found(self, find: str) -> list[Account]:
        """Exactly that address or user name: who is there is not for browsing by parts of it."""
        by_email = await self._accounts.by_email(find)
        found = by_email or await self._accounts.by_user_name(find)
        return [found] if found else []

    async def _person_page(
        self,
        request: web.Request,
        who: SignedIn,
        account: Account,
        form: dict[str, str] | None = None,
        refused: AccountRefused | None = None,
    ) -> web.Response:
        return self._renderer.render_form(
            request,
            "person.html",
            form or {},
            refused,
            who=who,
            person=account,
            change=await self._accounts.address_changes.of(account.id),
            when=day_and_time,
        )

    def _links(
        self, request: web.Request, act: str, links: dict[str, str], back: str, **facts: str
    ) -> web.Response:
        """Links that are shown once, to be handed on. ``links``: label to path."""
        words, origin = self._renderer.words(request), self._origins.own(request)
        return self._renderer.render(
            request,
            "links.html",
            heading=words(f"admin.{act}_heading"),
            lead=words(f"admin.{act}_lead"),
            links=[
                {"label": words(f"admin.{label}", **facts), "url": origin + path}
                for label, path in links.items()
            ],
            back=back,
        )


def _check_block(who: SignedIn, account: Account, typed: str) -> None:
    """Raises: AccountRefused."""
    if account.id == who.account.id:
        raise refuse("BlockSelf", "typed")
    if typed.strip() != account.user_name:
        raise refuse("BlockNotTyped", "typed", user_name=account.user_name)


def _address(account_id: str) -> str:
    return f"{_PEOPLE}/{account_id}"


def _page_number(text: str) -> int:
    """At least 1, whatever was asked for."""
    known = text.isascii() and text.isdecimal() and len(text) <= _MAX_PAGE_DIGITS
    return max(1, int(text)) if known else 1
