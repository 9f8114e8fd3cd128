"""``/account/rooms``: somebody's rooms, a new one of a chosen name, and what new ones are like."""

from aiohttp import web

from meetd.accounts.account import SignedIn
from meetd.core.refusals import Refusal
from meetd.core.times import day_and_time
from meetd.pages.along_door import BringDoor
from meetd.pages.my_rooms import MyRooms
from meetd.pages.own_rooms import complaints
from meetd.pages.rendering import MAX_KEPT_FIELD, Renderer
from meetd.rooms.names import MAX_ROOM_NAME, normalise_room_name
from meetd.rooms.store import RoomStore
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_HERE = "/account/rooms"


class RoomsPage:
    """The list, and the ways to have one room more."""

    def __init__(
        self,
        *,
        rooms: RoomStore,
        my_rooms: MyRooms,
        bring: BringDoor,
        visitors: Visitors,
        renderer: Renderer,
    ) -> None:
        self._rooms = rooms
        self._my_rooms = my_rooms
        self._bring = bring
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/account/rooms", self._show),
            web.get("/account/rooms/names", self._names),
            web.post("/account/rooms/make", self._make),
            web.post("/account/rooms/new-rooms", self._change_new_rooms),
            web.get("/account/rooms/make", self._back),
            web.get("/account/rooms/new-rooms", self._back),
            web.get("/account/rooms/claim/{name}", self._ask_to_claim),
            web.post("/account/rooms/claim/{name}", self._claim),
        ]

    async def _back(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_HERE)

    async def _show(self, request: web.Request) -> web.Response:
        return await self._page(request, await self._visitors.require(request))

    async def _names(self, request: web.Request) -> web.Response:
        """Rooms to send somebody to, for the door on other pages."""
        who = await self._visitors.of(request)
        names = await self._my_rooms.usable(who.account) if who else []
        return web.json_response({"rooms": names})

    async def _make(self, request: web.Request) -> web.Response:
        """A room of that name, or the question whether to claim the one that is there."""
        who = await self._visitors.require(request)
        form = await read_form(request, "name")
        try:
            name = normalise_room_name(form["name"])
            if await self._my_rooms.free(name) is None:
                room = await self._my_rooms.make(who.account, name)
                raise done(f"{_HERE}/{room.id}", "room_made")
        except Refusal as refusal:
            return await self._page(request, who, form["name"], refusal)
        raise web.HTTPSeeOther(f"{_HERE}/claim/{name}")

    async def _ask_to_claim(self, request: web.Request) -> web.Response:
        """Says what claiming does, also to a room that nobody opened yet. What cannot be claimed
        leads to where a name is chosen."""
        who = await self._visitors.require(request)
        try:
            name = normalise_room_name(request.match_info["name"])
            room = await self._my_rooms.free(name)
        except Refusal as refusal:
            raise web.HTTPSeeOther(_HERE) from refusal
        if room is None and await self._my_rooms.is_taken(who.account, name):
            raise web.HTTPSeeOther(_HERE)
        is_there = room is not None
        return self._renderer.render(request, "claim_room.html", name=name, is_there=is_there)

    async def _claim(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        await read_form(request)
        name = request.match_info["name"]
        try:
            room = await self._my_rooms.free(normalise_room_name(name))
            if room is None:  # gone by itself, or somebody's by now
                room = await self._my_rooms.make(who.account, normalise_room_name(name))
            else:
                room = await self._my_rooms.claim(who.account, room)
        except Refusal as refusal:
            return await self._page(request, who, name, refusal)
        raise done(f"{_HERE}/{room.id}", "room_yours")

    async def _change_new_rooms(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "lock")
        await self._rooms.set_locks_new_rooms(who.account.id, locked=bool(form["lock"]))
        raise done(f"{_HERE}#new-rooms", "saved")

    async def _page(
        self,
        request: web.Request,
        who: SignedIn,
        name: str = "",
        refusal: Refusal | None = None,
    ) -> web.Response:
        """``name``: what was typed, when it does not do."""
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            "rooms.html",
            status=refusal.status if refusal else 200,
            person=who.account.name,
            entries=await self._my_rooms.of(who.account),
            shared=await self._my_rooms.shared(who.account),
            name=name[:MAX_KEPT_FIELD],
            complaints=complaints(refusal, "name", words),
            bring=await self._bring.part(who.account, words),
            locks=await self._rooms.locks_new_rooms(who.account.id),
            limit=MAX_ROOM_NAME,
            when=day_and_time,
        )
