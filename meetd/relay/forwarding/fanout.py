"""The one place where packets leave. This is the reference; a native twin may take its place."""

from collections.abc import Sequence
from typing import Final

from meetd.relay.forwarding.outlet import HISTORY_MASK, Lane, Outlet
from meetd.relay.forwarding.packet import Packet
from meetd.relay.rtp import canonical, rtx
from meetd.relay.rtp.canonical import EXTENSION, FIRST, HEAD, level_word, send_time_word
from meetd.relay.rtp.canonical import transport_word as transport_word_of
from meetd.relay.rtp.numbers import MASK_16, MASK_32
from meetd.relay.rtp.vp8 import write_picture_id

_PROBE_PADDING: Final = 255
_ENDLESS: Final = float("inf")


Head = tuple[bytearray, int, int, int, int, int, int]
"""What the heads of a packet for all receivers have in common: where it is written, its size,
marker, sequence number and timestamp, and two words of header extension."""


def send(packets: Sequence[Packet], lanes: Sequence[Lane], now: float) -> None:
    """Packets of one layer, which came together, to everybody who gets them: head and descriptor
    are rewritten in place, for one receiver after the other.

    Nothing is made per receiver, unless its packets must wait (``Outlet.hold``).
    """
    stamp, descriptor = send_time_word(now), None
    written, heads = [packet.data for packet in packets], [_head(packet) for packet in packets]
    for lane in lanes:
        # Most lanes have never switched: theirs is what the one before left there.
        if (lane.picture_offset, lane.tl0_offset) != descriptor:
            descriptor = lane.picture_offset, lane.tl0_offset
            for packet in packets:
                _rewrite_descriptor(packet, lane)
        count, outlet = _rewrite_heads(heads, lane, stamp, now), lane.outlet
        if count == len(written):
            outlet.send(written)
            continue
        if count:
            outlet.send(written[:count])
        for packet in packets[count:]:
            outlet.hold(lane, packet)


def _head(packet: Packet) -> Head:
    return (
        packet.data,
        packet.size,
        packet.marker,
        packet.sequence,
        packet.timestamp,
        transport_word_of(packet.level),
        level_word(packet.level),
    )


def _rewrite_heads(heads: Sequence[Head], lane: Lane, stamp: int, now: float) -> int:
    """For one receiver. Returns how many packets may leave now."""
    outlet = lane.outlet
    clear_at, first = outlet.clear_at, outlet.number
    patience = outlet.patience if lane.paced else _ENDLESS
    times, sizes, seconds_per_byte = outlet.times, outlet.sizes, outlet.seconds_per_byte
    payload_type, ssrc, mid = lane.payload_type, lane.ssrc, lane.mid
    sequence_offset, timestamp_offset = lane.sequence_offset, lane.timestamp_offset
    number = first
    for data, size, marker, sequence, timestamp, transport, level in heads:
        if clear_at < now:  # noqa: PLR1730 - a call of max() costs a tenth of the loop
            clear_at = now
        if clear_at - now > patience:
            break
        clear_at += size * seconds_per_byte
        times[number & HISTORY_MASK] = now
        sizes[number & HISTORY_MASK] = size
        HEAD.pack_into(
            data,
            0,
            FIRST,
            payload_type | marker,
            (sequence + sequence_offset) & MASK_16,
            (timestamp + timestamp_offset) & MASK_32,
            ssrc,
            EXTENSION,
            stamp,
            transport | (number & MASK_16) << 8,
            level | mid,
        )
        number += 1
    outlet.clear_at, outlet.number = clear_at, number
    return number - first


def _rewrite_descriptor(packet: Packet, lane: Lane) -> None:
    data = packet.data
    if packet.picture_offset:
        picture_id = packet.picture_id + lane.picture_offset
        write_picture_id(data, packet.picture_offset, packet.picture_mask, picture_id)
    if packet.tl0_offset:
        data[packet.tl0_offset] = (packet.tl0_picture_index + lane.tl0_offset) & 0xFF


def send_past(packet: Packet, lane: Lane, now: float) -> None:
    """At once, past what is held back: it is late already, and belongs before all that waits."""
    outlet = lane.outlet
    patience, outlet.patience = outlet.patience, _ENDLESS
    send((packet,), (lane,), now)
    outlet.patience = patience


def release(outlet: Outlet, now: float) -> None:
    """Send what was held back, as far as the pace allows."""
    if not outlet.held:
        return
    outlet.open()
    held = outlet.held
    while held and outlet.clear_at - now <= outlet.patience:
        lane, packet = held.popleft()
        if packet.sequence <= lane.last:
            send((packet,), (lane,), now)
    if held:
        outlet.close()


def resend(packet: Packet, lane: Lane, identity: tuple[int, int, int], now: float) -> None:
    """The packet again, in the RTX stream of the subscription (RFC 4588).

    ``identity``: payload type, SSRC and next sequence number of that stream. The content is what
    the subscriber would have got at first: same lane, same offsets.
    """
    _rewrite_descriptor(packet, lane)
    payload = memoryview(packet.data)[canonical.HEAD_SIZE :]
    number = (packet.sequence + lane.sequence_offset) & MASK_16
    data = canonical.packet(rtx.wrap(payload, number))
    payload_type, ssrc, sequence = identity
    words = _numbered(lane.outlet, len(data), now)
    HEAD.pack_into(
        data,
        0,
        FIRST,
        payload_type | packet.marker,
        sequence & MASK_16,
        (packet.timestamp + lane.timestamp_offset) & MASK_32,
        ssrc,
        EXTENSION,
        *words,
        lane.mid,
    )
    lane.outlet.send((data,))


def pad(
    outlet: Outlet, identity: tuple[int, int, int], mid: int, timestamp: int, now: float
) -> int:
    """A packet of padding in an RTX stream, to see whether more gets through. Returns its size."""
    payload_type, ssrc, sequence = identity
    words = _numbered(outlet, canonical.HEAD_SIZE + _PROBE_PADDING, now)
    data = canonical.padding(payload_type, sequence, timestamp, ssrc, (*words, mid), _PROBE_PADDING)
    outlet.send((data,))
    return len(data)


def _numbered(outlet: Outlet, size: int, now: float) -> tuple[int, int]:
    """Count a packet outside the lanes. Returns its two words of header extension."""
    number = outlet.number
    outlet.number = number + 1
    outlet.times[number & HISTORY_MASK] = now
    outlet.sizes[number & HISTORY_MASK] = size
    outlet.clear_at = max(outlet.clear_at, now) + size * outlet.seconds_per_byte
    transport = transport_word_of(canonical.NO_LEVEL) | (number & MASK_16) << 8
    return send_time_word(now), transport
