"""Work that blocks, apart from the loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def to_its_end(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As ``asyncio.to_thread``, but given up only when the thread is done: whoever is cancelled
    meanwhile must not close what it writes to. Raises: what ``work`` raises."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        while not thread.done():  # cancelled again, it is waited for again
            with suppress(asyncio.CancelledError):
                await asyncio.wait({thread})
        raise
