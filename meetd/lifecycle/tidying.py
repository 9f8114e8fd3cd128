"""What is kept for a while only, for the sake of backups and updates, goes in time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from meetd.core.clock import Clock
from meetd.lifecycle.job import Facts
from meetd.lifecycle.store import DAY, TombstoneStore
from meetd.storage.database import Database

SPARE_DAYS: Final = 2
"""Days that a tombstone outlives the oldest backup that is kept."""
_KEYS_FOR: Final = DAY * 3 // 4
"""ms: a copy of the keys has those of rooms that were deleted since."""


class Tidying:
    """Removes by age, so it waits while the clock is in doubt."""

    def __init__(
        self,
        tombstones: TombstoneStore,
        databases: Sequence[Database],
        copies: Path,
        clock: Clock,
        keep_days: int,
        sweep_keys: Callable[[], Awaitable[int]],
    ) -> None:
        """``databases``: whose logs still hold what was deleted, such as keys of rooms.
        ``sweep_keys``: destroys keys of what is gone, and returns how many.
        ``copies``: the folder with the databases as they were before migrations."""
        self._databases = databases
        self._tombstones = tombstones
        self._copies = copies
        self._clock = clock
        self._keep_days = keep_days
        self._sweep_keys = sweep_keys

    async def run(self) -> Facts:
        now = self._clock.now()
        keys = await self._sweep_keys()
        for database in self._databases:
            await database.checkpoint()
        tombstones = await self._tombstones.tidy(now, self._keep_days + SPARE_DAYS)
        copies = await asyncio.to_thread(self._remove_copies, now)
        return {"tombstones": tombstones, "copies": copies, "keys": keys}

    def _remove_copies(self, now: int) -> int:
        removed = 0
        for path in self._copies.glob("*.db"):
            kept_for = _KEYS_FOR if path.name.startswith("keys-") else self._keep_days * DAY
            if path.stat().st_mtime * 1_000 < now - kept_for:
                path.unlink()
                removed += 1
        return removed
