"""Work in the background that nobody waits for: bounded, logged without names, ended with the
server."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any


class Errands:
    """What is under way. ``close`` gives it up."""

    def __init__(self, what: str, most: int, log: logging.Logger) -> None:
        """``what``: for the log, such as ``mail``. ``most`` at a time; more are dropped, so that
        nobody can fill the memory with them."""
        self._what = what
        self._most = most
        self._log = log
        self._tasks: set[asyncio.Task[object]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def run(self, errand: Coroutine[Any, Any, object]) -> None:
        """Begin one; what goes wrong with it is logged."""
        if len(self._tasks) >= self._most:
            errand.close()
            self._log.warning("too much %s at a time, one was dropped", self._what)
            return
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def finished(self) -> None:
        """When everything that is under way now is done."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.finished()

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Not the message of the error: servers repeat addresses in it.
            self._log.warning("%s was given up: %s", self._what, type(error).__name__)
