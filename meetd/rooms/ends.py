"""Hears when something that was granted for a while runs out: a role ends then, and not only when
something else is looked at."""

import logging
from typing import Final

from meetd.core.clock import Clock
from meetd.core.rounds import Rounds
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
        self._rounds = Rounds("look for what ran out", LOOK_SECONDS, self.look, _log)

    def open(self) -> None:
        """Nobody is in yet: what ran out before matters to nobody."""
        self._rounds.open()

    async def close(self) -> None:
        await self._rounds.close()

    async def look(self) -> None:
        now = self._clock.now()
        rooms = await self._grants.ended_between(self._seen, now)
        self._seen = now
        for room_id in rooms:
            self._grants.announce(room_id)
