"""A server process of its own, so that its memory and time are not ours."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """``pid`` and ``url`` of a server process."""

    pid: int
    url: str

    @property
    def resident(self) -> int:
        """Resident memory in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def serve(data: Path) -> AsyncIterator[Running]:
    """``meetd serve`` with limits out of the way of a load from one address."""
    environment = os.environ | {
        "MEETD_LOGS_LEVEL": "warning",
        "MEETD_LIMITS_CONNECTIONS_PER_ADDRESS": "100000",
        "MEETD_LIMITS_SOCKETS_PER_ADDRESS": "100000",
        "MEETD_LIMITS_JOINS_PER_MINUTE": "100000",
        "MEETD_LIMITS_REQUESTS_PER_SECOND": "100000",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "meetd", "serve", "--data", str(data), "--port", "0", "--media-port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    try:
        while line := (await process.stdout.readline()).decode():
            if line.startswith("meetd is ready at "):
                yield Running(process.pid, line.split()[-1])
                return
        sys.exit("the server did not start")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
