"""Images on a real database with accounts and rooms."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.app import Server
from tests.support.server import running_server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with running_server(tmp_path) as (server, _):
        yield server
