"""One track as one subscriber gets it."""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Final

from meetd.core.limits import Bucket
from meetd.relay.forwarding import fanout
from meetd.relay.forwarding.layer import Layer
from meetd.relay.forwarding.outlet import Lane, Outlet
from meetd.relay.forwarding.packet import Packet
from meetd.relay.forwarding.timeline import Timeline
from meetd.relay.forwarding.track import Track
from meetd.relay.rtp import canonical
from meetd.relay.rtp.numbers import MASK_16, MASK_32, ahead
from meetd.relay.rtp.rtcp import ReportBlock, SenderInfo, sender_report
from meetd.relay.rtp.vp8 import ABSENT

_LANES_KEPT: Final = 8
"""For late packets and NACK: switches come seconds apart, NACK within one."""
_ASK_RATE: Final = 400.0
_ASK_BURST: Final = 200.0
"""Numbers in NACKs per second, and at once. A fifth of 2.5 Mbit/s lost is 50 numbers per second,
each asked for a few times; a subscriber that asks for everything gets no more than this."""


class State(Enum):
    """``SWITCHING``: one layer goes on while another's key frame is awaited."""

    PAUSED = "paused"
    WAITING = "waiting"
    FORWARDING = "forwarding"
    SWITCHING = "switching"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the server's offer called this stream. ``mid`` has two characters."""

    mid: str
    ssrc: int
    rtx_ssrc: int = 0
    """0: without RTX. Then nothing is sent twice: the same number with another head would use one
    AES-GCM nonce for two packets (RFC 7714, 12.1)."""


