"""A server process of its own: for browsers, for killing it, and for measuring it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.server import prepare_data

_NO_LIMITS = {
    "MEETD_LOGS_LEVEL": "warning",
    "MEETD_LIMITS_CONNECTIONS_PER_ADDRESS": "100000",
    "MEETD_LIMITS_SOCKETS_PER_ADDRESS": "100000",
    "MEETD_LIMITS_JOINS_PER_MINUTE": "100000",
    "MEETD_LIMITS_REQUESTS_PER_SECOND": "100000",
    "MEETD_ACCOUNTS_ATTEMPTS_PER_ACCOUNT": "100000",
    "MEETD_ACCOUNTS_ATTEMPTS_PER_NETWORK": "100000",
    "MEETD_LIMITS_COMMANDS_PER_SECOND": "10000",
}


class ServerProcess:
    """``meetd serve`` on free ports of loopback. Started again, it keeps its ports and its data.

    ``settings`` are environment variables; ``through`` is a command that runs it; ``module`` is
    what runs, with the arguments of meetd.
    """

    def __init__(
        self, data: Path, *, through: Sequence[str] = (), module: str = "meetd", **settings: str
    ) -> None:
        self._data = data
        self._settings = settings
        self._through = through
        self._module = module
        self._process: asyncio.subprocess.Process | None = None
        self._port = "0"
        self.url = ""
        self.printed: list[str] = []
        """Lines on standard output until it was ready."""

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def resident(self) -> int:
        """Resident memory in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    async def start(self, **settings: str) -> None:
        """``settings``: more environment variables, this time only."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._through,
            *(sys.executable, "-m", self._module, "serve", "--data", str(self._data)),
            *("--port", self._port, "--media-port", "0"),
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | _NO_LIMITS | self._settings | settings,
        )
        assert process.stdout is not None
        self.printed.clear()
        while line := (await process.stdout.readline()).decode():
            self.printed.append(line.rstrip())
            if line.startswith("meetd is ready at "):
                self.url = line.split()[-1]
                self._port = self.url.rpartition(":")[2]
                return
        raise AssertionError("the server did not start; see its standard error")

    async def kill(self) -> None:
        """As a power cut for the process: nothing is finished, nobody is told."""
        assert self._process is not None, "not started"
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def wait(self) -> int:
        """Until it has ended; returns the exit status."""
        assert self._process is not None, "not started"
        return await self._process.wait()

    async def stop(self) -> int:
        """Stop it as an operator does; returns the exit status."""
        assert self._process is not None, "not started"
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ServerProcess"]:
        """Started, and stopped at the end."""
        await prepare_data(self._data)
        await self.start()
        try:
            yield self
        finally:
            await self.stop()


@asynccontextmanager
async def serve(data: Path, **settings: str) -> AsyncIterator[ServerProcess]:
    """Started, and stopped at the end. ``settings`` are environment variables."""
    async with ServerProcess(data, **settings).running() as server:
        yield server
