"""What takes long, beside everything else that a page says: it is heard all the while."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from meetd.core.refusals import TooFast
from meetd.protocol.base import Command
from meetd.protocol.boards import KeepSnapshot

_LONG: Final = (KeepSnapshot,)
_LATER: Final = 1.0


class Aside:
    """One command of one connection at a time."""

    __slots__ = ("_task",)

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def takes(self, command: Command) -> bool:
        """Raises: TooFast while the one before is under way."""
        if not isinstance(command, _LONG):
            return False
        if self._task is not None and not self._task.done():
            raise TooFast(seconds=_LATER)
        return True

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.create_task(work)

    async def end(self) -> None:
        """Nobody is there any more who would hear the answer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
