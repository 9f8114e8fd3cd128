"""What one host sees of the doors: told in batches, so that a crowd costs one message."""

import asyncio

from meetd.lobby.knock import Knock
from meetd.protocol.door import DoorsWatched, Knocker, KnockerGone, KnocksChanged
from meetd.protocol.outbox import Outbox

BATCH_SECONDS = 0.25


class Watch:
    """One connection of a host. ``doors``: keys of those it may answer."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.doors: set[str] = set()
        self._changed: dict[str, Knocker] = {}
        self._gone: dict[str, KnockerGone] = {}
        self._timer: asyncio.TimerHandle | None = None

    def send(self, watched: DoorsWatched) -> None:
        """Everything anew: what was to be told of before is in it."""
        self._changed.clear()
        self._gone.clear()
        self._outbox.send(watched)

    def changed(self, knock: Knock) -> None:
        self._changed[knock.id] = knock.public
        self._arm()

    def gone(self, gone: KnockerGone) -> None:
        self._changed.pop(gone.id, None)
        self._gone[gone.id] = gone
        self._arm()

    def end(self) -> None:
        """The host is signed in here no more."""
        self._outbox.end("access ended", retry=False)

    @property
    def has_ended(self) -> bool:
        return self._outbox.ended is not None

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self._send)

    def _send(self) -> None:
        self._timer = None
        if not (self._changed or self._gone):
            return
        changed, gone = tuple(self._changed.values()), tuple(self._gone.values())
        self._changed.clear()
        self._gone.clear()
        self._outbox.send(KnocksChanged(changed=changed, gone=gone))
