"""One laboratory per test of it: making one takes less than a second."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.laboratory.browsers import Browsers
from tests.laboratory.network import Laboratory, NamespacesForbiddenError, laboratory
from tests.laboratory.town import Town


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
