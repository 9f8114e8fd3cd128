"""One encoding of a track, as it comes in: a simulcast layer, or the whole track."""

import math
from typing import Final, Protocol

from meetd.relay.forwarding import fanout
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.key_frames import KeyFrameRequests
from meetd.relay.forwarding.losses import Losses
from meetd.relay.forwarding.outlet import Lane
from meetd.relay.forwarding.packet import Packet
from meetd.relay.forwarding.rate import RateMeter
from meetd.relay.forwarding.reception import Reception
from meetd.relay.forwarding.ring import Ring
from meetd.relay.forwarding.wire import Hurry
from meetd.relay.rtp import feedback
from meetd.relay.rtp.numbers import MASK_16, Unroller
from meetd.relay.rtp.rtcp import ReportBlock, SenderInfo

VIDEO_RING: Final = 512
"""Packets: 2 s of 2.5 Mbit/s, at most 0.7 MB."""
AUDIO_RING: Final = 64
_COST_SECONDS: Final = 0.1
SILENT_SECONDS: Final = 1.5
"""After that without a packet a layer counts as switched off by its encoder."""


class Sink(Protocol):
    """Where packets go on from here."""

    hurry: Hurry
    """Called when the publisher has to be asked for something."""

    def forward(self, layer: "Layer", packet: Packet, late: bool, now: float) -> None:  # noqa: FBT001
        """Each packet once. ``late``: others with higher numbers were there before."""

    def restarted(self, layer: "Layer", now: float) -> None:
        """What comes next does not go on from what came before."""


class Taker(Protocol):
    """Somebody who waits for a key frame."""

    def begin(self, layer: "Layer", packet: Packet, now: float) -> None: ...


