"""A laboratory with a server and browsers in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from tests.browser.people import House
from tests.browser.relay_page import Gathering
from tests.laboratory.browsers import Browsers, Kind
from tests.laboratory.network import SERVER, Laboratory, Place
from tests.laboratory.rough_link import RoughLink
from tests.support.process import ServerProcess


class Town:
    """A laboratory with a server in it, and browsers that stay from test to test."""

    options: ClassVar[dict[str, Any]] = {"ignore_https_errors": True}
    """Of contexts in these browsers: nobody issued the server's certificate."""

    def __init__(self, lab: Laboratory, browsers: Browsers) -> None:
        self.lab = lab
        self.browsers = browsers
        self._rough: tuple[Place, RoughLink] | None = None

    def server(self, data: Path, **settings: str) -> ServerProcess:
        """One that everybody in town reaches, in a secure context."""
        place = self.lab.place(SERVER)
        return ServerProcess(
            data,
            through=place.within,
            MEETD_SERVER_HOST=place.address,
            MEETD_SERVER_TLS="self-signed",
            **settings,
        )

    @asynccontextmanager
    async def house(self, data: Path, **settings: str) -> AsyncIterator[House]:
        """With the room page of such a server; at the end nobody's page has complained."""
        async with self.server(data, **settings).running() as server:
            house = House(server, self.browsers.opened)
            house.small_cameras = True
            try:
                yield house
            finally:
                await house.close()
        assert house.complaints == [], house.complaints

    async def browser(self, place: str, kind: Kind = "chromium") -> str:
        """The name of a browser behind a good link."""
        return await self.browsers.at(self.lab.place(place), kind)

    async def rough_browser(self) -> tuple[str, RoughLink]:
        """The name of a browser behind a link that is good again, and that link."""
        self._rough = self._rough or self.lab.rough_place("carol")
        place, link = self._rough
        link.becomes()
        return await self.browsers.at(place, "chromium"), link

    @asynccontextmanager
    async def gathering(self, data: Path, **settings: str) -> AsyncIterator[Gathering]:
        """With the hand-written page, of a server that relays always."""
        async with self.server(data, MEETD_MEDIA_RELAY="always", **settings).running() as server:
            gathering = Gathering(server.url, self.browsers.opened, **self.options)
            try:
                yield gathering
            finally:
                await gathering.close()
