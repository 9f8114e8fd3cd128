"""A new key for a room, without a stop. What is written from then on is sealed with it; what is
there already is sealed anew in the background, readable all the time.

The former key opens what backups hold from before the last thing was sealed anew, so it is
destroyed when the last of them is gone, after one more look that finds nothing that needs it. Which
rooms are not done yet, the former keys themselves say: killed at any moment, the next run begins
again and finds what is left.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from meetd.core.clock import Clock
from meetd.core.files import is_full
from meetd.core.holdings import Holding, Resealable
from meetd.core.refusals import Refusal, StorageFull
from meetd.lifecycle.job import Facts, JobFailed
from meetd.lifecycle.store import DAY
from meetd.lifecycle.task import Step
from meetd.lifecycle.tidying import SPARE_DAYS
from meetd.storage.database import Database
from meetd.storage.vault import FormerKey, Vault

_log = logging.getLogger(__name__)

LOOKS: Final = 3
"""At one room in one run: what somebody was writing when the key changed is found by the next."""
_NAMED: Final = 3


class Look:
    """What one look at a room found."""

    def __init__(self) -> None:
        self.changed = 0
        self.waiting = 0
        self.damaged: list[str] = []

    @property
    def is_clean(self) -> bool:
        """Nothing needs a former key."""
        return not (self.changed or self.waiting or self.damaged)


class RoomKeys:
    """Of all rooms. ``step``: how far the one is that is being sealed anew."""

    def __init__(
        self,
        vault: Vault,
        holdings: Callable[[], Sequence[Holding]],
        databases: Sequence[Database],
        clock: Clock,
        keep_days: int,
    ) -> None:
        """``databases``: whose logs still hold what was sealed anew. ``keep_days``: of backups."""
        self._vault = vault
        self._holdings = holdings
        self._databases = databases
        self._clock = clock
        self._kept_for = (keep_days + SPARE_DAYS) * DAY
        self._clean: dict[str, frozenset[str]] = {}
        """By room: names of former keys that nothing in it needs, since the start."""
        self._damaged: set[str] = set()
        """Rooms in which the last look found something that opens with no key."""
        self._one = asyncio.Lock()
        self._report: Callable[[Step], None] | None = None
        self.step: Step | None = None

    def on_step(self, report: Callable[[Step], None]) -> None:
        """Called with each step."""
        self._report = report

    async def change(self, room_id: str) -> bool:
        """A new key from now on. Returns whether there was one before. Raises: StorageFull,
        StorageFailed."""
        return await self._vault.replace("room", room_id)

    async def made_at(self, room_id: str) -> int | None:
        """When its key was made, or changed last (ms since the Unix epoch)."""
        return await self._vault.made_at("room", room_id)

    async def was_changed_after(self, room_id: str, moment: int) -> bool:
        """``moment`` in ms since the Unix epoch."""
        made_at = await self.made_at(room_id)
        is_first = room_id not in await self._vault.former("room")
        return made_at is not None and made_at > moment and not is_first

    async def is_changing(self, room_id: str) -> bool:
        """Is anything in it sealed with a former key, as far as is known?"""
        return room_id in await self._left()

    def is_damaged(self, room_id: str) -> bool:
        """Does something in it have to be put back or removed first, as far as is known?"""
        return room_id in self._damaged

    async def is_any_left(self) -> bool:
        """Does any room have to be looked at?"""
        return bool(await self._left())

    async def run(self, seconds: float) -> Facts:
        """Seal anew what former keys opened, in every room. After that time no other room is begun:
        ``left`` says how many have to wait; ``waiting``: files on their way that follow later.

        Raises: JobFailed, when all are tried; what was done is done, and everything can be read.
        """
        until, left = self._clock.monotonic() + seconds, await self._left()
        looks: list[Look] = []
        problems: list[JobFailed] = []
        for room_id in left:
            if (looks or problems) and self._clock.monotonic() >= until:
                break
            try:
                looks.append(await self._seal_anew(room_id))
            except JobFailed as problem:
                problems.append(problem)
        facts = _told(looks, problems)
        return {"rooms": len(looks), **facts, "left": len(left) - len(looks)}

    async def run_one(self, room_id: str) -> Facts:
        """Seal anew what former keys of that room opened. Raises: as ``run``."""
        return _told([await self._seal_anew(room_id)])

    async def destroy(self) -> int:
        """The former keys that no backup needs, if nothing else does. Returns how many.

        Raises: StorageFull, StorageFailed.
        """
        before, gone = self._clock.now() - self._kept_for, 0
        for room_id, former in (await self._vault.former("room")).items():
            old = [key.name for key in former if key.needed_at < before]
            if old and await self._needs_none(room_id):
                await self._vault.forget_former("room", room_id, old)
                gone += len(old)
        return gone

    async def _needs_none(self, room_id: str) -> bool:
        """Where something does, or cannot be looked at, ``run`` looks again and says so."""
        self._clean.pop(room_id, None)
        try:
            return (await self._look(room_id)).is_clean
        except (Refusal, OSError) as error:
            _log.warning("a former key stays, its room cannot be looked at: %s", error)
            return False
        finally:
            self.step = None

    async def _left(self) -> dict[str, frozenset[str]]:
        """Rooms that have to be looked at, with the names of their former keys."""
        former = await self._vault.former("room")
        return {
            room_id: _names(keys)
            for room_id, keys in former.items()
            if self._clean.get(room_id) != _names(keys)
        }

    async def _seal_anew(self, room_id: str) -> Look:
        """Look until nothing is found. Raises: JobFailed."""
        former = _names((await self._vault.former("room")).get(room_id, []))
        look, changed = Look(), 0
        try:
            for _ in range(LOOKS):
                look = await self._look(room_id)
                changed += look.changed
                if not look.changed:
                    break
            for database in self._databases:
                await database.checkpoint()
        except (Refusal, OSError) as error:
            raise _failed(error) from error
        finally:
            self.step = None
        if look.is_clean:
            self._clean[room_id] = former
        look.changed = changed
        return look

    async def _look(self, room_id: str) -> Look:
        """At everything in it once. Raises: Refusal, OSError."""
        async with self._one:  # two would write the same files
            return await self._look_alone(room_id)

    async def _look_alone(self, room_id: str) -> Look:
        look, done = Look(), 0
        sealed = [each for each in self._holdings() if isinstance(each, Resealable)]
        total = sum([await each.count_sealed(room_id) for each in sealed])
        for holding in sealed:
            async for step in holding.reseal(room_id):
                done += step.seen
                if step.changed or step.waiting or step.damaged:
                    # Every backup until now may hold it as it was.
                    await self._vault.keep_former("room", room_id)
                look.changed += step.changed
                look.waiting += step.waiting
                look.damaged += step.damaged
                self._tell(Step("room keys", min(done, total), total))
        (self._damaged.add if look.damaged else self._damaged.discard)(room_id)
        return look

    def _tell(self, step: Step) -> None:
        self.step = step
        if self._report is not None:
            self._report(step)


def _names(keys: Sequence[FormerKey]) -> frozenset[str]:
    return frozenset(key.name for key in keys)


def _told(looks: Sequence[Look], problems: Sequence[JobFailed] = ()) -> Facts:
    """``problems``: of other rooms. Raises: JobFailed."""
    damaged = [place for look in looks for place in look.damaged]
    said = [str(problem) for problem in problems] + ([str(_damaged(damaged))] if damaged else [])
    if said:
        # A full disk says the same of each room.
        raise JobFailed(" ".join(dict.fromkeys(said)))
    return {
        "things": sum(look.changed for look in looks),
        "waiting": sum(look.waiting for look in looks),
    }


def _failed(error: Refusal | OSError) -> JobFailed:
    if isinstance(error, StorageFull) or is_full(error):
        return JobFailed(
            "The disk is too full to encrypt rooms with their new keys: each file is written once"
            " more. Nothing is lost, and everything can be read. Make room; it goes on within the"
            " hour."
        )
    return JobFailed(
        "The disk fails while rooms are encrypted with their new keys. Nothing was changed that was"
        " not safe. Look at the disk and at the log; it is tried again within the hour."
    )


def _damaged(places: Sequence[str]) -> JobFailed:
    some = ", ".join(places[:_NAMED])
    return JobFailed(
        f"{len(places)} things in rooms whose keys changed open with no key, such as {some}: the"
        " disk damaged them. They are as they were, everything else is done, and the former keys"
        " stay. Put the file of that name back from the backups (blobs/), or remove it in its room;"
        " it is looked at again within the hour."
    )
