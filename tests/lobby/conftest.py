"""A street with a server whose clock tests move; a file with other settings has its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.clock import MovedClock
from tests.support.door import Street, street_at


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def street(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Street]:
    async with street_at(tmp_path, clock) as street:
        yield street
