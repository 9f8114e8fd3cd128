"""What leaves for one subscriber: numbered for its feedback, remembered, and paced."""

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from typing import Final

from meetd.relay.forwarding.bandwidth.probing import Arrival
from meetd.relay.forwarding.packet import Packet
from meetd.relay.forwarding.ring import Ring
from meetd.relay.forwarding.wire import Hurry, Wire, never_mind
from meetd.relay.rtp.numbers import MASK_16, ahead
from meetd.relay.rtp.transport_cc import TICK

HISTORY: Final = 4_096
"""Transport-wide numbers remembered: 4 s of 10 Mbit/s."""
HISTORY_MASK: Final = HISTORY - 1
PACING_FACTOR: Final = 2.5
"""Times the estimate that may leave: a key frame gets through while its delta frames come."""
BURST_SECONDS: Final = 0.02
"""How much may leave at once, in seconds of the pacing rate."""
MAX_HELD_SECONDS: Final = 0.5
"""What waits longer is out of date: the rest of that picture is dropped up to a key frame."""
MAX_HELD: Final = 1_000
_CLOSED: Final = float("-inf")
_ENDLESS: Final = float("inf")
_ARRIVED: Final = 0
"""In place of the size."""
_REPORTED: Final = b"\1"
"""Of a number that a report told of and that was not counted yet, arrived or lost."""
OPEN: Final = 1 << 62


class Lane:
    """A run of packets of one layer that goes to one subscriber with the same offsets.

    A layer's numbers become the subscriber's: number + offset. A switch or a pause ends
    the lane and the next one goes on from its last number, so the subscriber sees no gap.

    ``first`` and ``last`` are the layer's sequence numbers, ``last`` is ``OPEN`` while it runs.
    ``paced``: not for audio.
    """

    __slots__ = (
        "first",
        "last",
        "mid",
        "outlet",
        "paced",
        "payload_type",
        "picture_offset",
        "ring",
        "sequence_offset",
        "ssrc",
        "timestamp_offset",
        "tl0_offset",
    )

    def __init__(self, outlet: "Outlet", ring: Ring, first: int) -> None:
        self.outlet = outlet
        self.ring = ring
        self.first = first
        self.last = OPEN
        self.ssrc = self.payload_type = self.mid = 0
        self.sequence_offset = self.timestamp_offset = 0
        self.picture_offset = self.tl0_offset = 0
        self.paced = True

    def covers(self, sequence: int) -> bool:
        return self.first <= sequence <= self.last


Held = tuple[Lane, Packet]


