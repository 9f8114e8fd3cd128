"""``/account/rooms/<id>``: what hosts decide about a room. No JavaScript.

Every host who is one for good looks after meetings there: lock, limit, who may share, write and
draw, text and picture at the door. What the room is, and whose, is for its owner alone: the name,
taking it along, handing it on, deleting it, its key, and what the owner was told of support
entries.
"""

from dataclasses import replace
from typing import Any, Final, get_args

from aiohttp import web

from meetd.accounts.account import Account, AccountRefused
from meetd.accounts.accounts import Accounts
from meetd.audit.log import AuditLog
from meetd.core.refusals import Refusal, RoomHeld, TextTooLong
from meetd.core.text import clean_lines
from meetd.core.times import day_and_time
from meetd.images.images import Images
from meetd.images.store import Owner
from meetd.lifecycle.routine import Routine
from meetd.lifecycle.store import DAY
from meetd.meetings.usage import Usage
from meetd.pages.along_door import AlongPart
from meetd.pages.finding import MAX_TYPED, Finding
from meetd.pages.own_rooms import OwnRooms, Trouble, Wrong, whole_number
from meetd.pages.pictures import MEGABYTES, Uploads
from meetd.pages.rendering import MAX_KEPT_FIELD
from meetd.pages.sizes import size_of
from meetd.pages.support_entries import SupportEntries
from meetd.protocol.people import Sharing
from meetd.rooms.also import audit_line
from meetd.rooms.handover_store import HandoverStore
from meetd.rooms.names import MAX_ROOM_NAME, normalise_room_name
from meetd.rooms.room import Room, RoomSettings
from meetd.rooms.store import RoomStore
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins

MAX_GREETING: Final = 500
"""Code points."""

_SHARING: Final[tuple[Sharing, ...]] = get_args(Sharing)
_POSTED: Final = (
    *("name", "lock", "settings", "greeting", "picture", "picture/remove"),
    *("transfer", "transfer/withdraw", "key", "delete"),
)


