"""Programs of ours in processes of their own: what they read was written by people, and they load
what the server does without."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path


@asynccontextmanager
async def apart(program: Path, *arguments: str) -> AsyncIterator[Process]:
    """It has a pipe to write to and one to read from, and nothing of this process. At the end what
    still runs is killed, with whatever it started. Raises: OSError."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", str(program), *arguments),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd="/",
        env={},  # the server's own may hold the master key
        start_new_session=True,
    )
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None and process.stdout is not None:
        process.stdin.close()
        await process.stdout.read()  # up to its end, or the pipe stays open
    await process.wait()
