"""Ingress: what one peer sends, from its first byte to the layer it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from meetd.core.limits import Bucket
from meetd.relay.forwarding.arrivals import Arrivals
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.layer import Layer
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Wire
from meetd.relay.rtp import rtcp, rtx
from meetd.relay.rtp.canonical import NO_LEVEL
from meetd.relay.rtp.extensions import ExtensionIds, elements, text
from meetd.relay.rtp.header import RtpHeader

MAX_LAYERS: Final = 16
"""Of one publisher: a microphone, a camera in three layers, a screen in three, its sound, and as
many again while they change."""
MAX_BITRATE: Final = 12_000_000
MAX_PAYLOAD: Final = 1_300
"""Bytes. The head and RTX make it 1,330, below the 1,356 that SRTP takes."""
REPORT_SECONDS: Final = 1.0
REPORT_RATE: Final = 100
"""RTCP packets per second: a sender report and a description per stream, and not each second."""
_BURST_SECONDS: Final = 0.5
_FIRST_ROUND_TRIP: Final = 0.1
_ROUND_TRIPS: Final = (0.005, 2.0)
"""Seconds that are believed: a packet that was only overtaken looks like a fast answer."""
_SMOOTHING: Final = 8
"""As TCP does (RFC 6298, 2)."""
_RELATCHES_PER_SECOND: Final = 0.5
_RELATCH_BURST: Final = 8


@dataclass(frozen=True, slots=True)
class Format:
    """What a payload type stands for in this publisher's offer."""

    codec: Codec
    is_rtx: bool = False


@dataclass(frozen=True, slots=True)
class _Source:
    layer: Layer
    is_rtx: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """The publisher's numbers for things, as its offer says."""

    formats: Mapping[int, Format]
    extensions: ExtensionIds


