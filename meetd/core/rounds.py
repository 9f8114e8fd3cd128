"""What is looked at every so often for as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from meetd.core.errands import Errands


class Rounds:
    """From ``open`` to ``close``, one at a time: a look that takes longer leaves out the next. What
    goes wrong with one is logged, and the next comes all the same."""

    def __init__(
        self, what: str, seconds: float, look: Callable[[], Awaitable[object]], log: logging.Logger
    ) -> None:
        """``what``: for the log, such as ``sweep of calls``."""
        self._seconds = seconds
        self._look = look
        self._errands = Errands(what, 1, log)
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """The first look comes after the first pause."""
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._turn)

    async def close(self) -> None:
        """A look under way is waited for."""
        if self._timer is not None:
            self._timer.cancel()
        await self._errands.finished()

    def _turn(self) -> None:
        if not self._errands:
            self._errands.run(self._once())
        self.open()

    async def _once(self) -> None:
        await self._look()
