"""Taking a room along (``/account/rooms/<id>/along``) and bringing one here
(``/account/rooms/bring``). No JavaScript."""

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError, web

from meetd.accounts.account import Account
from meetd.along.arrivals import Arrivals
from meetd.along.reading import ArchiveRefused, Reason
from meetd.pages.account_errors import Complaints
from meetd.pages.archives import last_moment, send_archive
from meetd.pages.own_rooms import OwnRooms
from meetd.pages.rendering import Renderer
from meetd.pages.words import Words
from meetd.privacy.exports import Exports
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.serving.done import done
from meetd.serving.forms import read_form, stream_upload
from meetd.serving.sending import Sending
from meetd.serving.visitors import Visitors
from meetd.storage.blobs import BlobDamaged

UPLOADS: Final = ("/account/rooms/bring",)
"""Templates of the routes that take a file."""

_ROOMS: Final = "/account/rooms"
_BRING: Final = f"{_ROOMS}/bring"
_TOLD: Final = f"{_BRING}/told"
_FIELD: Final = "archive"
_MEGABYTE: Final = 1_000_000
_STATUS: Final = {"busy": 409, "too_large": 413, "full": 507}


@dataclass(frozen=True)
class Brought:
    """What became of the archive that somebody brought, in words. ``room``: the name of theirs that
    came of it."""

    sentence: str
    room: str = ""
    is_alert: bool = False
    is_over: bool = True


class AlongPart:
    """The part of a room's page about its archive; for its owner alone."""

    def __init__(
        self, exports: Exports, own: OwnRooms, renderer: Renderer, sending: Sending
    ) -> None:
        self._exports = exports
        self._own = own
        self._renderer = renderer
        self._sending = sending

    def routes(self) -> list[web.RouteDef]:
        here = f"{_ROOMS}/{{id}}/along"
        return [
            web.post(here, self._ask),
            web.get(here, self._fetch),
        ]

    async def part(self, account: Account, room: Room) -> dict[str, Any]:
        """What the template ``room_along.html`` shows."""
        export = await self._exports.of(account.id, room.id)
        step = self._exports.step(export) if export else None
        return {"export": export, "step": step, "until": last_moment(export)}

    async def _ask(self, request: web.Request) -> web.Response:
        account, room = await self._own.access_as_owner(request)
        await read_form(request)
        language = self._renderer.words(request).language
        await self._exports.ask(account.id, room.id, language)
        raise done(f"{_ROOMS}/{room.id}#along", "room_archive_asked")

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        """Whoever owns the room now fetches what they asked for, and nobody else."""
        account, room = await self._own.access_as_owner(request)
        export = await self._exports.of(account.id, room.id)
        if export is None or export.length is None:
            raise web.HTTPSeeOther(f"{_ROOMS}/{room.id}#along")
        try:
            return await send_archive(
                request, self._sending, self._exports, export, f"{room.name}.zip"
            )
        except BlobDamaged as error:
            raise web.HTTPSeeOther(f"{_ROOMS}/{room.id}#along") from error


class BringDoor:
    """The part of My rooms about a room that is brought here, and its forms."""

    def __init__(
        self, *, arrivals: Arrivals, rooms: RoomStore, visitors: Visitors, renderer: Renderer
    ) -> None:
        self._arrivals = arrivals
        self._rooms = rooms
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(_BRING, self._bring),
            web.post(_TOLD, self._told),
            *(web.get(path, self._back) for path in (_BRING, _TOLD)),
        ]

    async def part(self, account: Account, words: Words) -> dict[str, Any]:
        """What the template ``bring.html`` shows."""
        megabytes = self._arrivals.limit // _MEGABYTE
        return {"brought": await self._brought(account, words), "megabytes": f"{megabytes:,}"}

    async def _brought(self, account: Account, words: Words) -> Brought | None:
        arrival = await self._arrivals.of(account.id)
        if arrival is None:
            return None
        if arrival.ended_at is None:
            done_now, total = self._arrivals.step(arrival) or (0, 0)
            key = "along.under_way" if total else "along.waiting"
            return Brought(words(key, done=done_now, total=total), is_over=False)
        if arrival.trouble is not None:
            return Brought(words(f"along.trouble_{arrival.trouble}"), is_alert=True)
        room = await self._rooms.owned(arrival.room_id or "", account.id)
        return Brought(words("along.is_here"), room.name) if room else None

    async def _back(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(f"{_ROOMS}#bring")

    async def _told(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        await read_form(request)
        await self._arrivals.forget(who.account.id)
        raise web.HTTPSeeOther(f"{_ROOMS}#bring")

    async def _bring(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        length = request.content_length or 0
        try:
            await self._arrivals.receive(who.account.id, length, stream_upload(request, _FIELD))
        except ArchiveRefused as refused:
            return await self._again(request, who.account, refused.reason)
        except (ClientError, ConnectionError) as error:  # the sender is gone
            raise web.HTTPBadRequest from error
        raise done(f"{_ROOMS}#bring", "room_brought")

    async def _again(self, request: web.Request, account: Account, reason: Reason) -> web.Response:
        """The part on a page of its own, with what was wrong."""
        words = self._renderer.words(request)
        response = self._renderer.render(
            request,
            "bring_again.html",
            status=_STATUS.get(reason, web.HTTPBadRequest.status_code),
            bring=await self.part(account, words),
            complaints=Complaints((), {_FIELD: words(f"along.trouble_{reason}")}),
        )
        if not request.content.is_eof():
            # What was not read is never read: a browser that is still sending is not waited for.
            response.force_close()
        return response
