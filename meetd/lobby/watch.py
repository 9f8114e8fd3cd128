"""What one host sees of the doors: told in batches, so that a crowd costs few messages, and never
so much at once that the host is cut off."""

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from meetd.core.clock import Clock
from meetd.lobby.knock import Knock
from meetd.protocol.door import DoorsWatched, Knocker, KnockerGone, KnocksChanged
from meetd.protocol.outbox import Outbox

T = TypeVar("T")

BATCH_SECONDS = 0.25
MOST_AT_ONCE = 100
"""Knockers in one message. With the longest names and messages that is about 200 KiB, so it fits
into the half of an outbox that is free when the other half is not crowded."""


class Watch:
    """One connection of a host. ``doors``: keys of those it may answer."""

    def __init__(self, outbox: Outbox, clock: Clock, *, may_grant: bool = True) -> None:
        """``may_grant``: may that host admit somebody for always?"""
        self._outbox = outbox
        self._clock = clock
        self._may_grant = may_grant
        self.doors: set[str] = set()
        self._anew: int | None = None
        """Ref of the ``DoorsWatched`` that is to come before anything else."""
        self._changed: dict[str, Knocker] = {}
        self._gone: dict[str, KnockerGone] = {}
        self._shown: set[str] = set()
        """Ids of knocks that the page knows. Only of these it hears that they are gone, so what
        waits here is never more than there were knocks."""
        self._timer: asyncio.TimerHandle | None = None

    def start(self, knocks: Iterable[Knock], ref: int) -> None:
        """Everything anew, in that order: what was to be told of before is in it."""
        self._anew = ref
        self._changed = {knock.id: self._shown_as(knock) for knock in knocks}
        self._gone.clear()
        self._shown.clear()
        self._send()

    def changed(self, knock: Knock) -> None:
        self._changed[knock.id] = self._shown_as(knock)
        self._arm()

    def gone(self, gone: KnockerGone) -> None:
        self._changed.pop(gone.id, None)
        if gone.id in self._shown:
            self._gone[gone.id] = gone
            self._arm()

    def end(self) -> None:
        """The host is signed in here no more."""
        self._outbox.end("access ended", retry=False)

    @property
    def has_ended(self) -> bool:
        return self._outbox.ended is not None

    def close(self) -> None:
        """The host answers here no more: the page shows nothing from now on, however much it has to
        read first."""
        self.start((), 0)

    def _shown_as(self, knock: Knock) -> Knocker:
        return knock.seen_by_host(may_grant=self._may_grant)

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._send()

    def _send(self) -> None:
        """What fits now; the rest with the next ticks."""
        if self.has_ended:
            return
        if not self._outbox.is_crowded:
            self._send_some()
        if self._anew is not None or self._changed or self._gone:
            self._arm()

    def _send_some(self) -> None:
        changed = _some(self._changed)
        self._shown.update(one.id for one in changed)
        if self._anew is not None:
            now = self._clock.now()
            self._outbox.send(DoorsWatched(ref=self._anew, knockers=changed, now=now))
            self._anew = None
            return
        gone = _some(self._gone)
        self._shown.difference_update(one.id for one in gone)
        if changed or gone:
            self._outbox.send(KnocksChanged(changed=changed, gone=gone))


def _some(waiting: dict[str, T]) -> tuple[T, ...]:
    """Take the first of them out."""
    return tuple(waiting.pop(key) for key in list(islice(waiting, MOST_AT_ONCE)))
