"""One peer that receives: its subscriptions, its feedback, its bandwidth."""

from typing import Final

from meetd.core.ids import random_bytes
from meetd.core.limits import Bucket
from meetd.relay.forwarding import fanout
from meetd.relay.forwarding.allocation import Shown, Wish, allocate
from meetd.relay.forwarding.bandwidth.estimator import MAX, START, Estimator
from meetd.relay.forwarding.outlet import Outlet
from meetd.relay.forwarding.subscription import Identity, Subscription
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Wire
from meetd.relay.rtp import feedback, rtcp, transport_cc
from meetd.relay.rtp.numbers import Unroller
from meetd.relay.rtp.rtcp import ReportBlock, RtcpPacket
from meetd.relay.rtp.transport_cc import REFERENCE_TICKS, TransportFeedback

STEADY_SECONDS: Final = 0.05
"""As often as feedback comes, where looks are as frequent."""
ALLOCATE_SECONDS: Final = 0.2
REPORT_SECONDS: Final = 1.0
FEEDBACK_RATE: Final = 60_000
"""Bytes of RTCP per second: 20 packets of transport-cc, as many NACK, and whatever a crowd adds are
a quarter of it. By bytes, because reading takes as long as a packet is: 2 kB take 1.5 ms
(measured)."""
_PACKET_COST: Final = 100
"""Bytes that a packet counts beside its own."""
LATE_SECONDS: Final = 0.25
"""Beyond a round trip; what is not reported by then is lost."""
MAX_SUBSCRIPTIONS: Final = 400
"""Of one subscriber: 100 people with four streams each."""
_CEILING_SHARE: Final = 0.85
"""Of what a subscriber may get at the most; the rest is for key frames and what is sent again."""
_MAX_PROBE_BYTES: Final = 12_000
"""Padding per tick: a late tick must not become a burst."""


