"""Starts the process that does the work of a backup, follows it, and ends it with the server."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from meetd.config.settings import Settings
from meetd.lifecycle.job import Facts, JobFailed
from meetd.lifecycle.task import Act, Step, Task, Told


class Working:
    """For one data directory. ``step``: how far the task under way is."""

    def __init__(self, settings: Settings, data: Path) -> None:
        self._settings = settings
        self._data = data
        self.step: Step | None = None

    async def back_up(self) -> Facts:
        """Raises: JobFailed."""
        return await self._do("backup")

    async def prune(self) -> Facts:
        """Raises: JobFailed."""
        return await self._do("prune")

    async def _do(self, act: Act) -> Facts:
        task = Task(act, str(self._data), msgspec.to_builtins(self._settings))
        try:
            last = Told()
            async with contextlib.aclosing(_run(msgspec.json.encode(task))) as lines:
                async for last in lines:
                    self.step = last.step
        finally:
            self.step = None
        if last.facts is None:
            raise JobFailed(last.problem or "It was interrupted. It is tried again within an hour.")
        return last.facts


async def _run(task: bytes) -> AsyncGenerator[Told]:
    """Every line that the process says. What it logs goes where the server logs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "meetd.lifecycle.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(task)
        process.stdin.close()
        while line := await process.stdout.readline():
            yield msgspec.json.decode(line, type=Told)
        await process.wait()
    finally:
        if process.returncode is None:
            # Killed at any moment it leaves everything whole; a stop has five seconds.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