class RoomSettingsPage:
    """Lock, settings, picture; rename, hand on, delete: each a form of its own."""

    def __init__(
        self,
        *,
        own: OwnRooms,
        rooms: RoomStore,
        handovers: HandoverStore,
        accounts: Accounts,
        finding: Finding,
        images: Images,
        uploads: Uploads,
        support: SupportEntries,
        along: AlongPart,
        usage: Usage,
        origins: Origins,
        log: AuditLog,
        participant_limit: int,
        routine: Routine,
    ) -> None:
        self._own = own
        self._rooms = rooms
        self._handovers = handovers
        self._accounts = accounts
        self._finding = finding
        self._images = images
        self._uploads = uploads
        self._support = support
        self._along = along
        self._usage = usage
        self._origins = origins
        self._log = log
        self._limit = participant_limit
        self._routine = routine

    def routes(self) -> list[web.RouteDef]:
        here = "/account/rooms/{id}"
        return [
            web.get(here, self._show),
            web.post(f"{here}/name", self._rename),
            web.post(f"{here}/lock", self._lock),
            web.post(f"{here}/settings", self._change_settings),
            web.post(f"{here}/greeting", self._change_greeting),
            web.post(f"{here}/picture", self._upload_picture),
            web.post(f"{here}/picture/remove", self._remove_picture),
            web.post(f"{here}/transfer", self._transfer),
            web.post(f"{here}/transfer/withdraw", self._withdraw),
            web.post(f"{here}/key", self._change_key),
            web.post(f"{here}/delete", self._delete),
            *(web.get(f"{here}/{name}", self._back) for name in _POSTED),
        ]

    async def _back(self, request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_address(request))

    async def _show(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        return await self._page(request, account, room)

    async def _rename(self, request: web.Request) -> web.Response:
        account, room = await self._own.access_as_owner(request)
        form = await read_form(request, "name")
        try:
            await self._rooms.rename(room, normalise_room_name(form["name"]))
        except Refusal as refusal:
            return await self._page(request, account, room, "name", form, refusal)
        raise done(f"{_address(request)}#name-heading", "renamed")

    async def _lock(self, request: web.Request) -> web.Response:
        _, room = await self._own.access(request)
        form = await read_form(request, "locked")
        locked = bool(form["locked"])
        await self._rooms.set_locked(room, locked=locked)
        raise done(_address(request), "locked" if locked else "unlocked")

    async def _change_settings(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        form = await read_form(request, "limit", "share", "chat", "draw")
        try:
            await self._rooms.change_settings(room, self._settings(room, form))
        except Wrong as wrong:
            return await self._page(request, account, room, "settings", form, wrong)
        raise done(f"{_address(request)}#settings", "saved")

    def _settings(self, room: Room, form: dict[str, str]) -> RoomSettings:
        """Raises: Wrong; HTTPBadRequest for a choice that the page does not have."""
        wrong = Wrong("limit_wrong", "limit", {"limit": self._limit})
        return replace(
            room.settings,
            participant_limit=whole_number(form["limit"], self._limit, wrong),
            share=_sharing(form["share"]),
            chat=_sharing(form["chat"]),
            draw=_sharing(form["draw"]),
        )

    async def _change_greeting(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        form = await read_form(request, "greeting")
        try:
            greeting = clean_lines(form["greeting"], MAX_GREETING)
        except TextTooLong as refusal:
            return await self._page(request, account, room, "greeting", form, refusal, "greeting")
        await self._rooms.change_settings(room, replace(room.settings, greeting=greeting))
        raise done(f"{_address(request)}#door", "saved")

    async def _upload_picture(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        try:
            await self._uploads.take(request, account.id, Owner("room", room.id))
        except Refusal as refusal:
            return await self._page(request, account, room, "picture", {}, refusal, "picture")
        raise done(f"{_address(request)}#picture", "picture_saved")

    async def _remove_picture(self, request: web.Request) -> web.Response:
        """Removed twice, it is as gone as before."""
        _, room = await self._own.access(request)
        await read_form(request)
        await self._images.remove(Owner("room", room.id))
        raise done(f"{_address(request)}#picture", "picture_removed")

    async def _transfer(self, request: web.Request) -> web.Response:
        """Offered to another account: nothing changes until that one accepts."""
        account, room = await self._own.access_as_owner(request)
        form = await read_form(request, "who", "confirm", "stay")
        try:
            other = await self._next_owner(form, account, room)
            line = audit_line(self._log, "room-offered", account.id, room, subject=other.id)
            stays = bool(form["stay"])
            await self._handovers.offer(room, other.id, stays=stays, also=line)
        except (Refusal, Wrong, AccountRefused) as trouble:
            if isinstance(trouble, RoomHeld):
                await self._log.note_held("offer room", actor=account.id, room=room.id)
            return await self._page(request, account, room, "transfer", form, trouble, "who")
        raise done(f"{_address(request)}#transfer", "room_offered")

    async def _withdraw(self, request: web.Request) -> web.Response:
        """Taken back twice, it is as gone as before."""
        _, room = await self._own.access_as_owner(request)
        await read_form(request)
        await self._handovers.withdraw(room)
        raise done(f"{_address(request)}#transfer", "offer_withdrawn")

    async def _next_owner(self, form: dict[str, str], account: Account, room: Room) -> Account:
        """Raises: Wrong, AccountRefused."""
        _check_confirmed(form, room)
        other = await self._finding.by_user_name(form["who"], account)
        if other.id == account.id:
            raise Wrong("yours_already", "who")
        return other

    async def _change_key(self, request: web.Request) -> web.Response:
        """At most once a day: each time everything in the room is sealed anew."""
        account, room = await self._own.access_as_owner(request)
        await read_form(request)
        key = await self._key(room)
        if not key["can_change"]:
            wrong = Wrong("key_lately" if key["made_at"] else "key_none", "key", status=409)
            return await self._page(request, account, room, "key", {}, wrong)
        await self._routine.change_room_key(room.id)
        raise done(f"{_address(request)}#key", "key_changed")

    async def _delete(self, request: web.Request) -> web.Response:
        account, room = await self._own.access_as_owner(request)
        form = await read_form(request, "confirm")
        try:
            _check_confirmed(form, room)
            await self._rooms.delete(room, audit_line(self._log, "room-deleted", account.id, room))
        except Wrong as wrong:
            return await self._page(request, account, room, "delete", form, wrong)
        except RoomHeld as held:
            await self._log.note_held("delete room", actor=account.id, room=room.id)
            return await self._page(request, account, room, "delete", form, held, "confirm")
        raise done("/account/rooms", "room_deleted")

    async def _page(
        self,
        request: web.Request,
        account: Account,
        room: Room,
        part: str = "",
        form: dict[str, str] | None = None,
        trouble: Trouble | None = None,
        field: str = "name",
    ) -> web.Response:
        settings, is_owner = room.settings, room.owner_id == account.id
        kept: dict[str, Any] = {
            "name": room.name,
            "limit": settings.participant_limit or "",
            "share": settings.share,
            "chat": settings.chat,
            "draw": settings.draw,
            "greeting": settings.greeting,
            **{name: value[: _kept(name)] for name, value in (form or {}).items()},
        }
        return self._own.render(
            request,
            "room_settings.html",
            part,
            kept,
            trouble,
            field,
            room=room,
            is_owner=is_owner,
            owner=await self._finding.first_name(room.owner_id) if room.owner_id else "",
            address=f"{self._origins.own(request)}/{room.name}",
            most=self._limit,
            max_name=MAX_ROOM_NAME,
            max_typed=MAX_TYPED,
            max_greeting=MAX_GREETING,
            sharing=_SHARING,
            picture=await self._images.path(Owner("room", room.id)),
            megabytes=MEGABYTES,
            used=await self._usage.of(room.id),
            quota=self._usage.quota,
            most_boards=self._usage.most_boards,
            size=size_of,
            support=await self._support.of(room) if is_owner else [],
            handover=await self._handover(room) if is_owner else None,
            along=await self._along.part(account, room) if is_owner else None,
            key=await self._key(room) if is_owner else None,
            when=day_and_time,
        )

    async def _key(self, room: Room) -> dict[str, Any]:
        keys = self._routine.room_keys
        made_at = await keys.made_at(room.id)
        lately = await keys.was_changed_after(room.id, self._routine.scheduler.now() - DAY)
        return {
            "made_at": made_at,
            "is_changing": await keys.is_changing(room.id),
            "is_damaged": keys.is_damaged(room.id),
            # Also while the one before still goes on: several former keys may be there, and an
            # upload that nobody goes on with, or a damaged file, would be in the way for long.
            "can_change": made_at is not None and not lately,
        }

    async def _handover(self, room: Room) -> dict[str, Any] | None:
        """To whom it is offered now."""
        offer = await self._handovers.of_room(room)
        other = await self._accounts.by_id(offer.account_id) if offer else None
        if offer is None or other is None:
            return None
        return {"name": other.name, "user_name": other.user_name, "made_at": offer.made_at}


def _address(request: web.Request) -> str:
    return f"/account/rooms/{request.match_info['id']}"


def _kept(name: str) -> int:
    """Characters of a field that come back. A greeting of the right length in code points never
    loses its end."""
    return MAX_GREETING * 4 if name == "greeting" else MAX_KEPT_FIELD


def _sharing(choice: str) -> Sharing:
    for one in _SHARING:
        if choice == one:
            return one
    raise web.HTTPBadRequest


def _check_confirmed(form: dict[str, str], room: Room) -> None:
    """The name of the room, typed by hand. Raises: Wrong."""
    if form["confirm"].strip().lower() != room.name:
        raise Wrong("not_confirmed", "confirm", {"room": room.name})