class Publisher:
    """Latches SSRCs, unwraps RTX, limits, and writes the RTCP that the publisher needs.

    ``ssrc``: with which we send RTCP. ``round_trip`` in seconds, from requests to what they bring:
    reports cannot tell it, because we send the publisher nothing that it could report on.
    Counters: packets ``limited`` (above ``max_bitrate``, or RTCP too often), ``unknown`` (of no
    announced stream).
    """

    def __init__(
        self, wire: Wire, agreed: Agreed, ssrc: int, cname: str, max_bitrate: int = MAX_BITRATE
    ) -> None:
        self._wire = wire
        self._agreed = agreed
        self._ssrc = ssrc
        self._names = rtcp.source_description(ssrc, cname)
        self._seconds_per_byte = 8 / max_bitrate
        self._clear_at = 0.0
        self._announced: dict[tuple[str, str], Layer] = {}
        self._sources: dict[int, _Source] = {}
        self._relatches: Bucket | None = None
        self._reports: Bucket | None = None
        self._arrivals = Arrivals()
        self._report_at = 0.0
        self.round_trip = _FIRST_ROUND_TRIP
        self.limited = self.unknown = 0

    def announce(self, mid: str, track: Track, rids: tuple[str, ...] = ("",)) -> None:
        """A stream of the offer; ``rids`` from the smallest layer up. Raises: ValueError."""
        if len(self._announced) + len(rids) > MAX_LAYERS or len(rids) != len(track.layers):
            raise ValueError(f"more than {MAX_LAYERS} layers, or not those of the track")
        for rid, layer in zip(rids, track.layers, strict=True):
            self._announced[mid, rid] = layer

    def on_rtp(self, data: bytes, now: float) -> None:
        """One packet. Raises: ValueError.

        What is above the bitrate is dropped before it is parsed, and is not reported as arrived: an
        honest sender slows down.
        """
        clear_at = max(self._clear_at, now) + len(data) * self._seconds_per_byte
        if clear_at - now > _BURST_SECONDS:
            self.limited += 1
            return
        self._clear_at = clear_at
        header = RtpHeader(data)
        source, level = self._read_extensions(data, header, now)
        if source is None:
            self.unknown += 1
        elif source.is_rtx:
            self._receive_rtx(source.layer, data, header, level, now)
        else:
            self._receive(source.layer, header, data, header.payload_start, now, level=level)

    def _receive_rtx(
        self, layer: Layer, data: bytes, header: RtpHeader, level: int, now: float
    ) -> None:
        number = rtx.original_sequence_number(data, header)
        if number is not None:
            header.sequence_number = number
            start = header.payload_start + rtx.ORIGINAL.size
            self._receive(layer, header, data, start, now, level=level)

    def _receive(
        self, layer: Layer, header: RtpHeader, data: bytes, start: int, now: float, *, level: int
    ) -> None:
        if header.payload_end - start > MAX_PAYLOAD:
            raise ValueError("RTP payload is too long to forward")
        payload = memoryview(data)[start : header.payload_end]
        layer.receive(header.sequence_number, header.timestamp, header.marker, payload, level, now)

    def _read_extensions(
        self, data: bytes, header: RtpHeader, now: float
    ) -> tuple[_Source | None, int]:
        """Whose packet it is, and its audio level. Notes the transport-wide number."""
        ids, level, source = self._agreed.extensions, NO_LEVEL, self._sources.get(header.ssrc)
        names: dict[int, tuple[int, int]] = {}
        for identifier, start, length in elements(data, header):
            if identifier == ids.transport_cc and length > 1:
                self._arrivals.add(data[start] << 8 | data[start + 1], now)
            elif identifier == ids.audio_level and length:
                level = data[start]
            elif source is None and identifier in {ids.mid, ids.rid, ids.repaired_rid}:
                names[identifier] = (start, length)
        if source is None and names:
            source = self._latch(header, {i: text(data, *at) for i, at in names.items()}, now)
        format_ = self._agreed.formats.get(header.payload_type)
        if source is None or format_ is None or format_.is_rtx is not source.is_rtx:
            return None, level
        return (source if format_.codec is source.layer.codec else None), level

    def _latch(self, header: RtpHeader, names: dict[int, str], now: float) -> _Source | None:
        """A new SSRC says by mid and rid what it is (RFC 8843, 9.2; RFC 8852).

        Nothing is kept for what was not announced. Changing one's SSRC is allowed, but not often:
        each time all viewers need a key frame.
        """
        ids, format_ = self._agreed.extensions, self._agreed.formats.get(header.payload_type)
        is_rtx = format_ is not None and format_.is_rtx
        rid = names.get(ids.repaired_rid if is_rtx else ids.rid, "")
        layer = self._announced.get((names.get(ids.mid, ""), rid))
        self._relatches = self._relatches or Bucket(_RELATCHES_PER_SECOND, _RELATCH_BURST, now)
        if layer is None or format_ is None or format_.codec is not layer.codec:
            return None
        source = _Source(layer, is_rtx)
        former = [ssrc for ssrc, other in self._sources.items() if other == source]
        if former and self._relatches.take(now):
            return None
        for ssrc in former:
            del self._sources[ssrc]
        self._sources[header.ssrc] = source
        if not is_rtx:
            layer.latch(header.ssrc)
        return source

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Raises: ValueError. What comes too often is dropped before it is parsed."""
        self._reports = self._reports or Bucket(REPORT_RATE, REPORT_RATE, now)
        if self._reports.take(now):
            self.limited += 1
            return
        for packet in rtcp.split(data):
            if packet.kind == rtcp.SENDER_REPORT:
                sender, _ = rtcp.read_sender_report(packet)
                source = self._sources.get(sender.ssrc)
                if source is not None and not source.is_rtx:
                    source.layer.on_sender_report(sender, now)

    def tick(self, now: float) -> bool:
        """Send what RTCP is due; to be called every 10 to 80 ms. Returns whether the next one is
        wanted soon: something is lost."""
        media = next(iter(self._sources), 0)
        for report in self._arrivals.due(self._ssrc, media, now):
            self._wire.send_rtcp(report)
        for layer in self._announced.values():
            self._learn_round_trip(layer)
            for request in layer.requests(self._ssrc, now, self.round_trip):
                self._wire.send_rtcp(request)
        if now >= self._report_at:
            self._report_at = now + REPORT_SECONDS
            self._report(now)
        return any(layer.losses for layer in self._announced.values())

    def _learn_round_trip(self, layer: Layer) -> None:
        answered, layer.losses.answered = layer.losses.answered, None
        if answered is not None:
            within = min(max(answered, _ROUND_TRIPS[0]), _ROUND_TRIPS[1])
            self.round_trip += (within - self.round_trip) / _SMOOTHING

    def _report(self, now: float) -> None:
        layers = [source.layer for source in self._sources.values() if not source.is_rtx]
        blocks = [layer.report(now) for layer in layers]
        self._wire.send_rtcp(rtcp.receiver_report(self._ssrc, blocks) + self._names)
