"""A browser that receives: jitter buffer, NACK, RTX, a decoder that knows what it can decode, and
transport-wide feedback."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from meetd.relay.forwarding.arrivals import Arrivals
from meetd.relay.rtp import feedback, rtcp, rtx
from meetd.relay.rtp.extensions import elements
from meetd.relay.rtp.header import RtpHeader, is_rtcp
from meetd.relay.rtp.numbers import Unroller, ahead
from meetd.relay.rtp.vp8 import ABSENT, Vp8Descriptor
from tests.relay.network.sender import nowhere
from tests.relay.network.simulation import Simulation

GIVE_UP_SECONDS = 1.0
NO_KEY_SECONDS = 0.3
OPUS = 111


@dataclass
class Piece:
    """One packet of a picture, as the test reads it."""

    timestamp: int
    marker: int
    starts: bool
    is_key: bool
    picture: int
    tl0: int
    hidden: tuple[int, int, int] | None
    payload: bytes


@dataclass
class Frame:
    """One that the decoder showed. ``height`` tells the layer, ``number`` counts its frames."""

    at: float
    height: int
    number: int
    head: Piece


@dataclass
class Stream:
    """One SSRC as it arrived. Faults are counted, not raised: tests say which they allow."""

    ssrc: int
    rtx_ssrc: int = 0
    pieces: dict[int, Piece] = field(default_factory=dict)
    asked: dict[int, float] = field(default_factory=dict)
    missing_since: dict[int, float] = field(default_factory=dict)
    newest: int = -1
    first: int = -1
    next: int = -1
    conflicts: int = 0
    frames: list[Frame] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    skipped: int = 0
    cut: int = 0
    jumped: bool = False
    began: float = 0.0
    pli_at: float = float("-inf")
    reference: tuple[int, int] | None = None  # layer and frame that the decoder holds
    unroll: Unroller = field(default_factory=Unroller)
    stamps: Unroller = field(default_factory=lambda: Unroller(32))
    bytes_at: list[tuple[float, int]] = field(default_factory=list)
    mids: set[str] = field(default_factory=set)


class Viewer:
    """Receives any number of streams on one connection."""

    def __init__(self, simulation: Simulation, *, with_feedback: bool = True) -> None:
        self.simulation = simulation
        self.send: Callable[[bytes], None] = nowhere
        self.streams: dict[int, Stream] = {}
        self.reports: list[bytes] = []
        self.padding = 0
        self._by_rtx: dict[int, Stream] = {}
        self._arrivals = Arrivals()
        self._with_feedback = with_feedback

    def expect(self, ssrc: int, rtx_ssrc: int = 0) -> Stream:
        stream = self.streams[ssrc] = Stream(ssrc, rtx_ssrc)
        self._by_rtx[rtx_ssrc] = stream
        return stream

    def start(self) -> None:
        self.simulation.every(0.01, self._tick, 0.0037)

    def on_packet(self, data: bytes, now: float) -> None:
        if is_rtcp(data):
            self.reports.append(data)
            return
        header = RtpHeader(data)
        found = {i: data[start : start + n] for i, start, n in elements(data, header)}
        self._arrivals.add(int.from_bytes(found[3], "big"), now)
        stream = self.streams.get(header.ssrc)
        number: int | None = header.sequence_number
        start = header.payload_start
        if stream is None:
            stream = self._by_rtx[header.ssrc]
            number, start = rtx.original_sequence_number(data, header), start + 2
        if number is None:
            self.padding += len(data)
            return
        stream.mids.add(found[4].decode())
        stream.bytes_at.append((now, len(data)))
        self._place(stream, number, header, data[start : header.payload_end], now)

    def _place(
        self, stream: Stream, number: int, header: RtpHeader, payload: bytes, now: float
    ) -> None:
        place = stream.unroll.unroll(number)
        piece = _piece(header, payload, stream.stamps.unroll(header.timestamp))
        known = stream.pieces.get(place)
        if known is not None:
            stream.conflicts += known != piece
            return
        stream.pieces[place] = piece
        stream.missing_since.pop(place, None)
        if stream.first < 0:
            stream.first = stream.next = stream.newest = place
            stream.began = now
        if not stream.frames:
            stream.next = min(stream.next, place)
        for gap in range(stream.newest + 1, place):
            stream.missing_since[gap] = now
        stream.newest = max(stream.newest, place)
        if header.payload_type != OPUS:
            self._decode(stream, now)

    def gaps(self, stream: Stream, *, older_than: float) -> list[int]:
        """Numbers that never came."""
        return [
            n
            for n, since in stream.missing_since.items()
            if self.simulation.now - since > older_than
        ]

    def _decode(self, stream: Stream, now: float) -> None:
        """Take whole frames in order."""
        while (found := self._whole_frame(stream, stream.next)) is not None:
            start, frame = found
            between = [stream.pieces[n] for n in range(stream.next, start)]
            cut = sum(piece.starts for piece in between)
            stream.cut += cut
            stream.next = start
            self._show(stream, frame, cut, now)
            stream.next += len(frame)

    def _whole_frame(self, stream: Stream, at: int) -> tuple[int, list[Piece]] | None:
        """The next frame that is complete, and where it begins."""
        pieces: list[Piece] = []
        while (piece := stream.pieces.get(at + len(pieces))) is not None:
            if pieces and piece.starts:
                # The one before was cut by a switch: a real jitter buffer never shows it.
                at += len(pieces)
                pieces = []
            if not pieces and not piece.starts and not stream.frames:
                return None  # the start was overtaken
            pieces.append(piece)
            if piece.marker:
                return at, pieces
        return None

    def _show(self, stream: Stream, frame: list[Piece], cut: int, now: float) -> None:
        head = frame[0]
        if not head.starts or head.hidden is None:
            stream.faults.append(f"frame without a start at {stream.next}")
            return
        height, number, is_key = head.hidden
        if any(piece.timestamp != head.timestamp for piece in frame):
            stream.faults.append("one frame, two timestamps")
        if not is_key and stream.reference != (height, number - 1):
            stream.faults.append(f"undecodable: {height}/{number} after {stream.reference}")
            stream.reference = None
            return
        if stream.frames:
            self._check_order(stream, head, cut)
        stream.jumped = False
        stream.reference = (height, number)
        stream.frames.append(Frame(now, height, number, head))

    def _check_order(self, stream: Stream, head: Piece, cut: int) -> None:
        """Frames that were cut have a PictureID of their own; after giving up, some are missing."""
        before = stream.frames[-1].head
        if head.timestamp <= before.timestamp:
            stream.faults.append(f"timestamp goes from {before.timestamp} to {head.timestamp}")
        steps = (ahead(head.picture, before.picture, 15), ahead(head.tl0, before.tl0, 8))
        if steps != (1 + cut, 1 + cut) and not stream.jumped:
            stream.faults.append(f"PictureID and TL0PICIDX go on by {steps} after {cut} cut frames")

    def _tick(self, now: float) -> None:
        if self._with_feedback:
            for report in self._arrivals.due(1, 0, now):
                self.send(report)
        for stream in self.streams.values():
            self._ask(stream, now)

    def _ask(self, stream: Stream, now: float) -> None:
        due = [
            number
            for number, since in stream.missing_since.items()
            if 0.01 <= now - since < GIVE_UP_SECONDS and now - stream.asked.get(number, 0) > 0.08
        ]
        for number in due:
            stream.asked[number] = now
        if due and stream.rtx_ssrc:
            self.send(feedback.nack(1, stream.ssrc, sorted(n & 0xFFFF for n in due)))
        waits = [since for n, since in stream.missing_since.items() if n >= stream.next]
        gave_up = bool(waits) and now - min(waits) > GIVE_UP_SECONDS
        never_began = (
            bool(stream.pieces) and not stream.frames and now - stream.began > NO_KEY_SECONDS
        )
        if stream.rtx_ssrc and (gave_up or never_began):
            self._skip_to_key_frame(stream, now)

    def _skip_to_key_frame(self, stream: Stream, now: float) -> None:
        places = range(stream.next, stream.newest + 1)
        starts = [n for n in places if n in stream.pieces and _starts_key(stream.pieces[n])]
        whole = [n for n in starts if self._whole_frame(stream, n) is not None]
        if whole:
            stream.next = whole[-1]
            stream.skipped += 1
            stream.jumped = True
            self._decode(stream, now)
        elif now - stream.pli_at > 0.3:
            self.ask_key_frame(stream, now)

    def ask_key_frame(self, stream: Stream, now: float) -> None:
        stream.pli_at = now
        self.send(feedback.pli(1, stream.ssrc))

    def bitrate(self, seconds: float) -> float:
        """Of media received in the last seconds."""
        since = self.simulation.now - seconds
        sizes = [n for s in self.streams.values() for at, n in s.bytes_at if at >= since]
        return sum(sizes) * 8 / seconds


def _starts_key(piece: Piece) -> bool:
    return piece.starts and piece.is_key


def _piece(header: RtpHeader, payload: bytes, timestamp: int) -> Piece:
    if header.payload_type == OPUS:
        return Piece(timestamp, header.marker, True, False, 0, 0, None, payload)
    found = Vp8Descriptor(payload, 0, len(payload))
    assert found.picture_id != ABSENT
    at = found.payload + (0 if not found.starts_frame else 10 if found.is_key_frame else 3)
    hidden = struct.unpack_from("!HIB", payload, at)
    return Piece(
        timestamp,
        header.marker,
        found.starts_frame,
        found.is_key_frame,
        found.picture_id,
        found.tl0_picture_index,
        hidden,
        payload,
    )


def senders(reports: list[bytes]) -> list[rtcp.SenderInfo]:
    found = [packet for data in reports for packet in rtcp.split(data)]
    return [rtcp.read_sender_report(p)[0] for p in found if p.kind == rtcp.SENDER_REPORT]
