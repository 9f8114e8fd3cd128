"""A browser that publishes: sound, and a picture in three layers, encrypted beyond the clear bytes.

Ids and payload types are not the canonical ones, as Firefox's are not.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from meetd.relay.rtp import feedback, rtcp, rtx
from meetd.relay.rtp.extensions import ExtensionIds
from meetd.relay.rtp.rtcp import SenderInfo
from tests.relay.network.simulation import Simulation

IDS = ExtensionIds(audio_level=3, transport_cc=7, mid=5, rid=10, repaired_rid=11)
VP8, RTX, OPUS = 120, 124, 109
PACKET_BYTES = 1_000


@dataclass
class Encoder:
    """One layer. ``frame`` numbers rise by one per frame and stand in each packet's payload."""

    ssrc: int
    rid: str
    height: int
    bitrate: int
    timestamp_base: int
    sequence: int
    picture: int
    tl0: int
    frame: int = 0
    wants_key: bool = True
    is_on: bool = True
    rtx_sequence: int = 9_000
    packets: int = 0
    octets: int = 0
    key_requests: list[float] = field(default_factory=list)
    kept: dict[int, tuple[int, int, bytes]] = field(default_factory=dict)


def nowhere(_: bytes) -> None:
    """Until a link is there."""


class Camera:
    """A simulcast camera and a microphone on one connection."""

    def __init__(self, simulation: Simulation, *, ssrc: int = 1_000, seed: int = 0) -> None:
        self.simulation = simulation
        self.send: Callable[[bytes], None] = nowhere
        layers = (("l", 180, 150_000), ("m", 360, 500_000), ("h", 720, 1_500_000))
        self.layers = [
            Encoder(ssrc + 10 * n, rid, height, rate, 7_000_000 * n + seed, 65_400 + n, 32_700, 250)
            for n, (rid, height, rate) in enumerate(layers)
        ]
        self.sound = Encoder(ssrc + 5, "", 0, 40_000, 5, 65_500, 0, 0)
        self.level = 30
        self.is_on = True
        self._transport = 65_000
        self._started = simulation.now

    def start(self) -> None:
        for number, layer in enumerate(self.layers):
            self.simulation.every(1 / 30, self._frame_of(layer), 0.001 * number)
        self.simulation.every(0.02, self._speak)
        self.simulation.every(1.0, self._report, 0.3)

    def _frame_of(self, layer: Encoder) -> Callable[[float], None]:
        return lambda now: self._film(layer, now) if self.is_on and layer.is_on else None

    def _film(self, layer: Encoder, now: float) -> None:
        is_key, layer.wants_key = layer.wants_key, False
        size = layer.bitrate / 30 / 8 * (6 if is_key else 1)
        count = max(1, round(size / PACKET_BYTES))
        stamp = int((now - self._started) * 90_000) + layer.timestamp_base
        layer.frame += 1
        layer.picture, layer.tl0 = (layer.picture + 1) & 0x7FFF, (layer.tl0 + 1) & 0xFF
        for index in range(count):
            payload = self._vp8(layer, is_key, index == 0, int(size / count))
            self._media(layer, VP8, index == count - 1, stamp, payload)

    def _vp8(self, layer: Encoder, is_key: bool, first: bool, size: int) -> bytes:  # noqa: FBT001
        descriptor = struct.pack(
            "!BBHBB", 0x90 if first else 0x80, 0xE0, 0x8000 | layer.picture, layer.tl0, 0
        )
        clear = b""
        if first and is_key:
            clear = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack(
                "<HH", layer.height * 16 // 9, layer.height
            )
        elif first:
            clear = b"\x11\x02\x00"
        # What only the test reads: layer, frame, key.
        hidden = struct.pack("!HIB", layer.height, layer.frame, is_key)
        return descriptor + clear + hidden + bytes(max(0, size - len(clear) - len(hidden)))

    def _speak(self, now: float) -> None:
        stamp = int((now - self._started) * 48_000) + self.sound.timestamp_base
        self.sound.frame += 1
        payload = struct.pack("!BI", 0x78, self.sound.frame) + bytes(95)
        self._media(self.sound, OPUS, False, stamp, payload)

    def _media(self, layer: Encoder, kind: int, marker: bool, stamp: int, payload: bytes) -> None:  # noqa: FBT001
        number = layer.sequence = (layer.sequence + 1) & 0xFFFF
        layer.kept[number] = (marker, stamp, payload)
        layer.kept.pop((number - 600) & 0xFFFF, None)
        layer.packets += 1
        layer.octets += len(payload)
        self._packet(layer, kind, layer.ssrc, number, marker, stamp, payload)

    def _packet(
        self,
        layer: Encoder,
        kind: int,
        ssrc: int,
        number: int,
        marker: int,
        stamp: int,
        payload: bytes,
    ) -> None:
        self._transport = (self._transport + 1) & 0xFFFF
        elements = bytes((IDS.transport_cc << 4 | 1,)) + self._transport.to_bytes(2, "big")
        if kind == OPUS:
            elements += bytes((IDS.audio_level << 4, self.level))
        mid = "0" if kind == OPUS else "1"
        elements += bytes((IDS.mid << 4,)) + mid.encode()
        if layer.rid:
            rid = IDS.repaired_rid if kind == RTX else IDS.rid
            elements += bytes((rid << 4,)) + layer.rid.encode()
        elements += bytes(-len(elements) % 4)
        head = struct.pack("!BBHII", 0x90, kind | marker << 7, number, stamp & 0xFFFFFFFF, ssrc)
        head += struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements
        self.send(head + payload)

    def _report(self, now: float) -> None:
        for layer, rate in [(self.sound, 48_000), *((layer, 90_000) for layer in self.layers)]:
            stamp = int((now - self._started) * rate) + layer.timestamp_base
            ntp = int((now + 3_900_000_000) * 2**32)
            self.send(
                rtcp.sender_report(
                    SenderInfo(layer.ssrc, ntp, stamp & 0xFFFFFFFF, layer.packets, layer.octets)
                )
            )

    def on_rtcp(self, data: bytes, now: float) -> None:
        for packet in rtcp.split(data):
            if packet.kind == rtcp.PAYLOAD_FEEDBACK and packet.fmt == feedback.PLI:
                layer = self._by_ssrc(feedback.read_media_ssrc(packet))
                if layer is not None:
                    layer.wants_key = True
                    layer.key_requests.append(now)
            elif packet.kind == rtcp.TRANSPORT_FEEDBACK and packet.fmt == feedback.NACK:
                layer = self._by_ssrc(feedback.read_media_ssrc(packet))
                if layer is not None:
                    self._again(layer, feedback.read_nack(packet))

    def _again(self, layer: Encoder, numbers: list[int]) -> None:
        """By RTX. Sound is not sent twice, as browsers have it."""
        for number in numbers:
            if number in layer.kept and layer is not self.sound:
                marker, stamp, payload = layer.kept[number]
                layer.rtx_sequence = (layer.rtx_sequence + 1) & 0xFFFF
                wrapped = rtx.wrap(payload, number)
                ssrc = layer.ssrc + 1
                self._packet(layer, RTX, ssrc, layer.rtx_sequence, marker, stamp, wrapped)

    def _by_ssrc(self, ssrc: int) -> Encoder | None:
        """None for one that the test made up beside these."""
        mine = {layer.ssrc: layer for layer in [self.sound, *self.layers]}
        return mine.get(ssrc)
