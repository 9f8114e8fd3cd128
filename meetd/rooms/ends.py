"""Hears when something that was granted for a while runs out: a role ends then, and not only when
something else is looked at."""

import asyncio
import logging
from typing import Final

from meetd.core.clock import Clock
from meetd.core.errands import Errands
from meetd.rooms.grant_store import GrantStore

LOOK_SECONDS: Final = 30.0
"""By so much a role may outlive its end in a meeting; whatever asks the store knows at once."""

_log = logging.getLogger(__name__)


class Ends:
    """Announces the rooms in which something ended since it looked the last time."""

    def __init__(self, grants: GrantStore, clock: Clock) -> None:
        self._grants = grants
        self._clock = clock
        self._seen = clock.now()
        self._timer: asyncio.TimerHandle | None = None
        self._errands = Errands("looking for what ran out", 1, _log)

    def open(self) -> None:
        """Nobody is in yet: what ran out before matters to nobody."""
        self._look_later()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._errands.close()

    async def look(self) -> None:
        now = self._clock.now()
        rooms = await self._grants.ended_between(self._seen, now)
        self._seen = now
        for room_id in rooms:
            self._grants.announce(room_id)

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(LOOK_SECONDS, self._look_now)

    def _look_now(self) -> None:
        self._errands.run(self.look())
        self._look_later()
