"""The load client: sends one camera and receives it N times, in one loop over epoll.

What a receiver costs here is kept small, so that the server is what is measured: packets are not
decrypted, except one for each receiver at the start and the end of a window, which proves that
they can be.
"""

import asyncio
import heapq
import itertools
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from meetd.relay.forwarding.arrivals import INTERVAL, Arrivals
from meetd.relay.rtp.extensions import elements
from meetd.relay.rtp.header import RtpHeader
from meetd.relay.rtp.numbers import Unroller
from meetd.relay.rtp.rtcp import ReportBlock, receiver_report
from scripts.benchmarks.relay.peer import CHECK_SECONDS, Peer
from scripts.benchmarks.relay.sdp import ABS_SEND_TIME, VIDEO
from scripts.benchmarks.relay.video import (
    BURST_SECONDS,
    BURSTS,
    FRAME_SECONDS,
    MASK,
    Camera,
    number_of,
)

SLICE_SECONDS: Final = 0.1
"""After that the event loop has a turn, for the signaling of the servers."""
_REPORT_SECONDS: Final = 1.0
_ENOUGH: Final = 0.98
"""Of what was sent in a window, that arrives in it."""
_SO_TIMESTAMPNS: Final = 35
_ANCILLARY: Final = socket.CMSG_SPACE(16)
_RTCP: Final = range(64, 96)
_TIME = struct.Struct("qq")
SEND_TIME_UNITS: Final = 1 << 18
_OUR_SSRC: Final = 0x55667788


class Receiver:
    """One peer that watches. ``count`` of packets of the camera, ``others`` of RTX and padding."""

    def __init__(self, peer: Peer, transport_cc: int, sent: list[int]) -> None:
        """``transport_cc``: the id of that extension, 0 without. ``sent``: of the camera."""
        self.peer = peer
        self.count = self.others = 0
        self.latencies: list[float] = []
        """Seconds from the publisher's socket to this one."""
        self._sent = sent
        self._transport_cc = transport_cc
        self._transport_head = transport_cc << 4 | 1
        self._places = 0, 0
        self._stamps = Unroller(24)
        self._arrivals = Arrivals()
        self._ssrc = self._highest = 0
        self._last = b""
        self._offset = 0
        peer.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def read(self) -> None:
        """Everything that the socket has. The kernel says when it came: this process may be
        late."""
        receive, take = self.peer.socket.recvmsg, self._take
        try:
            while True:
                packet, ancillary, _, _ = receive(2_048, _ANCILLARY)
                take(packet, *_TIME.unpack(ancillary[0][2]))
        except BlockingIOError:
            return

    def _take(self, packet: bytes, seconds: int, nanoseconds: int) -> None:
        kind = packet[1] & 0x7F
        if packet[0] < 64:  # noqa: PLR2004 - RFC 7983, 7
            self.peer.take_other(packet)
        elif kind not in _RTCP:
            arrived = seconds + nanoseconds / 1e9
            if self._transport_cc:
                self._note_arrival(packet)
            if kind == VIDEO:
                self._watch(packet, arrived)
            else:
                self.others += 1

    def _watch(self, packet: bytes, arrived: float) -> None:
        self.count += 1
        self._last = packet
        number = (packet[2] << 8 | packet[3]) + self._offset & MASK
        self.latencies.append(arrived - self._sent[number] / 1e9)

    def _note_arrival(self, packet: bytes) -> None:
        """On a path without jitter: as much later as the server says that it left later. Whatever
        else runs on this machine is not taken for a queue, and the load stays the same."""
        transport_at, stamp_at = self._places
        if packet[transport_at - 1] != self._transport_head:
            self._places = transport_at, stamp_at = self._find(packet)
        if transport_at:
            stamp = self._stamps.unroll(int.from_bytes(packet[stamp_at : stamp_at + 3], "big"))
            number = packet[transport_at] << 8 | packet[transport_at + 1]
            self._arrivals.add(number, stamp / SEND_TIME_UNITS)

    def _find(self, packet: bytes) -> tuple[int, int]:
        """Where the transport-wide number and abs-send-time are."""
        unpadded = bytes((packet[0] & 0xDF,)) + packet[1:]  # how much it is, is encrypted
        places = {number: at for number, at, _ in elements(packet, RtpHeader(unpadded))}
        return places.get(self._transport_cc, 0), places.get(ABS_SEND_TIME, 0)

    def prove(self) -> bool:
        """Can the newest packet be decrypted, and does its number differ from the publisher's as
        before? Raises: pylibsrtp.Error."""
        if not self._last:
            return False
        header = RtpHeader(self._last)
        number = number_of(self.peer.unprotect(self._last))
        offset = (number - header.sequence_number) & MASK
        is_same: bool = self._offset == offset
        self._offset = offset
        self._ssrc, self._highest, self._last = header.ssrc, header.sequence_number, b""
        return is_same

    def restart(self) -> None:
        """Count from here on."""
        self.count = self.others = 0
        self.latencies.clear()

    def feed_back(self) -> None:
        """What arrived, 20 times per second, as browsers tell it at this bitrate."""
        for report in self._arrivals.due(_OUR_SSRC, self._ssrc, time.monotonic()):
            self.peer.send_rtcp(report)

    def report(self) -> None:
        block = ReportBlock(self._ssrc, 0, 0, self._highest, 0, 0, 0)
        self.peer.send_rtcp(receiver_report(_OUR_SSRC, [block]))


