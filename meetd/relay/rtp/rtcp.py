"""RTCP (RFC 3550, 6): compound packets taken apart, reports, descriptions, good-byes."""

import struct
from typing import Final, NamedTuple

from meetd.relay.rtp.header import VERSION

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
SOURCE_DESCRIPTION: Final = 202
TRANSPORT_FEEDBACK: Final = 205
PAYLOAD_FEEDBACK: Final = 206
MAX_BLOCKS: Final = 31

_HEADER = struct.Struct("!BBH")
_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IB3sIIII")
_SSRC = struct.Struct("!I")
_CNAME: Final = 1
_MAX_CNAME: Final = 255
_MAX_LOST: Final = 0x7FFFFF


class RtcpPacket(NamedTuple):
    """One packet of a compound. ``fmt``: the five bits of the first byte (FMT, RC or SC)."""

    kind: int
    fmt: int
    body: bytes


class SenderInfo(NamedTuple):
    """RFC 3550, 6.4.1. ``ntp``: 32.32 fixed point seconds since 1900."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


class ReportBlock(NamedTuple):
    """RFC 3550, 6.4.1. ``fraction_lost`` in 1/256, ``jitter`` in timestamp units, ``last_report``
    and ``delay`` in 1/65536 s."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


def split(data: bytes) -> list[RtcpPacket]:
    """The packets of a compound or reduced-size packet (RFC 5506). Raises: ValueError."""
    packets: list[RtcpPacket] = []
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise ValueError("RTCP packet is shorter than its header")
        first, kind, words = _HEADER.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != VERSION or end > len(data):
            raise ValueError("RTCP packet has another version or is truncated")
        packets.append(RtcpPacket(kind, first & 0x1F, _body(data, at + 4, end, first)))
        at = end
    if not packets:
        raise ValueError("RTCP packet is empty")
    return packets


def _body(data: bytes, start: int, end: int, first: int) -> bytes:
    if first & 0x20:  # padding, counted by its last byte
        padding = data[end - 1] if end > start else 0
        # No multiple of four in Chromium's transport-cc feedback: it fills the last word only.
        if not 0 < padding <= end - start:
            raise ValueError("RTCP padding is longer than its packet or none")
        end -= padding
    return data[start:end]


def compose(kind: int, fmt: int, body: bytes) -> bytes:
    """One packet. ``body`` fills whole words."""
    return _HEADER.pack(VERSION << 6 | fmt, kind, len(body) // 4) + body


def read_sender_report(packet: RtcpPacket) -> tuple[SenderInfo, list[ReportBlock]]:
    """Raises: ValueError."""
    if len(packet.body) < _SENDER.size:
        raise ValueError("sender report is truncated")
    sender = SenderInfo(*_SENDER.unpack_from(packet.body))
    return sender, _read_blocks(packet, _SENDER.size)


def read_receiver_report(packet: RtcpPacket) -> list[ReportBlock]:
    """Raises: ValueError."""
    return _read_blocks(packet, _SSRC.size)


def _read_blocks(packet: RtcpPacket, start: int) -> list[ReportBlock]:
    if len(packet.body) < start + packet.fmt * _BLOCK.size:
        raise ValueError("RTCP report has fewer blocks than it says")
    blocks = []
    for at in range(start, start + packet.fmt * _BLOCK.size, _BLOCK.size):
        ssrc, fraction, lost, *rest = _BLOCK.unpack_from(packet.body, at)
        blocks.append(ReportBlock(ssrc, fraction, int.from_bytes(lost, "big", signed=True), *rest))
    return blocks


def sender_report(sender: SenderInfo) -> bytes:
    """Without report blocks: who sends here receives elsewhere."""
    return compose(SENDER_REPORT, 0, _SENDER.pack(*sender))


def receiver_report(ssrc: int, blocks: list[ReportBlock]) -> bytes:
    """Of the first 31 blocks; more need another packet."""
    body = _SSRC.pack(ssrc) + b"".join(_block(block) for block in blocks[:MAX_BLOCKS])
    return compose(RECEIVER_REPORT, min(len(blocks), MAX_BLOCKS), body)


def _block(block: ReportBlock) -> bytes:
    lost = max(-_MAX_LOST, min(_MAX_LOST, block.lost)).to_bytes(3, "big", signed=True)
    return _BLOCK.pack(block.ssrc, block.fraction_lost, lost, *block[3:])


def source_description(ssrc: int, cname: str) -> bytes:
    """One chunk with a canonical name (RFC 3550, 6.5.1), which compounds must have."""
    name = cname.encode()[:_MAX_CNAME]
    chunk = _SSRC.pack(ssrc) + bytes((_CNAME, len(name))) + name
    return compose(SOURCE_DESCRIPTION, 1, chunk + bytes(4 - len(chunk) % 4))
