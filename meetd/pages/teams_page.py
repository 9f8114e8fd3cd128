"""``/account/teams``: people who answer a reception together. No JavaScript."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, get_args

from aiohttp import web

from meetd.accounts.account import Account, AccountRefused, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.team_store import Membership, TeamLevel
from meetd.pages.account_errors import explain, status_of
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors

_LEVELS: Final[tuple[TeamLevel, ...]] = get_args(TeamLevel)
_Act = Callable[[Account, str, str], Awaitable[None]]
"""By whom, in which team, and what the form's only field says."""


class TeamsPage:
    """Teams of somebody who is signed in. Who may do what is decided in ``accounts.teams``."""

    def __init__(
        self, *, accounts: Accounts, visitors: Visitors, renderer: Renderer, origins: Origins
    ) -> None:
        self._accounts = accounts
        self._teams = accounts.teams
        self._visitors = visitors
        self._renderer = renderer
        self._origins = origins

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/account/teams", self._list),
            web.post("/account/teams", self._make),
            web.get("/account/teams/{team}", self._show),
            *(
                web.post(f"/account/teams/{{team}}/{name}", self._acting(field, act))
                for name, field, act in self._acts()
            ),
            web.get("/account/teams/{team}/{act}", self._back),
        ]

    def _acts(self) -> list[tuple[str, str, _Act]]:
        """Address, field of the form, and what it does."""
        teams = self._teams
        return [
            ("invite", "person", teams.invite),
            ("level", "level", lambda who, team, one: teams.set_level(who, team, level_of(one))),
            ("agree", "level", lambda who, team, one: teams.agree(who, team, level_of(one))),
            ("accept", "seen", lambda who, team, one: teams.accept(who, team, level_of(one))),
            ("decline", "", lambda who, team, _: teams.decline(who, team)),
            ("lead", "member", lambda who, team, one: teams.set_role(who, team, one, "admin")),
            ("follow", "member", lambda who, team, one: teams.set_role(who, team, one, "member")),
            ("suspend", "member", lambda who, team, one: teams.suspend(who, team, one, on=True)),
            ("resume", "member", lambda who, team, one: teams.suspend(who, team, one, on=False)),
            ("remove", "member", teams.remove),
            ("leave", "", lambda who, team, _: teams.remove(who, team, who.id)),
            ("delete", "confirm", teams.delete),
        ]

    def _acting(
        self, field: str, act: _Act
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            who = await self._visitors.require(request)
            form = await read_form(request, *([field] if field else []))
            team = request.match_info["team"]
            try:
                await act(who.account, team, form.get(field, ""))
            except AccountRefused as refused:
                return await self._refused(request, who, team, refused)
            raise web.HTTPSeeOther(await self._next(who.account, team))

        return handle

    async def _next(self, who: Account, team: str) -> str:
        """To the team, while one is in it."""
        own = await self._teams.store.membership(team, who.id)
        return f"/account/teams/{team}" if own and own.is_active else "/account/teams"

    async def _back(self, request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(f"/account/teams/{request.match_info['team']}")

    async def _list(self, request: web.Request) -> web.Response:
        return await self._list_page(request, await self._visitors.require(request))

    async def _list_page(
        self,
        request: web.Request,
        who: SignedIn,
        form: dict[str, str] | None = None,
        refused: AccountRefused | None = None,
    ) -> web.Response:
        memberships = await self._teams.store.of(who.account.id)
        return self._renderer.render_form(
            request, "teams.html", form or {}, refused, who=who, memberships=memberships
        )

    async def _make(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "user_name")
        try:
            team = await self._teams.make(who.account, form["user_name"])
        except AccountRefused as refused:
            return await self._list_page(request, who, form, refused)
        raise web.HTTPSeeOther(f"/account/teams/{team.id}")

    async def _show(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        return await self._team_page(request, who, request.match_info["team"])

    async def _refused(
        self, request: web.Request, who: SignedIn, team: str, refused: AccountRefused
    ) -> web.Response:
        """Beside the team, for whoever may see it; else as if there were none."""
        if refused.problems[0].reason == "NoSuchTeam":
            raise web.HTTPNotFound from refused
        return await self._team_page(request, who, team, refused)

    async def _team_page(
        self, request: web.Request, who: SignedIn, team: str, refused: AccountRefused | None = None
    ) -> web.Response:
        try:
            own, members = await self._teams.open(who.account, team)
        except AccountRefused as unknown:
            raise web.HTTPNotFound from unknown
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            "team.html",
            status=status_of(refused) if refused else 200,
            alert=explain(refused.problems[0], words) if refused else "",
            own=own,
            members=[await self._shown(member) for member in members],
            levels=_LEVELS,
            open_to=_LEVELS[: _LEVELS.index(own.team.level) + 1],
            reception=f"{self._origins.own(request)}/at/{own.team.name.lower()}",
        )

    async def _shown(self, member: Membership) -> dict[str, Any]:
        account = await self._accounts.by_id(member.account_id)
        return {
            "id": member.account_id,
            "name": account.name if account else "",
            "user_name": account.user_name if account else "",
            "role": member.role,
            "state": member.state,
        }


def level_of(choice: str) -> TeamLevel:
    """What a form says. Raises: HTTPBadRequest for what the page does not have."""
    for one in _LEVELS:
        if choice == one:
            return one
    raise web.HTTPBadRequest