@dataclass(slots=True)
class Seats:
    """Peers in a room of one server, connected."""

    camera: Camera
    publisher: Peer
    receivers: list[Receiver]
    pid: int


@dataclass(frozen=True, slots=True)
class Window:
    """What one window of load gave. CPU in seconds, of all threads of the server."""

    seconds: float
    sent: int
    received: int
    cpu: float
    own_cpu: float
    latencies: list[float]


class Disturbed(Exception):
    """Streams were interrupted within a window: this machine had no time."""


class Load:
    """All peers of all servers; one camera runs at a time."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        self._due: list[tuple[float, int, float, Callable[[], None]]] = []
        self._ties = itertools.count()
        self._camera: Camera | None = None
        self._generation = 0
        self.sent = 0

    def add(self, seats: Seats) -> None:
        now = time.monotonic()
        for peer in (seats.publisher, *(one.peer for one in seats.receivers)):
            peer.take_over()
        self._read(seats.publisher.socket, _drain(seats.publisher))
        self._every(CHECK_SECONDS, seats.publisher.check, now)
        self._every(_REPORT_SECONDS, seats.camera.report, now)
        for place, receiver in enumerate(seats.receivers):
            start = now + place / len(seats.receivers) * INTERVAL
            self._read(receiver.peer.socket, receiver.read)
            self._every(INTERVAL, receiver.feed_back, start)
            self._every(_REPORT_SECONDS, receiver.report, start)
            self._every(CHECK_SECONDS, receiver.peer.check, start)

    def close(self) -> None:
        self._epoll.close()

    def _read(self, udp: socket.socket, reader: Callable[[], None]) -> None:
        self._readers[udp.fileno()] = reader
        self._epoll.register(udp, select.EPOLLIN)

    def _every(self, interval: float, act: Callable[[], None], at: float) -> None:
        heapq.heappush(self._due, (at, next(self._ties), interval, act))

    def roll(self, camera: Camera | None) -> None:
        """Send that camera from now on, or none."""
        self._generation += 1
        self._camera = camera
        if camera is not None:
            camera.prepare(0, is_key=True)
            generation = self._generation
            self._plan(time.monotonic(), lambda at: self._burst(camera, 0, at, generation))

    def _plan(self, at: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self._due, (at, next(self._ties), 0.0, lambda: act(at)))

    def _burst(self, camera: Camera, burst: int, at: float, generation: int) -> None:
        if generation != self._generation:
            return
        self.sent += camera.send()
        after = (burst + 1) % len(BURSTS)
        if after == 0:
            camera.next_frame()
        camera.prepare(after, is_key=after == 0 and camera.is_key_frame_due)
        start = at - burst * BURST_SECONDS
        due = start + FRAME_SECONDS if after == 0 else start + after * BURST_SECONDS
        self._plan(due, lambda at: self._burst(camera, after, at, generation))

    async def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            self._slice(min(end, now + SLICE_SECONDS))
            await asyncio.sleep(0)

    def _slice(self, end: float) -> None:
        readers, due = self._readers, self._due
        while (now := time.monotonic()) < end:
            for place, _ in self._epoll.poll(max(0.0, min(due[0][0], end) - now)):
                readers[place]()
            now = time.monotonic()
            while due[0][0] <= now:
                at, tie, interval, act = heapq.heappop(due)
                act()
                if interval:
                    heapq.heappush(due, (max(at + interval, now), tie, interval, act))

    async def window(self, seats: Seats, seconds: float) -> Window:
        """Measure while that camera runs. Raises: Disturbed."""
        for receiver in seats.receivers:
            receiver.prove()
            receiver.restart()
        sent, started, own = self.sent, time.monotonic(), time.process_time()
        cpu = cpu_seconds(seats.pid)
        await self.run(seconds)
        cpu = cpu_seconds(seats.pid) - cpu
        received = sum(receiver.count for receiver in seats.receivers)
        expected = (self.sent - sent) * len(seats.receivers)
        if received < expected * _ENOUGH:
            raise Disturbed(f"{received} of {expected} packets came")
        # Where a stream was interrupted after all, packets cannot be told apart any more.
        steady = [receiver for receiver in seats.receivers if receiver.prove()]
        latencies = [one for receiver in steady for one in receiver.latencies]
        return Window(
            time.monotonic() - started,
            self.sent - sent,
            received,
            cpu,
            time.process_time() - own,
            latencies,
        )


def _drain(peer: Peer) -> Callable[[], None]:
    """The publisher reads feedback and does not follow it: the load stays the same."""

    def read() -> None:
        try:
            while True:
                packet = peer.socket.recv(2_048)
                if packet[0] < 64:  # noqa: PLR2004 - RFC 7983, 7
                    peer.take_other(packet)
        except BlockingIOError:
            return

    return read


def cpu_seconds(pid: int) -> float:
    """Of all threads of a process, in the kernel and outside, to the nanosecond."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
