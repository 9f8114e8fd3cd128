"""``/account/rooms/<id>/reset``: what of a room goes for ever, ticked one by one, with how much
there is of it. No JavaScript. For every host who is one for good; what only the owner takes back
stays.
"""

from aiohttp import web

from meetd.accounts.account import Account
from meetd.audit.log import AuditLog
from meetd.core.refusals import RoomHeld
from meetd.meetings.resetting import PARTS, Inventory, Resetting
from meetd.meetings.usage import Used
from meetd.meetings.window import Window
from meetd.pages.own_rooms import OwnRooms, Trouble, Wrong
from meetd.pages.sizes import size_of
from meetd.rooms.room import Room
from meetd.serving.done import done
from meetd.serving.forms import read_form


class RoomResetPage:
    """One form."""

    def __init__(self, own: OwnRooms, resetting: Resetting, window: Window, log: AuditLog) -> None:
        self._own = own
        self._resetting = resetting
        self._window = window
        self._log = log

    def routes(self) -> list[web.RouteDef]:
        here = "/account/rooms/{id}/reset"
        return [web.get(here, self._show), web.post(here, self._reset)]

    async def _show(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        return await self._page(request, account, room, None)

    async def _reset(self, request: web.Request) -> web.Response:
        account, room = await self._own.access(request)
        form = await read_form(request, *PARTS)
        parts = [part for part in PARTS if form[part]]
        if not parts:
            return await self._page(request, account, room, Wrong("nothing_ticked", "parts"))
        try:
            await self._resetting.reset(room, account, parts)
        except RoomHeld as held:
            await self._log.note_held("reset room", actor=account.id, room=room.id)
            return await self._page(request, account, room, held)
        raise done(f"/account/rooms/{room.id}", "room_reset")

    async def _page(
        self, request: web.Request, account: Account, room: Room, trouble: Trouble | None
    ) -> web.Response:
        inventory = await self._resetting.look(room, account)
        return self._own.render(
            request,
            "room_reset.html",
            "",
            {},
            trouble,
            "parts",
            room=room,
            counts=_counts(inventory),
            sizes=_sizes(inventory.used),
            size=size_of,
            spared=inventory.spared,
            is_used=bool(self._window.look(room).people),
        )


def _sizes(used: Used) -> dict[str, int]:
    """Bytes, by part that has any."""
    return {"files": used.files.bytes, "boards": used.boards.bytes, "chat": used.chat.bytes}


def _counts(inventory: Inventory) -> dict[str, int]:
    """By part."""
    used = inventory.used
    return {
        "files": used.files.count,
        "boards": used.boards.count,
        "chat": used.chat.count,
        "links": inventory.links,
        "people": inventory.people,
        "activity": inventory.activity,
    }
