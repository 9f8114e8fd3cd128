"""How somebody is told of a knock while they are away: a part of ``/account``, and its doors.

Everything but turning notifications on in a browser works without JavaScript.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import web

from meetd.accounts.account import AccountRefused, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.reach import Reach, as_typed, check_quiet_hours
from meetd.core.times import day_and_time
from meetd.pages.assets import Assets
from meetd.pages.rendering import Renderer
from meetd.push.pushing import Push
from meetd.push.subscription import Subscription, SubscriptionRefused
from meetd.serving.done import done
from meetd.serving.forms import read_form, read_json
from meetd.serving.visitors import Visitors

SCRIPT: Final = "src/notifications.ts"
WORKER: Final = "src/service_worker.ts"
"""Entries of the build."""
_FIELDS: Final = ("by_mail", "by_push", "quiet_from", "quiet_to", "time_zone")
_HERE: Final = "/account#notifications"


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    p256dh: str
    auth: str


class _Subscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As ``PushSubscription.toJSON`` has it."""

    endpoint: str
    keys: _Keys


class _Unsubscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    endpoint: str


@dataclass(frozen=True)
class NotificationsPart:
    """What the template ``account_notifications.html`` shows."""

    form: dict[str, str]
    browsers: list[Subscription]
    own_session: str
    can_mail: bool
    can_push: bool
    script: str

    @property
    def is_here(self) -> bool:
        """Does this browser get notifications?"""
        return any(each.session_id == self.own_session for each in self.browsers)


class Notifications:
    """That part and its doors."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        push: Push,
        visitors: Visitors,
        renderer: Renderer,
        assets: Assets,
        can_mail: bool,
    ) -> None:
        """Raises: AssetsMissing."""
        self._accounts = accounts
        self._push = push
        self._visitors = visitors
        self._renderer = renderer
        self._assets = assets
        self._can_mail = can_mail
        self._script = assets.entry(SCRIPT).script

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/account/reach", self._keep_reach),
            web.get("/account/push/key", self._key),
            web.post("/account/push/subscribe", self._subscribe),
            web.post("/account/push/unsubscribe", self._unsubscribe),
            web.post("/account/push/remove", self._remove),
            *(
                web.get(f"/account/{name}", self._back)
                for name in ("reach", "push/subscribe", "push/unsubscribe", "push/remove")
            ),
            self._assets.worker_route("/sw.js", WORKER),
        ]

    async def part(self, who: SignedIn, form: dict[str, str] | None = None) -> NotificationsPart:
        """For the page of somebody; ``form``: what they had typed."""
        account_id = who.account.id
        return NotificationsPart(
            form=form or _form_of(await self._accounts.reach.of(account_id)),
            browsers=await self._push.of(account_id),
            own_session=who.session.id,
            can_mail=self._can_mail,
            can_push=self._push.is_on,
            script=self._script,
        )

    async def _back(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_HERE)

    async def _keep_reach(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, *_FIELDS)
        try:
            quiet = check_quiet_hours(form["quiet_from"], form["quiet_to"], form["time_zone"])
        except AccountRefused as refused:
            return await self._again(request, who, form, refused)
        reach = Reach(
            by_mail=bool(form["by_mail"]),
            by_push=bool(form["by_push"]),
            quiet=quiet,
            language=self._renderer.words(request).language,
        )
        await self._accounts.reach.keep(who.account.id, reach)
        raise done(_HERE, "saved")

    async def _again(
        self, request: web.Request, who: SignedIn, form: dict[str, str], refused: AccountRefused
    ) -> web.Response:
        """The part on a page of its own, with what was wrong."""
        return self._renderer.render_form(
            request,
            "notifications.html",
            {},
            refused,
            notifications=await self.part(who, form),
            when=day_and_time,
        )

    async def _key(self, request: web.Request) -> web.Response:
        await self._visitors.require(request)
        return _json({"key": self._push.key})

    async def _subscribe(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        sent = await read_json(request, _Subscribe)
        try:
            await self._push.subscribe(
                who.account.id,
                who.session.id,
                endpoint=sent.endpoint,
                public_key=sent.keys.p256dh,
                auth=sent.keys.auth,
                browser=self._visitors.browser(request),
            )
        except SubscriptionRefused:
            return _json({"code": "SubscriptionRefused"}, status=400)
        language = self._renderer.words(request).language
        await self._accounts.reach.learn_language(who.account.id, language)
        return _json({})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        sent = await read_json(request, _Unsubscribe)
        await self._push.unsubscribe(who.account.id, sent.endpoint)
        return _json({})

    async def _remove(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "id")
        await self._push.remove(who.account.id, form["id"])
        raise done(_HERE, "browser_removed")


def _form_of(reach: Reach) -> dict[str, str]:
    """What was chosen, as the form has it."""
    quiet = reach.quiet
    return {
        "by_mail": "yes" if reach.by_mail else "",
        "by_push": "yes" if reach.by_push else "",
        "quiet_from": as_typed(quiet.since) if quiet else "",
        "quiet_to": as_typed(quiet.until) if quiet else "",
        "time_zone": quiet.zone if quiet else "",
    }


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json"
    )
