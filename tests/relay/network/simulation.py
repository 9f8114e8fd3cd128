"""A network in simulated time: seeded, so that each run is the same, and without a single sleep."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from random import Random  # noqa: TID251 - seeded: nothing secret comes of it

Deliver = Callable[[bytes, float], None]


class Simulation:
    """What happens when. ``now`` in seconds."""

    def __init__(self, seed: int) -> None:
        self.now = 100.0
        self.random = Random(seed)  # noqa: S311
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), act))

    def every(self, seconds: float, act: Callable[[float], None], offset: float = 0.0) -> None:
        """Until the end of the simulation."""

        def again() -> None:
            act(self.now)
            self.at(self.now + seconds, again)

        self.at(self.now + offset, again)

    @property
    def next_due(self) -> float:
        """Infinity: nothing is to happen."""
        return self._events[0][0] if self._events else float("inf")

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._events and self._events[0][0] <= end:
            when, _, act = heapq.heappop(self._events)
            self.now = when
            act()
        self.now = end


@dataclass
class Conditions:
    """Of one direction. ``rate`` in bit/s, 0 for endless; ``queue`` in seconds of that rate, what
    is more is dropped; ``jitter`` in seconds, and packets then overtake each other."""

    delay: float = 0.02
    loss: float = 0.0
    duplicates: float = 0.0
    jitter: float = 0.0
    rate: int = 0
    queue: float = 0.3


class Link:
    """One direction between two peers."""

    def __init__(self, simulation: Simulation, conditions: Conditions, deliver: Deliver) -> None:
        self.conditions = conditions
        self.sent = self.dropped = 0
        self._simulation = simulation
        self._deliver = deliver
        self._free_at = 0.0

    def send(self, packet: bytes | bytearray) -> None:
        self.sent += 1
        now, is_, random = self._simulation.now, self.conditions, self._simulation.random
        leaves = max(self._free_at, now)
        if is_.rate:
            if leaves - now > is_.queue:
                self.dropped += 1
                return
            leaves = self._free_at = leaves + len(packet) * 8 / is_.rate
        if random.random() < is_.loss:
            self.dropped += 1
            return
        kept = bytes(packet)  # the sender writes over it after the call
        for _ in range(2 if random.random() < is_.duplicates else 1):
            arrives = leaves + is_.delay + random.random() * is_.jitter
            self._simulation.at(arrives, lambda at=arrives: self._deliver(kept, at))  # type: ignore[misc]

    def pause(self, seconds: float) -> None:
        """Nothing leaves for so long, as when whoever sends or receives has no time."""
        self._free_at = max(self._free_at, self._simulation.now + seconds)
