"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01):
which packets of a connection arrived, and when."""

import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from meetd.relay.rtp.numbers import MASK_16
from meetd.relay.rtp.rtcp import TRANSPORT_FEEDBACK, RtcpPacket, compose

TRANSPORT_CC: Final = 15
MAX_STATUSES: Final = 500
"""Per packet that we write: it fits into a datagram whatever arrived."""

TICK: Final = 0.000_25
"""Seconds per unit of a delta; the reference time counts 256 of them (64 ms) and wraps."""
REFERENCE_TICKS: Final = 256
REFERENCE_MASK: Final = 0xFFFFFF

_HEAD = struct.Struct("!IIHHI")
_LARGE = struct.Struct("!h")
_CHUNK = struct.Struct("!H")
_DELTAS: Final = _HEAD.size + _CHUNK.size
"""Where deltas begin behind one chunk."""
_RUN_MAX: Final = 0x1FFF
_NOT_RECEIVED, _SMALL_DELTA, _LARGE_DELTA = 0, 1, 2
_RUN_OF_SMALL: Final = _SMALL_DELTA << 13


class TransportFeedback(NamedTuple):
    """``received``: (index from ``base``, arrival in ticks from the reference time), as sent."""

    base: int
    statuses: int
    reference: int
    number: int
    received: list[tuple[int, int]]


def read_transport_feedback(packet: RtcpPacket) -> TransportFeedback:
    """Takes no longer than the packet is long: runs of lost packets are stepped over.

    Raises: ValueError.
    """
    if len(packet.body) < _HEAD.size:
        raise ValueError("transport-cc feedback is truncated")
    _, _, base, statuses, last = _HEAD.unpack_from(packet.body)
    if statuses == 0:
        raise ValueError("transport-cc feedback reports nothing")
    received = _read_run(packet.body, statuses) or _read_received(packet.body, statuses)
    return TransportFeedback(base, statuses, last >> 8, last & 0xFF, received)


def _read_run(body: bytes, statuses: int) -> list[tuple[int, int]]:
    """Of a report on which nothing is missing, in one chunk and deltas of a byte each: nearly all
    are like that. Empty where it is another one."""
    deltas = body[_DELTAS : _DELTAS + statuses]
    if statuses > _RUN_MAX or body[_HEAD.size : _DELTAS] != _CHUNK.pack(_RUN_OF_SMALL | statuses):
        return []
    return list(enumerate(accumulate(deltas))) if len(deltas) == statuses else []


def _read_received(body: bytes, statuses: int) -> list[tuple[int, int]]:
    """Raises: ValueError."""
    places, symbols, at = _read_symbols(body, statuses)
    steps = _read_deltas(body, at, symbols)
    return list(zip(places, accumulate(steps), strict=True))


def _read_symbols(body: bytes, statuses: int) -> tuple[list[int], bytearray, int]:
    """Indices of what was received, the symbol of each, and where the deltas begin."""
    places: list[int] = []
    symbols = bytearray()
    index, at = 0, _HEAD.size
    while index < statuses:
        if at + 2 > len(body):
            raise ValueError("transport-cc feedback has fewer chunks than statuses")
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        index = _read_chunk(chunk, index, statuses, places, symbols)
        if len(places) > len(body):
            raise ValueError("transport-cc feedback has fewer deltas than it says")
    return places, symbols, at


def _read_chunk(
    chunk: int, index: int, statuses: int, places: list[int], symbols: bytearray
) -> int:
    """Returns the index behind the chunk."""
    if not chunk & 0x8000:  # a run of one symbol
        symbol, length = chunk >> 13, min(chunk & _RUN_MAX, statuses - index)
        if length == 0:
            raise ValueError("transport-cc feedback has a run of nothing")
        if symbol != _NOT_RECEIVED:
            places.extend(range(index, index + length))
            symbols += bytes((symbol,)) * length
        return index + length
    bits, count, mask = (2, 7, 3) if chunk & 0x4000 else (1, 14, 1)
    for place in range(min(count, statuses - index)):
        symbol = chunk >> bits * (count - 1 - place) & mask
        if symbol != _NOT_RECEIVED:
            places.append(index + place)
            symbols.append(symbol)
    return index + count


def _read_deltas(body: bytes, at: int, symbols: bytearray) -> Sequence[int]:
    """In ticks. Nearly always all of them are a byte each: then nothing is done one by one."""
    if symbols.count(_SMALL_DELTA) == len(symbols):
        if at + len(symbols) > len(body):
            raise ValueError("transport-cc feedback has too few deltas")
        return body[at : at + len(symbols)]
    steps = []
    for symbol in symbols:
        step, at = _read_delta(body, at, symbol)
        steps.append(step)
    return steps


def _read_delta(body: bytes, at: int, symbol: int) -> tuple[int, int]:
    size = {_SMALL_DELTA: 1, _LARGE_DELTA: 2}.get(symbol, 0)
    if size == 0 or at + size > len(body):
        raise ValueError("transport-cc feedback has a reserved symbol or too few deltas")
    return (body[at] if size == 1 else _LARGE.unpack_from(body, at)[0]), at + size


def transport_feedback(sender: int, media: int, feedback: TransportFeedback) -> bytes:
    """``received`` in rising order of index, no more of them than ``fitting`` says."""
    symbols = [_NOT_RECEIVED] * feedback.statuses
    deltas, before = bytearray(), 0
    for index, ticks in feedback.received:
        step, before = ticks - before, ticks
        if 0 <= step <= 0xFF:  # noqa: PLR2004
            symbols[index] = _SMALL_DELTA
            deltas.append(step)
        else:
            symbols[index] = _LARGE_DELTA
            deltas += _LARGE.pack(step)
    last = (feedback.reference & REFERENCE_MASK) << 8 | feedback.number & 0xFF
    head = _HEAD.pack(sender, media, feedback.base & MASK_16, feedback.statuses, last)
    body = head + _chunks(symbols) + deltas
    return compose(TRANSPORT_FEEDBACK, TRANSPORT_CC, body + bytes(-len(body) % 4))


def fitting(received: list[tuple[int, int]]) -> int:
    """How many of these fit into one report: steps of arrival have 16 bit (8 s)."""
    before = 0
    for count, (_, ticks) in enumerate(received):
        if not -0x8000 <= ticks - before <= 0x7FFF:  # noqa: PLR2004
            return count
        before = ticks
    return len(received)


def _chunks(symbols: list[int]) -> bytes:
    """Runs where they are longer than what a vector of two-bit symbols holds, else vectors."""
    out = bytearray()
    at = 0
    while at < len(symbols):
        run = _run_length(symbols, at)
        if run >= 7 or at + run == len(symbols):  # noqa: PLR2004
            out += (symbols[at] << 13 | run).to_bytes(2, "big")
            at += run
            continue
        vector = (symbols[at : at + 7] + [_NOT_RECEIVED] * 7)[:7]
        packed = 0xC000 | sum(symbol << 2 * (6 - place) for place, symbol in enumerate(vector))
        out += packed.to_bytes(2, "big")
        at += 7
    return bytes(out)


def _run_length(symbols: list[int], at: int) -> int:
    end = at
    while end < len(symbols) and end - at < _RUN_MAX and symbols[end] == symbols[at]:
        end += 1
    return end - at