class Subscription:
    """Rewrites numbers over pauses and layer switches, and answers NACK.

    ``first``: the sequence number to begin with, best at random below 2**15 (RFC 3711, 3.3.1).
    """

    def __init__(self, track: Track, outlet: Outlet, identity: Identity, first: int) -> None:
        self.track = track
        self.identity = identity
        self.state = State.PAUSED
        self.target: Layer | None = None
        self.layer: Layer | None = None
        self.switches = self.resent = self.refused = 0
        self._outlet = outlet
        self._mid = canonical.mid_word(identity.mid)
        self._lane: Lane | None = None
        self._lanes: deque[Lane] = deque(maxlen=_LANES_KEPT)
        self._next = first + MASK_16 + 1
        self._rtx_next = first
        self._picture = self._tl0 = ABSENT
        self._timeline = Timeline(track.codec.clock_rate)
        self._packets = self._octets = 0  # of lanes that ended; of the open one, less its start
        self._reported: tuple[int, float] | None = None  # middle of the NTP sent, and when
        self._highest_reported = -1
        self._asks: Bucket | None = None
        self._resent_at: dict[int, float] = {}

    @property
    def octets(self) -> int:
        """Of media that were forwarded, without what was sent again."""
        return self._octets + (self.layer.octets if self.layer is not None else 0)

    def choose(self, layer: Layer | None, now: float) -> None:
        """What to show from now on: a layer, from its next key frame on, or nothing."""
        if layer is None:
            self._pause(now)
        elif layer is not self.target:
            self._stop_waiting()
            self.target = layer
            if layer is self.layer and self._lane is not None:
                self.state = State.FORWARDING
            else:
                self._wait(layer, now)

    def _wait(self, layer: Layer, now: float) -> None:
        self.state = State.WAITING if self._lane is None else State.SWITCHING
        layer.waiting.append(self)
        layer.want_key_frame(now)

    def _stop_waiting(self) -> None:
        if self.target is not None and self.state in {State.WAITING, State.SWITCHING}:
            self.target.waiting.remove(self)

    def _pause(self, now: float) -> None:
        self._stop_waiting()
        self._end_lane(now)
        self.state, self.target = State.PAUSED, None

    def begin(self, layer: Layer, packet: Packet, now: float) -> None:
        """The key frame that was awaited starts with this packet. The caller sends it."""
        layer.waiting.remove(self)
        layer.leave(now)
        self._end_lane(now)
        self._lane = lane = self._new_lane(layer, packet, now)
        self._lanes.append(lane)
        layer.lanes.append(lane)
        self.layer, self.state = layer, State.FORWARDING
        self._packets -= layer.packets
        self._octets -= layer.octets
        self.switches += 1

    def catch_up(self, layer: Layer, packet: Packet, now: float) -> None:
        """As ``begin``, where later packets of that key frame have come already."""
        self.begin(layer, packet, now)
        for sequence in range(packet.sequence, layer.reception.highest + 1):
            known = layer.ring.get(sequence)
            if known is not None and self._lane is not None:
                fanout.send((known,), (self._lane,), now)

    def _new_lane(self, layer: Layer, packet: Packet, now: float) -> Lane:
        lane = Lane(self._outlet, layer.ring, packet.sequence)
        lane.ssrc, lane.mid = self.identity.ssrc, self._mid
        lane.payload_type = layer.codec.payload_type
        lane.paced = not layer.codec.is_audio
        lane.sequence_offset = self._next - packet.sequence
        lane.timestamp_offset = self._timeline.offset(layer, packet.timestamp, now)
        lane.picture_offset = _continuing(self._picture, packet.picture_id)
        lane.tl0_offset = _continuing(self._tl0, packet.tl0_picture_index)
        return lane

    def _end_lane(self, now: float, cut: Packet | None = None) -> None:
        """At the layer's newest packet, or before ``cut``, which was not sent any more."""
        lane, layer = self._lane, self.layer
        if lane is None or layer is None:
            return
        if cut is None:
            layer.leave(now)
        newest = cut or layer.newest
        if newest is not None and newest.sequence >= lane.first:
            self._remember_end(lane, newest, now, was_sent=cut is None)
        layer.lanes.remove(lane)
        self._packets += layer.packets
        self._octets += layer.octets
        self._lane = self.layer = None

    def _remember_end(self, lane: Lane, end: Packet, now: float, *, was_sent: bool) -> None:
        lane.last = end.sequence if was_sent else end.sequence - 1
        self._next = lane.last + lane.sequence_offset + 1
        self._timeline.ended(end.timestamp + lane.timestamp_offset, now)
        # A frame that was cut before its first packet does not count.
        back = 0 if was_sent or not end.starts_frame else 1
        if end.picture_id != ABSENT:
            self._picture = end.picture_id + lane.picture_offset - back
        if end.tl0_picture_index != ABSENT:
            self._tl0 = end.tl0_picture_index + lane.tl0_offset - back

    def cut(self, lane: Lane, packet: Packet, now: float) -> None:
        """The subscriber takes no more: ``packet`` and what follows was dropped. A key frame is
        awaited; an older lane just ends there."""
        if lane is not self._lane:
            lane.last = min(lane.last, packet.sequence - 1)
            return
        self._stop_waiting()
        again = self.layer if self.target is None else self.target
        self._end_lane(now, packet)
        if again is not None:
            self.target = again
            self._wait(again, now)

    def restart(self, layer: Layer, now: float) -> None:
        """The layer's numbers begin anew."""
        if layer is not self.layer:
            return
        self._stop_waiting()
        self._end_lane(now)
        if self.target is not None:
            self._wait(self.target, now)

    def late(self, packet: Packet, layer: Layer, now: float) -> None:
        """A packet that others have overtaken goes where its number was left free."""
        for lane in reversed(self._lanes):
            if lane.ring is layer.ring and lane.covers(packet.sequence):
                fanout.send_past(packet, lane, now)
                return

    def key_frame_lost(self, now: float, round_trip: float) -> None:
        """The subscriber asks for one (PLI or FIR)."""
        layer = self.target or self.layer
        if layer is not None:
            layer.want_key_frame(now, round_trip)

    def resend(self, numbers: list[int], now: float, round_trip: float) -> None:
        """Answer a NACK from the ring, each packet once per round trip."""
        if not self.identity.rtx_ssrc:
            self.refused += len(numbers)
            return
        self._forget_resent(now - max(0.02, round_trip))
        newest = self._newest()
        self._asks = self._asks or Bucket(_ASK_RATE, _ASK_BURST, now)
        for index, number in enumerate(numbers):
            if self._asks.take(now):
                self.refused += len(numbers) - index
                return
            self._resend(newest + ahead(number, newest & MASK_16), now)

    def _resend(self, number: int, now: float) -> None:
        found = self._find(number)
        if found is None or number in self._resent_at or self._outlet.is_behind(now):
            self.refused += 1
            return
        self._resent_at[number] = now
        fanout.resend(*found, self.take_rtx(), now)
        self.resent += 1

    def _forget_resent(self, before: float) -> None:
        if self._resent_at:
            self._resent_at = {n: at for n, at in self._resent_at.items() if at > before}

    def _newest(self) -> int:
        """The highest sequence number sent, unrolled."""
        lane, layer = self._lane, self.layer
        if lane is None or layer is None or layer.newest is None:
            return self._next - 1
        return max(layer.newest.sequence, lane.first) + lane.sequence_offset

    def _find(self, number: int) -> tuple[Packet, Lane] | None:
        for lane in reversed(self._lanes):
            sequence = number - lane.sequence_offset
            packet = lane.ring.get(sequence) if lane.covers(sequence) else None
            if packet is not None:
                return packet, lane
        return None

    def take_rtx(self) -> tuple[int, int, int]:
        """Payload type, SSRC and the next sequence number of the RTX stream."""
        self._rtx_next += 1
        payload_type = self.track.codec.rtx_payload_type
        return payload_type, self.identity.rtx_ssrc, self._rtx_next & MASK_16

    def pad(self, now: float) -> int:
        """Send a probe packet in the RTX stream. Returns its size."""
        stamp = self._timeline.last
        return fanout.pad(self._outlet, self.take_rtx(), self._mid, stamp, now)

    def report(self, now: float) -> bytes | None:
        """A sender report (RFC 3550, 6.4.1) on the publisher's clock, so that one publisher's sound
        and picture stay together. None while nothing runs or that clock is not known."""
        lane, layer = self._lane, self.layer
        clock = layer.clock_at(now) if layer is not None else None
        if lane is None or layer is None or clock is None:
            return None
        ntp, timestamp = clock
        self._reported = (ntp >> 16 & MASK_32, now)
        packets, octets = self._packets + layer.packets, self._octets + layer.octets
        return sender_report(
            SenderInfo(
                self.identity.ssrc,
                ntp & 0xFFFF_FFFF_FFFF_FFFF,
                (timestamp + lane.timestamp_offset) & MASK_32,
                packets & MASK_32,
                octets & MASK_32,
            )
        )

    def reported(self, block: ReportBlock, now: float) -> tuple[float | None, int]:
        """(round trip in seconds where it can be told, packets that the report is about)."""
        before, self._highest_reported = self._highest_reported, block.highest
        packets = (block.highest - before) & MASK_16 if before >= 0 else 0
        if self._reported is None or block.last_report != self._reported[0]:
            return None, packets
        return max(0.0, now - self._reported[1] - block.delay / 65_536), packets

    def close(self, now: float) -> None:
        self._pause(now)
        self.track.subscriptions.remove(self)


def _continuing(last: int, first: int) -> int:
    """The offset with which ``first`` follows ``last``."""
    return 0 if ABSENT in {last, first} else last + 1 - first
