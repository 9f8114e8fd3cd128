"""``/account/rooms/<id>/access``: who may enter a room, granted and taken back. No JavaScript.

Every host who is one for good grants and revokes; only the owner makes hosts, and unmakes them.

The key of an invite link is shown once, on the answer to the form that made it: it is in no address
and in no log, nothing keeps it, and nobody can look it up again.
"""

from typing import Any, Final, get_args

from aiohttp import web

from meetd.accounts.account import Account, AccountRefused
from meetd.audit.log import AuditLog
from meetd.core.clock import Clock
from meetd.core.refusals import HostRoleStands, Refusal
from meetd.core.text import clean_line
from meetd.core.times import day_and_time
from meetd.pages.finding import MAX_TYPED, Finding
from meetd.pages.own_rooms import OwnRooms, Trouble, Wrong, whole_number
from meetd.pages.rendering import MAX_KEPT_FIELD
from meetd.rooms.access import Access
from meetd.rooms.also import Also, audit_line
from meetd.rooms.grant import Grant, Level, NewGrant
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.room import Room
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins

MAX_LABEL: Final = 64
"""Code points of what an owner calls a link."""
MAX_USES: Final = 10_000

_HOUR: Final = 3_600_000
_LASTS: Final[dict[str, int | None]] = {
    "never": None,
    "hour": _HOUR,
    "day": 24 * _HOUR,
    "week": 7 * 24 * _HOUR,
    "month": 30 * 24 * _HOUR,
}
"""Milliseconds until a link ends, by what the form calls it."""
_LEVELS: Final[tuple[Level, ...]] = get_args(Level)
_BELOW_HOST: Final = tuple(level for level in _LEVELS if level != "host")
_POSTED: Final = ("grant", "link", "revoke")


