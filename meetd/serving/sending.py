"""Long answers, a part at a time, for as long as somebody takes them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Final

from aiohttp import web

from meetd.core.clock import Clock
from meetd.core.refusals import Refusal

SILENT_SECONDS: Final = 30.0
"""Whoever takes nothing for so long is let go, and who is as far behind ``SLOWEST``."""
SLOWEST: Final = 8 * 1024
"""Bytes a second."""

_PART: Final = 64 * 1024
"""Bytes that have to be taken within the time: a slow network is not a dead one."""


class Sending:
    """How long anybody is waited for. Reading or making what comes next takes time as well, which
    is nobody's fault and not counted."""

    def __init__(
        self, clock: Clock, *, silent: float = SILENT_SECONDS, slowest: int = SLOWEST
    ) -> None:
        """``silent`` in seconds, ``slowest`` in bytes a second."""
        self._clock = clock
        self._silent = silent
        self._slowest = slowest

    async def send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        pieces: AsyncGenerator[bytes, None],
        check: Callable[[], object],
    ) -> None:
        """Ends early with whoever takes it too slowly; when ``check``, which is asked before each
        part, refuses it; and when it cannot be read to its end.

        Raises: ConnectionResetError; before the first piece whatever making it raises.
        """
        try:
            async with aclosing(pieces):
                await self._send(request, response, pieces, check)
        except (TimeoutError, Refusal) as error:
            if not response.prepared:
                raise
            if request.transport is not None:
                # Closed, it would keep what was not read yet; and half of it is not the whole.
                request.transport.abort()
            raise ConnectionResetError from error

    async def _send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        pieces: AsyncGenerator[bytes, None],
        check: Callable[[], object],
    ) -> None:
        """Raises: TimeoutError, and whatever ``check`` and ``pieces`` raise."""
        patience = self._silent
        async for piece in pieces:
            for part in _parts(piece):
                check()
                await response.prepare(request)  # once
                patience = await self._taken(response.write(part), len(part), patience)
        await response.prepare(request)
        await self._taken(response.write_eof(), 0, patience)

    async def _taken(self, writing: Awaitable[None], length: int, patience: float) -> float:
        """Returns how long they are waited for from now on. Raises: TimeoutError."""
        before = self._clock.monotonic()
        async with asyncio.timeout(patience):
            await writing
        left = patience - (self._clock.monotonic() - before)
        return min(left + length / self._slowest, self._silent)


def anybody() -> None:
    """The ``check`` of what is theirs who asked for it."""


def _parts(piece: bytes) -> Iterator[memoryview]:
    view = memoryview(piece)
    for at in range(0, len(view), _PART):
        yield view[at : at + _PART]
