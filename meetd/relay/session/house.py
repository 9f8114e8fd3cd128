"""Everything that is relayed on this server: rooms, limits and the one timer."""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator
from typing import Final

from meetd.config.network import Media
from meetd.core.clock import Clock
from meetd.protocol.relay import RelayOffered
from meetd.relay.forwarding.codec import Codec
from meetd.relay.session.figures import Figures
from meetd.relay.session.outflow import Outflow
from meetd.relay.session.places import Places
from meetd.relay.session.receiving import Receiving
from meetd.relay.session.room import RelayRoom
from meetd.relay.session.sending import Sending
from meetd.relay.transport.media_port import MediaPort
from meetd.relay.transport.transport import Transport
from meetd.relay.transport.transports import Transports

TICK_SECONDS: Final = 0.08
"""Between two looks at what is due, at the most."""
EARLY_SECONDS: Final = 0.055
"""After that, when feedback is due again, the next packets bring one with them. The process is
awake then: to wake it for a look alone costs more than the look."""
SOON_SECONDS: Final = 0.01
"""Between two looks while something waits: what is paced leaves in steps of this."""
_KILOBIT: Final = 1_000
_NEVER: Final = float("inf")

_log = logging.getLogger(__name__)


class RelayHouse:
    """All rooms. The timer runs only while somebody is connected."""

    def __init__(self, port: MediaPort, settings: Media, clock: Clock) -> None:
        self.max_bitrate = settings.relayed_kilobits_per_second * _KILOBIT
        self.figures = Figures(lambda: self)
        self._port = port
        self._rooms: set[RelayRoom] = set()
        self._clock = clock
        self.places = Places(settings, lambda: self._rooms, self.now)
        self.outflow = Outflow(settings, lambda: self._rooms, self.now)
        audio = frozenset({Codec.OPUS.payload_type})
        self._transports = Transports(port, settings, clock, audio)
        self._timer: asyncio.TimerHandle | None = None
        self._due_at = self._early_at = _NEVER
        self._is_loaded = False
        port.after_packets = self._after_packets

    def room(self, send: Callable[[str, RelayOffered], None]) -> RelayRoom:
        """Of a new meeting; it needs no end while nobody is in it."""
        return RelayRoom(self, send)

    def __iter__(self) -> Iterator[Sending | Receiving]:
        """Every connection."""
        for room in tuple(self._rooms):
            yield from room

    @property
    def streams(self) -> int:
        """That participants of all rooms send."""
        return sum(room.streams for room in self._rooms)

    @property
    def forwarded(self) -> int:
        """Streams that participants of all rooms receive."""
        return sum(one.streams for one in self if isinstance(one, Receiving))

    async def load(self) -> None:
        """To be awaited before anybody sends."""
        if not self._is_loaded:
            await self._transports.load()
            self._is_loaded = True
            # What is there now stays: looking through all of it for garbage, again and again, would
            # hold up packets for milliseconds.
            gc.collect()
            gc.freeze()

    def make(self, reached: str) -> Transport:
        """A transport for one connection."""
        return self._transports.make(reached)

    def now(self) -> float:
        return self._clock.monotonic()

    def wake(self, room: RelayRoom) -> None:
        """There is a connection in that room."""
        self._rooms.add(room)
        self._plan(TICK_SECONDS)

    def hurry(self) -> None:
        """Something has come up that must not wait long."""
        self._plan(SOON_SECONDS)

    async def close(self) -> None:
        """End every connection. Returns when the pages are told."""
        self._rest()
        for room in tuple(self._rooms):
            room.close()
        await self._transports.close()

    def _after_packets(self, now: float) -> None:
        if now >= self._early_at:
            self.tick()

    def tick(self) -> None:
        """Everything that is due now."""
        self._rest()
        if not self._rooms:
            return
        self._early_at = self.now() + EARLY_SECONDS
        is_soon, outbox = False, self._port.outbox
        outbox.open()  # what is paced leaves together too
        try:
            self._port.read_reports()
            is_soon = self._tick_all()
        finally:
            outbox.close(self.now())
            self._plan(SOON_SECONDS if is_soon else TICK_SECONDS)

    def _plan(self, seconds: float) -> None:
        """Look again after so long, if not before."""
        at = self.now() + seconds
        if at < self._due_at:
            if self._timer is not None:
                self._timer.cancel()
            self._due_at = at
            self._timer = asyncio.get_running_loop().call_later(seconds, self.tick)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._due_at, self._early_at = None, _NEVER, _NEVER

    def _tick_all(self) -> bool:
        """Returns whether something waits."""
        now, is_soon = self.now(), False
        for room in tuple(self._rooms):
            connections = tuple(room)
            for connection in connections:
                is_soon |= self._tick(room, connection, now)
            if not connections:
                self._rooms.discard(room)
        return is_soon

    def _tick(self, room: RelayRoom, connection: Sending | Receiving, now: float) -> bool:
        try:
            return connection.tick(now)
        except Exception:  # noqa: BLE001 - one connection must not stop the timer of everybody
            _log.exception("A relayed connection met a bug and is ended")
            room.end(connection)
            return False
