"""What a recording server wrote down, and the frames in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meetd.relay.rtp.header import RtpHeader
from meetd.relay.rtp.vp8 import Vp8Descriptor
from tests.support.recording_server import HEAD, RECEIVED, SAID, SENT
from tests.support.sframe import Kind

_CODEC = re.compile(r"a=rtpmap:(\d+) (opus|VP8)/")
_KINDS: dict[str, Kind] = {"opus": "audio", "VP8": "video"}
_Packet = tuple[Kind, RtpHeader, bytes]


@dataclass(frozen=True)
class PassedFrame:
    """As the server had it."""

    kind: Kind
    data: bytes


class Recording:
    """``whole``: byte for byte, as the server had it."""

    def __init__(self, path: Path) -> None:
        self.whole = path.read_bytes()
        self._records = list(_records(self.whole))
        self.said = [data.decode() for kind, _, data in self._records if kind == SAID]

    def received(self) -> list[PassedFrame]:
        """Frames as they came from whoever sealed them."""
        return list(self._frames(RECEIVED, self._codecs("RelayPublish")))

    def sent(self) -> list[PassedFrame]:
        """Frames as they were passed on."""
        return list(self._frames(SENT, self._codecs("RelayOffered")))

    def _codecs(self, message: str) -> dict[int, Kind]:
        """By payload type, as those messages say it."""
        said = [json.loads(text) for text in self.said]
        sdps = [one["sdp"] for one in said if one["type"] == message]
        return {int(number): _KINDS[name] for sdp in sdps for number, name in _CODEC.findall(sdp)}

    def _frames(self, way: bytes, codecs: dict[int, Kind]) -> Iterator[PassedFrame]:
        streams: dict[tuple[int, int], list[_Packet]] = {}
        for found, connection, packet in self._records:
            header = RtpHeader(packet) if found == way else None
            if header and header.payload_type in codecs:
                stream = streams.setdefault((connection, header.ssrc), [])
                stream.append((codecs[header.payload_type], header, packet))
        for packets in streams.values():
            yield from _frames_of(packets)


def _records(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """All but one that is being written."""
    at = 0
    while at + HEAD.size <= len(data):
        kind, of, length = HEAD.unpack_from(data, at)
        at += HEAD.size + length
        if at <= len(data):
            yield kind, of, data[at - length : at]


def _frames_of(packets: list[_Packet]) -> Iterator[PassedFrame]:
    """A packet of Opus is a frame; one of VP8 is put together from packets without a gap."""
    parts: list[bytes] = []
    expected = -1
    for kind, header, packet in packets:
        if header.payload_end == header.payload_start:  # padding, which probes the path
            continue
        if kind == "audio":
            yield PassedFrame(kind, packet[header.payload_start : header.payload_end])
            continue
        descriptor = Vp8Descriptor(packet, header.payload_start, header.payload_end)
        if descriptor.starts_frame:
            parts = []
        elif header.sequence_number != expected:
            parts, expected = [], -1
            continue
        parts.append(packet[descriptor.payload : header.payload_end])
        expected = header.sequence_number + 1 & 0xFFFF
        if header.marker:
            yield PassedFrame(kind, b"".join(parts))
            expected = -1
