"""One laboratory per test of it: making one takes less than a second."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from inspect import iscoroutinefunction
from pathlib import Path

import pytest

from tests.laboratory.network import Laboratory, NamespacesForbiddenError, laboratory


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Browsers live as long as their event loop, so all these tests share one."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.laboratory)
            if isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
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
