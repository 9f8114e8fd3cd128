"""Large answers, a few at a time: each is in memory for as long as somebody reads it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from meetd.core.refusals import TooFast

PATIENCE: Final = 10.0
"""Seconds that somebody stands in line."""

_LATER: Final = 2.0


class FewAtATime:
    """Places for those who read: so many of all, and fewer of one network, or of whatever else they
    are told apart by."""

    def __init__(self, *, of_all: int, of_network: int) -> None:
        self._places = asyncio.Semaphore(of_all)
        self._most = of_network
        self._here: Counter[str] = Counter()

    @asynccontextmanager
    async def place(self, network: str) -> AsyncIterator[None]:
        """Whoever stands in line is one of their network already. Raises: TooFast."""
        if self._here[network] >= self._most:
            raise TooFast(seconds=_LATER)
        self._here[network] += 1
        try:
            await self._stand_in_line()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._here[network] -= 1
            if not self._here[network]:
                del self._here[network]

    async def _stand_in_line(self) -> None:
        """Raises: TooFast."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise TooFast(seconds=_LATER) from None