class Layer:
    """Receives, orders, keeps and counts; hands each packet on exactly once.

    ``lanes``: who gets its packets now. ``waiting``: who begins with its next key frame.
    ``gathered``: what came together and has not left yet.
    """

    __slots__ = (
        "_cost",
        "_cost_at",
        "_report",
        "_sink",
        "_timestamps",
        "codec",
        "dropped",
        "gathered",
        "height",
        "key_frames",
        "lanes",
        "losses",
        "newest",
        "octets",
        "packets",
        "rate",
        "reception",
        "repairs",
        "ring",
        "ssrc",
        "waiting",
    )

    def __init__(self, codec: Codec, sink: Sink, *, repairs: bool, height: int = 0) -> None:
        """``repairs``: whether the publisher answers NACK. ``height``: of its pictures, guessed
        until a key frame tells it, the first of which may be lost."""
        self.codec = codec
        self.repairs = repairs
        self.ssrc = 0
        self.ring = Ring(AUDIO_RING if codec.is_audio else VIDEO_RING)
        self.losses = Losses()
        self.reception = Reception(codec.clock_rate)
        self.key_frames = KeyFrameRequests()
        self.rate = RateMeter()
        self.lanes: list[Lane] = []
        self.waiting: list[Taker] = []
        self.gathered: list[Packet] = []
        self.newest: Packet | None = None
        self.height = height
        self.packets = self.octets = self.dropped = 0
        self._sink = sink
        self._timestamps = Unroller(32)
        self._cost, self._cost_at = 0, 0.0
        self._report: tuple[int, int, float] | None = None  # NTP, unrolled timestamp, when it came

    def receive(
        self, number: int, timestamp: int, marker: int, payload: memoryview, level: int, now: float
    ) -> None:
        """One packet, not yet known to be new. Raises: ValueError for a hostile payload."""
        sequence = self.reception.place(number)
        late = sequence is not None and sequence <= self.reception.highest
        if sequence is None or (late and not self._is_new(sequence)):
            self.dropped += 1
            return
        packet = Packet(sequence, self._timestamps.unroll(timestamp), marker, payload, level)
        self.codec.describe(packet)
        self._account(packet, now)
        self._sink.forward(self, packet, late, now)
        if not late:
            self.newest = packet

    def leave(self, now: float) -> None:
        """Send what has gathered, to who gets it now: before that changes, too."""
        gathered, self.gathered = self.gathered, []
        if gathered:
            fanout.send(gathered, self.lanes, now)

    def latch(self, ssrc: int) -> None:
        """From now on this SSRC is the stream (RFC 8843, 9.2)."""
        if self.ssrc:
            self.reception.restart()
        self.ssrc = ssrc

    def _is_new(self, sequence: int) -> bool:
        too_old = self.reception.highest - sequence >= self.ring.capacity
        return not too_old and self.ring.get(sequence) is None

    def _account(self, packet: Packet, now: float) -> None:
        highest = self.reception.highest
        if highest < 0:
            self.losses.clear()
            self._sink.restarted(self, now)
        elif packet.sequence > highest + 1:
            self._on_gap(highest + 1, packet.sequence, now)
        elif packet.sequence < highest:
            self.losses.arrived(packet.sequence, now)
        self.reception.count(packet.sequence, packet.timestamp, now)
        self.ring.put(packet)
        self.rate.add(packet.size, now)
        self.packets += 1
        self.octets += packet.size
        if packet.is_key_frame:
            self.key_frames.came(now)
            self.height = packet.height or self.height

    def _on_gap(self, first: int, end: int, now: float) -> None:
        if not self.repairs:
            return
        self._sink.hurry()
        if not self.losses.gap(first, end, now):
            self.key_frames.want(now)

    def want_key_frame(self, now: float, round_trip: float = 0.0) -> None:
        """``round_trip`` of who asks."""
        self.key_frames.want(now, round_trip)
        self._sink.hurry()

    def is_live(self, now: float) -> bool:
        """Does its encoder send?"""
        return now - self.rate.last < SILENT_SECONDS

    def cost(self, now: float) -> int:
        """Bit/s that showing this layer takes, smoothed over about 2 s: a key frame is no reason to
        leave the layer that it belongs to."""
        if self._cost == 0 or now - self._cost_at >= _COST_SECONDS:
            bitrate = self.rate.bitrate(now)
            weight = 1.0 if self._cost == 0 else 1 - math.exp(-(now - self._cost_at) / 2)
            self._cost += int((bitrate - self._cost) * weight)
            self._cost_at = now
        return self._cost

    def on_sender_report(self, sender: SenderInfo, now: float) -> None:
        self._report = (sender.ntp, self._timestamps.peek(sender.timestamp), now)

    def clock_at(self, now: float) -> tuple[int, int] | None:
        """(NTP, unrolled timestamp) of that moment, on the publisher's clock; None before its first
        sender report."""
        if self._report is None:
            return None
        ntp, timestamp, at = self._report
        passed = now - at
        return ntp + int(passed * 2**32), timestamp + int(passed * self.codec.clock_rate)

    def ntp_of(self, timestamp: int) -> int | None:
        """When a frame was captured, on the publisher's clock, 32.32 fixed point."""
        if self._report is None:
            return None
        ntp, reference, _ = self._report
        return ntp + ((timestamp - reference) << 32) // self.codec.clock_rate

    def report(self, now: float) -> ReportBlock:
        """What to tell its sender (RFC 3550, 6.4.1)."""
        if self._report is None:
            return self.reception.report(self.ssrc, 0, 0)
        ntp, _, at = self._report
        return self.reception.report(self.ssrc, ntp >> 16 & 0xFFFFFFFF, int((now - at) * 65_536))

    def requests(self, sender: int, now: float, round_trip: float) -> list[bytes]:
        """RTCP to send to the publisher now: NACK and PLI."""
        if not self.ssrc:
            return []
        missing, given_up = self.losses.due(now, round_trip)
        if given_up:
            self.key_frames.want(now)
        packets = []
        if missing:
            numbers = [number & MASK_16 for number in missing]
            packets.append(feedback.nack(sender, self.ssrc, numbers))
        if not self.codec.is_audio and self.key_frames.due(now):
            packets.append(feedback.pli(sender, self.ssrc))
        return packets
