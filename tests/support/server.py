"""A whole server on a free port of loopback, for tests."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web_app

from meetd.app import Server
from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key_source import load_master_key
from meetd.storage.schema import migrate


@cache
def _migrated() -> Path:
    """Empty migrated databases, made once per run: a migration takes a process of its own."""
    folder = DataDirectory(Path(tempfile.mkdtemp(prefix="meetd-test-")))

    async def make() -> None:
        await migrate("main", folder.database, folder.before_migration)
        await migrate("keys", folder.keys_database, folder.before_migration)

    asyncio.run(make())
    return folder.path


async def prepare_data(data: Path) -> None:
    """Put empty, migrated databases into a new data directory."""
    source = await asyncio.to_thread(_migrated)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory = DataDirectory(data)
    if not directory.database.exists():
        load_master_key(directory, "")
        for database in (directory.database, directory.keys_database):
            shutil.copy(source / database.name, database)


def test_settings(**sections: dict[str, Any]) -> Settings:
    """Settings for a test: free ports, quiet, no limits in the way; ``sections`` changes them."""
    values: dict[str, dict[str, Any]] = {
        "server": {"port": 0},
        "media": {"host": "127.0.0.1", "port": 0},
        "limits": {
            "joins_per_minute": 100_000,
            "sockets_per_address": 10_000,
            "connections_per_address": 10_000,
            "requests_per_second": 10_000,
        },
        "accounts": {"attempts_per_account": 100_000, "attempts_per_network": 100_000},
    }
    for name, section in sections.items():
        values[name] = values.get(name, {}) | section
    return msgspec.convert(values, Settings)


test_settings.__test__ = False  # type: ignore[attr-defined]


@asynccontextmanager
async def running_server(
    data: Path, settings: Settings | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[Server, str]]:
    """Started, and stopped at the end; with its URL."""
    await prepare_data(data)
    server = Server(settings or test_settings(), data, clock)
    url = await server.start()
    try:
        yield server, url
    finally:
        await server.stop()
        # aiohttp remembers the last 1,024 handlers, and with them every server of a run.
        web_app._cached_build_middleware.cache_clear()
