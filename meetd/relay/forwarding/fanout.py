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
_NOT_WRITTEN: Final = 1 << 62
_ENDLESS: Final = float("inf")


def send(packet: Packet, lanes: Sequence[Lane], now: float) -> None:
    """One packet to everybody who gets it: the head and the descriptor are rewritten in place.

    Nothing is made per receiver, unless its packets must wait (``Outlet.hold``).
    """
    data, size, marker = packet.data, packet.size, packet.marker
    sequence, timestamp = packet.sequence, packet.timestamp
    stamp, transport = send_time_word(now), transport_word_of(packet.level)
    level, picture_offset = level_word(packet.level), packet.picture_offset
    tl0_offset, tl0 = packet.tl0_offset, packet.tl0_picture_index
    picture_id, mask = packet.picture_id, packet.picture_mask
    picture_now = tl0_now = _NOT_WRITTEN
    for lane in lanes:
        outlet = lane.outlet
        clear_at = outlet.clear_at
        if clear_at < now:  # noqa: PLR1730 - a call of max() costs a tenth of the loop
            clear_at = now
        if lane.paced and clear_at - now > outlet.patience:
            outlet.hold(lane, packet)
            continue
        outlet.clear_at = clear_at + size * outlet.seconds_per_byte
        number = outlet.number
        outlet.number = number + 1
        outlet.times[number & HISTORY_MASK] = now
        outlet.sizes[number & HISTORY_MASK] = size
        HEAD.pack_into(
            data,
            0,
            FIRST,
            lane.payload_type | marker,
            (sequence + lane.sequence_offset) & MASK_16,
            (timestamp + lane.timestamp_offset) & MASK_32,
            lane.ssrc,
            EXTENSION,
            stamp,
            transport | (number & MASK_16) << 8,
            level | lane.mid,
        )
        # Most lanes have never switched: theirs is what the one before left there.
        if picture_offset and lane.picture_offset != picture_now:
            picture_now = lane.picture_offset
            write_picture_id(data, picture_offset, mask, picture_id + picture_now)
        if tl0_offset and lane.tl0_offset != tl0_now:
            tl0_now = lane.tl0_offset
            data[tl0_offset] = (tl0 + tl0_now) & 0xFF
        outlet.send(data)


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
    send(packet, (lane,), now)
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
            send(packet, (lane,), now)
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
    lane.outlet.send(data)


def pad(
    outlet: Outlet, identity: tuple[int, int, int], mid: int, timestamp: int, now: float
) -> int:
    """A packet of padding in an RTX stream, to see whether more gets through. Returns its size."""
    payload_type, ssrc, sequence = identity
    words = _numbered(outlet, canonical.HEAD_SIZE + _PROBE_PADDING, now)
    data = canonical.padding(payload_type, sequence, timestamp, ssrc, (*words, mid), _PROBE_PADDING)
    outlet.send(data)
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