class RoomAccessPage:
    """Everything granted in one room."""

    def __init__(
        self,
        *,
        own: OwnRooms,
        access: Access,
        grants: GrantStore,
        finding: Finding,
        origins: Origins,
        log: AuditLog,
        clock: Clock,
    ) -> None:
        self._own = own
        self._access = access
        self._grants = grants
        self._finding = finding
        self._origins = origins
        self._log = log
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        here = "/account/rooms/{id}/access"
        return [
            web.get(here, self._show),
            web.post(f"{here}/grant", self._grant),
            web.post(f"{here}/link", self._make_link),
            web.post(f"{here}/revoke", self._revoke),
            *(web.get(f"{here}/{name}", self._back) for name in _POSTED),
        ]

    async def _back(self, request: web.Request) -> web.Response:
        """Reloading after a form failed, or after a link was shown, must not end in an error."""
        raise web.HTTPSeeOther(_address(request))

    async def _show(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        return await self._page(request, account, room)

    async def _grant(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        form = await read_form(request, "who", "level")
        level = _level(form["level"], account, room)
        try:
            new = await self._granted_to(form["who"], level, account, room)
            also = self._granting(account, room, new)
            await self._grants.add(room, new, also, spares_hosts=not _owns(account, room))
        except (Refusal, Wrong, AccountRefused) as trouble:
            return await self._page(request, account, room, "grant", form, trouble, "who")
        raise done(f"{_address(request)}#granted", "granted")

    async def _granted_to(self, who: str, level: Level, account: Account, room: Room) -> NewGrant:
        """An address is taken as it is: whether anybody here has it is not said.

        Raises: Wrong, AccountRefused, HostRoleStands.
        """
        email = self._finding.email(who)
        if email is not None:
            if not _owns(account, room):
                await self._check_spared(await self._finding.holder(email, account), room)
            return self._grants.by_email(level, email)
        other = await self._finding.by_user_name(who, account)
        if other.id == room.owner_id == account.id:
            raise Wrong("yours_already", "who")
        if not _owns(account, room):
            await self._check_spared(other, room)
        return self._grants.by_account(level, other)

    async def _check_spared(self, other: Account | None, room: Room) -> None:
        """What is granted by name counts more than a team: granting less to a host would take the
        role away, which only the owner does. Hosts learn so of addresses of other hosts, and of
        nobody else's.

        Raises: HostRoleStands.
        """
        if other is not None and await self._access.is_host(room, other):
            raise HostRoleStands

    async def _make_link(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        form = await read_form(request, "label", "level", "lasts", "uses")
        wrong = Wrong("uses_wrong", "uses", {"limit": MAX_USES})
        try:
            new, key = self._grants.by_link(
                _level(form["level"], account, room),
                clean_line(form["label"], MAX_LABEL),
                expires_at=self._expiry(form["lasts"]),
                uses=whole_number(form["uses"], MAX_USES, wrong),
            )
            grant = await self._grants.add(room, new, self._granting(account, room, new))
        except (Refusal, Wrong) as trouble:
            return await self._page(request, account, room, "link", form, trouble, "label")
        link = f"{self._origins.own(request)}/{room.name}#key={key.reveal()}"
        return self._own.render(
            request, "room_link.html", "", {}, None, "", room=room, grant=grant, link=link
        )

    async def _revoke(self, request: web.Request) -> web.Response:
        """Also ends what lives from it. Revoked twice, it is as gone as before."""
        account, room = await self._own.access(request)
        form = await read_form(request, "grant")
        line = audit_line(self._log, "access-revoked", account.id, room)
        spares = not _owns(account, room)
        try:
            if spares:
                await self._check_makes_no_host(form["grant"], account, room)
            await self._grants.revoke(room, form["grant"], line, spares_hosts=spares)
        except (HostRoleStands, Wrong) as trouble:
            return await self._page(request, account, room, "revoke", {}, trouble)
        raise done(f"{_address(request)}#granted", "revoked")

    async def _check_makes_no_host(self, grant_id: str, account: Account, room: Room) -> None:
        """The same the other way round: without *always join* by name, a team may make somebody a
        host.

        Raises: HostRoleStands, Wrong.
        """
        grant = await self._grants.find(grant_id)
        if grant is None or grant.room_id != room.id or not grant.needs_account:
            return
        other = await self._finding.granted(grant, account)
        if other is not None and await self._access.is_host_without(room, other, grant.id):
            raise HostRoleStands

    def _granting(self, account: Account, room: Room, new: NewGrant) -> Also:
        """Its line in the audit log."""
        details = {"level": new.level, "kind": new.kind}
        return audit_line(
            self._log,
            "access-granted",
            account.id,
            room,
            subject=new.account_id,
            details=details,
        )

    def _expiry(self, lasts: str) -> int | None:
        if lasts not in _LASTS:
            raise web.HTTPBadRequest
        wait = _LASTS[lasts]
        return None if wait is None else self._clock.now() + wait

    async def _page(
        self,
        request: web.Request,
        account: Account,
        room: Room,
        part: str = "",
        form: dict[str, str] | None = None,
        trouble: Trouble | None = None,
        field: str = "",
    ) -> web.Response:
        kept: dict[str, Any] = {
            name: value[:MAX_KEPT_FIELD] for name, value in (form or {}).items()
        }
        return self._own.render(
            request,
            "room_access.html",
            part,
            kept,
            trouble,
            field,
            room=room,
            grants=await self._grants.of(room),
            is_over=self._is_over,
            is_owner=_owns(account, room),
            levels=_levels(account, room),
            lasting=tuple(_LASTS),
            max_typed=MAX_TYPED,
            max_label=MAX_LABEL,
            max_uses=MAX_USES,
            when=day_and_time,
        )

    def _is_over(self, grant: Grant) -> bool:
        return grant.has_ended(self._clock.now()) or grant.uses_left == 0


def _address(request: web.Request) -> str:
    return f"/account/rooms/{request.match_info['id']}/access"


def _owns(account: Account, room: Room) -> bool:
    return room.owner_id == account.id


def _levels(account: Account, room: Room) -> tuple[Level, ...]:
    """What that host may grant."""
    return _LEVELS if _owns(account, room) else _BELOW_HOST


def _level(choice: str, account: Account, room: Room) -> Level:
    """Raises: HTTPBadRequest for a choice that the page does not have."""
    for one in _levels(account, room):
        if choice == one:
            return one
    raise web.HTTPBadRequest