class Outlet:
    """The state that ``fanout.send`` touches for each packet; nothing else belongs in here.

    ``clear_at``: when everything sent so far has left at the pacing rate. ``patience``: how far
    that may lie ahead before packets are held back; minus infinity while others wait already.
    ``hurry`` is called when the first one waits.
    """

    __slots__ = (
        "_fates",
        "_settled",
        "clear_at",
        "held",
        "hurry",
        "number",
        "patience",
        "seconds_per_byte",
        "send",
        "sizes",
        "times",
    )

    def __init__(self, wire: Wire, bitrate: int) -> None:
        self.send = wire.send_rtp
        self.hurry: Hurry = never_mind
        self.number = self._settled = 0
        self.times = array("d", bytes(8 * HISTORY))
        self.sizes = array("H", bytes(2 * HISTORY))
        self._fates = bytearray(HISTORY)
        self.clear_at = 0.0
        self.patience = BURST_SECONDS
        self.held: deque[Held] = deque()
        self.seconds_per_byte = 0.0
        self.set_bitrate(bitrate)

    def set_bitrate(self, bitrate: int, ceiling: float = _ENDLESS) -> None:
        """The estimate, and what may leave at the most, in bit/s."""
        self.seconds_per_byte = 8 / min(bitrate * PACING_FACTOR, ceiling)

    def is_behind(self, now: float) -> bool:
        """Has so much left that nothing is sent again? It leaves past the pace."""
        return self.clear_at - now > MAX_HELD_SECONDS

    def hold(self, lane: Lane, packet: Packet) -> None:
        """Until ``fanout.release``."""
        if not self.held:
            self.hurry()
        self.held.append((lane, packet))
        self.close()

    def open(self) -> None:
        self.patience = BURST_SECONDS

    def close(self) -> None:
        """Whatever is paced waits behind what waits already."""
        self.patience = _CLOSED

    def is_overfull(self) -> bool:
        """Would what waits leave too late to be of use?"""
        held = sum(packet.size for _, packet in self.held)
        return len(self.held) > MAX_HELD or held * self.seconds_per_byte > MAX_HELD_SECONDS

    def drop_held(self) -> list[Held]:
        """The first of each lane among what waits; all of it is forgotten."""
        first: dict[int, Held] = {}
        for lane, packet in self.held:
            first.setdefault(id(lane), (lane, packet))
        self.held.clear()
        self.open()
        return list(first.values())

    def acknowledge(
        self, base: int, received: Sequence[tuple[int, int]], start: int
    ) -> list[Arrival]:
        """What a report says arrived. ``base``: a transport-wide number of 16 bits; ``received``:
        (index from there, ticks after ``start``).

        Numbers that were never used, were used long ago or have arrived before are left out: they
        are the peer's invention, or a report that came twice.
        """
        sizes, times, end = self.sizes, self.times, self.number
        first = end + ahead(base, end & MASK_16)
        if found := self._acknowledge_run(first, received, start):
            return found
        oldest = max(0, end - HISTORY)
        for index, ticks in received:
            place = first + index
            slot = place & HISTORY_MASK
            size = sizes[slot]
            if size and oldest <= place < end:
                found.append((place, times[slot], (start + ticks) * TICK, size))
                sizes[slot] = _ARRIVED
        return found

    def _acknowledge_run(
        self, first: int, received: Sequence[tuple[int, int]], start: int
    ) -> list[Arrival]:
        """``acknowledge`` where nothing is missing, and nothing left out, which is nearly always:
        then nothing is looked at one by one. Empty where that is not so."""
        count, slot = len(received), first & HISTORY_MASK
        is_run = count > 0 and received[-1][0] == count - 1 and slot + count <= HISTORY
        if not is_run or not max(0, self.number - HISTORY) <= first <= self.number - count:
            return []
        part = slice(slot, slot + count)
        sizes = self.sizes[part]
        if _ARRIVED in sizes:
            return []
        self.sizes[part] = array("H", bytes(2 * count))
        arrived = [(start + ticks) * TICK for _, ticks in received]
        return list(zip(range(first, first + count), self.times[part], arrived, sizes, strict=True))

    def report(self, base: int, count: int) -> None:
        """A report tells of so many numbers of 16 bits from ``base``. Reports are lost as well: of
        numbers that none tells of, nobody knows whether they arrived."""
        self._forget()
        number = self.number
        place = number + ahead(base, number & MASK_16)
        for part in _slots(max(place, self._settled), min(place + count, number)):
            self._fates[part] = _REPORTED * (part.stop - part.start)

    def _forget(self) -> None:
        """What is too old to be remembered is not counted any more."""
        if self._settled < self.number - HISTORY:
            self._settled, self._fates = self.number - HISTORY, bytearray(HISTORY)

    def settle(self, end: int, before: float) -> tuple[int, int]:
        """(lost, all) of the numbers up to ``end`` that left ``before`` that moment, were reported
        and not counted yet. What was overtaken has arrived by then, and is not lost."""
        self._forget()
        lost = total = 0
        for part in _slots(self._settled, end):
            # Times only grow: what left before that moment comes first.
            due = slice(part.start, bisect_left(self.times, before, part.start, part.stop))
            fates, sizes = self._fates[due], self.sizes[due]
            if reported := fates.count(_REPORTED):
                total += reported
                lost += _lost(fates, sizes) if reported < len(fates) else _unarrived(sizes)
                self._fates[due] = bytes(len(fates))
            self._settled += len(fates)
            if due.stop < part.stop:
                break
        return lost, total


def _unarrived(sizes: "array[int]") -> int:
    return len(sizes) - sizes.count(_ARRIVED)


def _lost(fates: bytearray, sizes: "array[int]") -> int:
    return sum(1 for fate, size in zip(fates, sizes, strict=True) if fate and size != _ARRIVED)


def _slots(start: int, end: int) -> list[slice]:
    """Where the numbers from ``start`` to ``end``, at most ``HISTORY``, are remembered."""
    count = end - start
    if count <= 0:
        return []
    first = start & HISTORY_MASK
    if first + count <= HISTORY:
        return [slice(first, first + count)]
    return [slice(first, HISTORY), slice(0, first + count - HISTORY)]