class Subscriber:
    """``tick`` every 10 to 80 ms releases what is held back, probes, allocates and reports.

    Counters: packets that were asked for again (``nacks``), and requests for key frames.
    """

    def __init__(self, wire: Wire, ssrc: int, cname: str, start: int = START) -> None:
        self.outlet = Outlet(wire, start)
        self.estimator = Estimator(start)
        self._wire = wire
        self._names = rtcp.source_description(ssrc, cname)
        self._subscriptions: dict[int, Subscription] = {}
        self._shown: dict[Subscription, Shown] = {}
        self._reference = Unroller(24)
        self._steady_at = self._allocate_at = self._report_at = float("-inf")
        self._probe_number = 0
        self.ceiling = MAX
        self.needed = 0
        self.stalls = self.limited = 0
        self.nacks = self.plis = self.firs = 0
        self._feedback: Bucket | None = None

    def limit(self, bitrate: int) -> None:
        """In bit/s, from now on: whatever the path would take."""
        ceiling = min(MAX, bitrate)
        if ceiling == self.ceiling:
            return
        self.ceiling = ceiling
        self._pace()
        self._allocate_at = self._steady_at = float("-inf")

    def _pace(self) -> None:
        self.outlet.set_bitrate(self.estimator.target, self.ceiling)

    def subscribe(self, track: Track, identity: Identity, now: float) -> Subscription:
        """Sound begins at once, pictures when the page shows them. Raises: ValueError."""
        taken = {identity.ssrc, identity.rtx_ssrc} - {0}
        if len(self._subscriptions) >= MAX_SUBSCRIPTIONS or taken & self._ssrcs():
            raise ValueError("too many subscriptions, or their SSRC is in use")
        first = int.from_bytes(random_bytes(2), "big") >> 1
        subscription = Subscription(track, self.outlet, identity, first)
        self._subscriptions[identity.ssrc] = subscription
        self._shown[subscription] = Shown(0)
        track.subscriptions.append(subscription)
        if track.codec.is_audio and track.is_audible:
            subscription.choose(track.layers[0], now)
        return subscription

    def _ssrcs(self) -> set[int]:
        identities = [subscription.identity for subscription in self._subscriptions.values()]
        return {ssrc for one in identities for ssrc in (one.ssrc, one.rtx_ssrc)}

    def unsubscribe(self, subscription: Subscription, now: float) -> None:
        del self._subscriptions[subscription.identity.ssrc]
        del self._shown[subscription]
        subscription.close(now)

    def close(self, now: float) -> None:
        for subscription in list(self._subscriptions.values()):
            self.unsubscribe(subscription, now)

    def show(self, subscription: Subscription, shown: Shown) -> None:
        """The page shows a picture differently from now on."""
        if self._shown[subscription] != shown:
            self._shown[subscription] = shown
            self._allocate_at = self._steady_at = float("-inf")
            self.outlet.hurry()

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Raises: ValueError. What comes too often is dropped before it is parsed."""
        self._feedback = self._feedback or Bucket(FEEDBACK_RATE, FEEDBACK_RATE, now)
        if self._feedback.take(now, len(data) + _PACKET_COST):
            self.limited += 1
            return
        for packet in rtcp.split(data):
            if packet.kind == rtcp.TRANSPORT_FEEDBACK:
                self._on_transport_feedback(packet, now)
            elif packet.kind == rtcp.PAYLOAD_FEEDBACK:
                self._on_payload_feedback(packet, now)
            elif packet.kind == rtcp.RECEIVER_REPORT:
                self._on_blocks(rtcp.read_receiver_report(packet), now)
            elif packet.kind == rtcp.SENDER_REPORT:
                self._on_blocks(rtcp.read_sender_report(packet)[1], now)

    def _on_transport_feedback(self, packet: RtcpPacket, now: float) -> None:
        if packet.fmt == transport_cc.TRANSPORT_CC:
            self._on_arrivals(transport_cc.read_transport_feedback(packet), now)
        elif packet.fmt == feedback.NACK:
            subscription = self._subscriptions.get(feedback.read_media_ssrc(packet))
            if subscription is not None:
                numbers = feedback.read_nack(packet)
                self.nacks += len(numbers)
                subscription.resend(numbers, now, self.estimator.round_trip)

    def _on_payload_feedback(self, packet: RtcpPacket, now: float) -> None:
        if packet.fmt == feedback.PLI:
            self.plis += 1
            self._on_key_frame_lost(feedback.read_media_ssrc(packet), now)
        elif packet.fmt == feedback.FIR:
            for ssrc, _ in feedback.read_fir(packet):
                self.firs += 1
                self._on_key_frame_lost(ssrc, now)
        elif packet.fmt == feedback.APPLICATION:
            bitrate = feedback.read_remb(packet)
            if bitrate is not None:
                self.estimator.on_remb(bitrate, now)

    def _on_key_frame_lost(self, ssrc: int, now: float) -> None:
        subscription = self._subscriptions.get(ssrc)
        if subscription is not None:
            subscription.key_frame_lost(now, self.estimator.round_trip)

    def _on_arrivals(self, report: TransportFeedback, now: float) -> None:
        """Numbers that we never sent are the peer's invention, and left out."""
        start = self._reference.unroll(report.reference) * REFERENCE_TICKS
        arrivals = self.outlet.acknowledge(report.base, report.received, start)
        if not arrivals:
            return
        self.outlet.report(report.base, report.statuses)
        settled = now - self.estimator.round_trip - LATE_SECONDS
        lost, total = self.outlet.settle(arrivals[-1][0], settled)
        self.estimator.on_feedback(arrivals, lost, total, now)
        self._pace()

    def _on_blocks(self, blocks: list[ReportBlock], now: float) -> None:
        for block in blocks:
            subscription = self._subscriptions.get(block.ssrc)
            if subscription is not None:
                round_trip, packets = subscription.reported(block, now)
                self.estimator.on_report(block.fraction_lost / 256, packets, round_trip)

    def tick(self, now: float) -> bool:
        """Returns whether the next one is wanted soon: something is paced."""
        if self.outlet.held:
            self._release(now)
        if now >= self._steady_at:
            self._steady_at = now + STEADY_SECONDS
            self._steady(now)
        elif self.estimator.probing.is_sending:
            self._pad(now)
        return bool(self.outlet.held) or self.estimator.probing.is_sending

    def _steady(self, now: float) -> None:
        """What need not be done at each tick: 50 receivers of 100 ticks per second were a seventh
        of what forwarding one camera to them costs."""
        self.estimator.tick(now)
        self._pace()
        if now >= self._allocate_at:
            self._allocate_at = now + ALLOCATE_SECONDS
            self._allocate(now)
        if now >= self._report_at:
            self._report_at = now + REPORT_SECONDS
            self._report(now)
        self._probe(now)

    def _release(self, now: float) -> None:
        fanout.release(self.outlet, now)
        if self.outlet.is_overfull():
            self.stalls += 1
            for lane, packet in self.outlet.drop_held():
                subscription = self._subscriptions.get(lane.ssrc)
                if subscription is not None:
                    subscription.cut(lane, packet, now)

    def _allocate(self, now: float) -> None:
        sound = 0
        wishes: dict[Subscription, Wish] = {}
        for subscription in self._subscriptions.values():
            track = subscription.track
            if track.codec.is_audio:
                sound += track.layers[0].rate.bitrate(now) if track.is_audible else 0
                continue
            live = [layer for layer in track.by_height() if layer.is_live(now)]
            shown, current = self._shown[subscription], subscription.target
            wishes[subscription] = Wish(shown, live, current, track.owner)
        target = min(self.estimator.target, int(self.ceiling * _CEILING_SHARE))
        spare = min(self.estimator.spare, self.ceiling - target)
        needed = sound + allocate(target - sound, list(wishes.values()), now, spare)
        self.needed = min(needed, self.ceiling)  # more is not tried for
        for subscription, wish in wishes.items():
            subscription.choose(wish.chosen, now)

    def _probe(self, now: float) -> None:
        probing, outlet = self.estimator.probing, self.outlet
        if probing.is_sending:
            self._pad(now)
        elif self.needed > self.estimator.target and self._may_probe():
            probing.wanted(self.estimator.target, self.needed, outlet.number, now)
            self._probe_number = outlet.number

    def _may_probe(self) -> bool:
        """Can padding be sent, and would it harm nobody?"""
        is_free = not self.outlet.held and not self.estimator.is_overused
        return is_free and self._padded() is not None

    def _pad(self, now: float) -> None:
        """Go on with a probe."""
        probing, padded = self.estimator.probing, self._padded()
        due = min(_MAX_PROBE_BYTES, probing.bytes_due(self._sent_since(), now))
        while due > 0 and padded is not None:
            due -= padded.pad(now)
        probing.ended(self.outlet.number, now)

    def _padded(self) -> Subscription | None:
        """In whose RTX stream padding can be sent."""
        return next((s for s in self._subscriptions.values() if s.identity.rtx_ssrc), None)

    def _sent_since(self) -> int:
        """Bytes that left since the last call."""
        number, sizes = self.outlet.number, self.outlet.sizes
        fresh = range(max(self._probe_number, number - len(sizes)), number)
        self._probe_number = number
        return sum(sizes[n & (len(sizes) - 1)] for n in fresh)

    def _report(self, now: float) -> None:
        reports = [subscription.report(now) for subscription in self._subscriptions.values()]
        written = [report for report in reports if report is not None]
        # 40 of 28 bytes and the names fit into a datagram.
        for start in range(0, len(written), 40):
            self._wire.send_rtcp(b"".join(written[start : start + 40]) + self._names)
