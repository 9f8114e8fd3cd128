"""S3-compatible storage in a process of its own, with one bucket."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

_RUN = "from moto.server import main; main(['-H', '127.0.0.1', '-p', '0'])"
BUCKET = "backups"


@asynccontextmanager
async def running_s3() -> AsyncIterator[str]:
    """Its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN), stderr=asyncio.subprocess.PIPE
    )
    try:
        url = await _address(process)
        async with aiohttp.ClientSession() as web, web.put(f"{url}/{BUCKET}") as response:
            assert response.status == 200
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while line := (await process.stderr.readline()).decode():
            if found := re.search(r"Running on (http://\S+)", line):
                return found[1]
    raise AssertionError("the storage did not start")
