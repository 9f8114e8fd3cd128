"""The HTML door."""

from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec
from aiohttp import web

from meetd.accounts.account import SignedIn
from meetd.config.settings import Settings
from meetd.core.ids import new_room_name
from meetd.core.networks import is_loopback
from meetd.core.refusals import Refusal
from meetd.core.times import day_and_time
from meetd.pages.assets import Assets
from meetd.pages.my_rooms import MyRooms, WaysOn
from meetd.pages.refusals import sentence_for
from meetd.pages.rendering import MAX_KEPT_FIELD, ROOM, Renderer
from meetd.pages.words import Languages
from meetd.rooms.names import normalise_room_name
from meetd.serving.faults import Fault
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors

_ICON: Final = Path(__file__).parent / "files" / "icon.svg"
_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}

_ROBOTS: Final = "User-agent: *\nAllow: /$\nAllow: /privacy\nAllow: /terms\nDisallow: /\n"
"""Rooms are nobody's business; the start page may be found."""

_APP: Final = {
    "name": "meetd",
    "short_name": "meetd",
    "start_url": "/",
    "display": "standalone",
    "background_color": "#efe9df",
    "theme_color": "#efe9df",
    "icons": [{"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
}


class Pages:
    """Every page that is rendered on the server, and the files that they link."""

    def __init__(
        self,
        *,
        settings: Settings,
        origins: Origins,
        assets: Assets,
        languages: Languages | None = None,
        visitors: Visitors | None = None,
        my_rooms: MyRooms | None = None,
    ) -> None:
        """Raises: AssetsMissing when the build lacks what the pages link."""
        self._settings = settings
        self._origins = origins
        self.assets = assets
        self.languages = languages or Languages()
        self._visitors = visitors
        self._my_rooms = my_rooms
        self.renderer = self._renderer = Renderer(assets, self.languages)
        self._icon = _ICON.read_bytes()

    def routes(self) -> list[web.RouteDef]:
        """All pages. ``/{room}`` takes what no fixed address takes, in whatever order."""
        return [
            web.get("/", self._start),
            web.get("/go", self._go),
            web.post("/rooms/new", self._new_room),
            web.get("/rooms/new", self._back_to_start),
            web.get("/privacy", self._privacy),
            web.get("/terms", self._terms),
            web.get("/at/{name}", self._reception),
            web.get("/{room}", self._room),
            web.get("/{room}/", self._room),
        ]

    def files(self) -> list[web.RouteDef]:
        """What is the same for everybody."""
        return [
            web.get("/robots.txt", self._robots),
            web.get("/icon.svg", self._icon_file),
            web.get("/favicon.ico", self._icon_file),
            web.get("/manifest.webmanifest", self._app_manifest),
            *self.assets.routes(),
        ]

    def error_page(self, request: web.Request, fault: Fault) -> web.Response:
        """What people see instead of a page, for ``serving.faults``."""
        words = self.languages.of(request)
        heading = f"error.heading_{fault.status}"
        return self._renderer.render(
            request,
            "error.html",
            status=fault.status,
            heading=words(heading if heading in words else "error.heading_500"),
            sentence=self._sentence(request, fault),
            go_to=fault.facts.get("goTo", ""),
        )

    def _sentence(self, request: web.Request, fault: Fault) -> str:
        return sentence_for(fault.code, fault.facts, self.languages.of(request))

    async def _start(self, request: web.Request) -> web.Response:
        return await self._start_page(request)

    async def _start_page(
        self, request: web.Request, *, status: int = 200, name: str = "", alert: str = ""
    ) -> web.Response:
        who = await self._who(request)
        rooms = await self._my_rooms.latest(who.account) if who and self._my_rooms else None
        return self._renderer.render(
            request,
            "start.html",
            is_signed_in=who is not None,
            rooms=rooms,
            when=day_and_time,
            status=status,
            name=name[:MAX_KEPT_FIELD],
            alert=alert,
            insecure=self._gives_no_camera(request),
        )

    async def _who(self, request: web.Request) -> SignedIn | None:
        return await self._visitors.of(request) if self._visitors else None

    async def _new_room(self, request: web.Request) -> web.Response:
        """Somebody's own when they are signed in, else nobody's, made by whoever enters first."""
        name = new_room_name()
        who = await self._who(request)
        if who is not None and self._my_rooms is not None:
            await self._my_rooms.make(who.account, name)
        raise web.HTTPSeeOther(f"/{name}")

    async def _back_to_start(self, _request: web.Request) -> web.Response:
        """Reloading after New room failed must not end in an error."""
        raise web.HTTPSeeOther("/")

    async def _go(self, request: web.Request) -> web.Response:
        """To the room of that name, or back with the field as it was and what to do."""
        raw = request.query.get("room", "")
        try:
            name = normalise_room_name(raw)
        except Refusal as refusal:
            fault = Fault(refusal.status, refusal.code, refusal.facts())
            alert = self._sentence(request, fault)
            return await self._start_page(request, status=refusal.status, name=raw, alert=alert)
        raise web.HTTPSeeOther(f"/{name}")

    async def _room(self, request: web.Request) -> web.Response:
        """The room page, under the one spelling of the room's name. A former name leads to the
        present one; whether a room of a name exists at all is not told."""
        raw = request.match_info["room"]
        try:
            name = normalise_room_name(raw)
        except Refusal as refusal:
            fault = Fault(404, refusal.code, refusal.facts())
            return self.error_page(request, fault)
        if self._my_rooms is not None:
            name = await self._my_rooms.name_now(name)
        if request.rel_url.raw_path != f"/{name}":
            raise web.HTTPFound(f"/{quote(name)}")
        return self._room_page(request, name, await self._ways_on(request, name))

    async def _ways_on(self, request: web.Request, name: str) -> WaysOn:
        who = await self._who(request)
        if who is None or self._my_rooms is None:
            return WaysOn()
        return await self._my_rooms.ways_on(who.account, name)

    def _room_page(self, request: web.Request, name: str, ways_on: WaysOn) -> web.Response:
        return self._renderer.render(
            request,
            "room.html",
            entry=ROOM,
            room=name,
            ways_on=ways_on,
            relay=self._settings.media.relay,
        )

    async def _reception(self, request: web.Request) -> web.Response:
        """The same page for every name, whether somebody receives there or not. Nobody knocks at
        their own."""
        name = request.match_info["name"][:MAX_KEPT_FIELD]
        who = await self._who(request)
        if who is not None and who.account.user_name.lower() == name.lower():
            address = f"{self._origins.own(request)}/at/{name.lower()}"
            return self._renderer.render(request, "own_reception.html", address=address)
        return self._room_page(request, name, WaysOn())

    async def _privacy(self, request: web.Request) -> web.Response:
        kept = [
            *(
                "chat",
                "file",
                "board",
                "room",
                "knock",
                "account",
                "reach",
                "call",
                "image",
                "audit",
            ),
            *("presence", "address", "choices"),
        ]
        absent = ["not_cookies", "not_third", "not_stun", "not_ai"]
        if self._settings.logs.access:
            kept.insert(-1, "log")
        else:
            absent.append("log_off")
        accounts = self._settings.accounts
        facts = {"idle": accounts.session_idle_days, "days": accounts.session_days}
        return self._renderer.render(request, "privacy.html", kept=kept, absent=absent, facts=facts)

    async def _terms(self, request: web.Request) -> web.Response:
        limit = self._settings.rooms.participant_limit
        return self._renderer.render(request, "terms.html", participant_limit=limit)

    async def _robots(self, _request: web.Request) -> web.Response:
        return web.Response(text=_ROBOTS, headers=_A_DAY)

    async def _icon_file(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._icon, content_type="image/svg+xml", headers=_A_DAY)

    async def _app_manifest(self, _request: web.Request) -> web.Response:
        body = msgspec.json.encode(_APP)
        return web.Response(body=body, content_type="application/manifest+json", headers=_A_DAY)

    def _gives_no_camera(self, request: web.Request) -> bool:
        """Is this no secure context (W3C Secure Contexts 3.1)?"""
        own = urlsplit(self._origins.own(request))
        host = own.hostname or ""
        local = host == "localhost" or host.endswith(".localhost") or is_loopback(host)
        return own.scheme == "http" and not local
