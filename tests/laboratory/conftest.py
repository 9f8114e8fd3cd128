"""One laboratory per test of it: making one takes less than a second."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from tests.browser.people import House
from tests.laboratory.browsers import Browsers, Kind
from tests.laboratory.network import SERVER, Laboratory, NamespacesForbiddenError, laboratory
from tests.support.process import ServerProcess


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Browsers live as long as their event loop, so all these tests share one."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            _mark(item)


def _mark(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.laboratory)
    if isinstance(item, pytest.Function) and "town" in item.fixturenames:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


Make = Callable[[], AbstractContextManager[Laboratory]]


@pytest.fixture(scope="session")
def make_laboratory() -> Make:
    """Tries one: kernels and containers forbid namespaces in many ways."""
    try:
        with laboratory():
            return laboratory
    except NamespacesForbiddenError as error:
        pytest.skip(f"this kernel allows no network namespace: {error}")


@pytest.fixture
def lab(make_laboratory: Make) -> Iterator[Laboratory]:
    with make_laboratory() as made:
        yield made


class Town:
    """A laboratory with a server in it, and browsers that stay from test to test."""

    options: ClassVar[dict[str, Any]] = {"ignore_https_errors": True}
    """Of contexts in these browsers: nobody issued the server's certificate."""

    def __init__(self, lab: Laboratory, browsers: Browsers) -> None:
        self.lab = lab
        self.browsers = browsers

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
        assert house.complaints == []

    async def browser(self, place: str, kind: Kind = "chromium") -> str:
        """The name of a browser behind a good link."""
        return await self.browsers.at(self.lab.place(place), kind)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_town(
    make_laboratory: Make, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    with make_laboratory() as lab:
        browsers = Browsers(tmp_path_factory.mktemp("drivers"))
        yield Town(lab, browsers)
        await browsers.close()


@pytest.fixture
def town(whole_town: Town) -> Iterator[Town]:
    """In which nothing is forbidden yet, nor afterwards: what closes has to arrive."""
    whole_town.lab.forbid()
    yield whole_town
    whole_town.lab.forbid()
