"""What forwarding costs in the process, without sockets and encryption."""

import struct
import tracemalloc
from collections.abc import Sequence
from statistics import median
from time import process_time

from meetd.relay.forwarding.allocation import Shown
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.publisher import Agreed, Format, Publisher
from meetd.relay.forwarding.subscriber import Subscriber
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Gather, Leave, nothing_more
from meetd.relay.rtp.extensions import ExtensionIds
from meetd.relay.rtp.header import RtpHeader

PACKETS = 2_000
ROUNDS = 7
BYTES = 1_100
FRAME = 10
BURST = 4
"""Packets that came together."""
SECONDS = 1 / 300
"""Between two packets: 2.6 Mbit/s of video."""
AGREED = Agreed({96: Format(Codec.VP8)}, ExtensionIds())


class Nowhere:
    """A transport that takes everything."""

    def send_rtp(self, packets: Sequence[bytes | bytearray]) -> None: ...

    def send_rtcp(self, packet: bytes) -> None: ...


def packets() -> list[bytes]:
    """Video as Chromium sends it: mid, transport-cc and abs-send-time; a frame is ten packets."""
    made = []
    for number in range(PACKETS):
        is_first, is_last, is_key = number % FRAME == 0, number % FRAME == FRAME - 1, number == 0
        extension = b"\x40" + b"1" + b"\x31" + struct.pack("!H", number) + b"\x22\0\0\0" + b"\0\0\0"
        head = struct.pack("!BBHII", 0x90, 96 | is_last << 7, number, number // FRAME * 3_000, 5)
        descriptor = struct.pack(
            "!BBHBB",
            0x90 if is_first else 0x80,
            0xE0,
            0x8000 | number // FRAME,
            number // FRAME & 255,
            0,
        )
        clear = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", 1_280, 720)
        body = clear if is_key else b"\x11\x02\x00"
        packet = head + struct.pack("!HH", 0xBEDE, 3) + extension + descriptor + body
        made.append(packet + bytes(BYTES - len(packet)))
    return made


def meeting(subscribers: int, gather: Gather = nothing_more) -> Publisher:
    track = Track("video", Codec.VP8, 1, repairs=True)
    track.gather = gather
    publisher = Publisher(Nowhere(), AGREED, 7, "relay")
    publisher.announce("1", track)
    for number in range(subscribers):
        subscriber = Subscriber(Nowhere(), 7, "relay", start=20_000_000)
        identity = Identity("aa", 10 + 2 * number, 11 + 2 * number)
        subscription = subscriber.subscribe(track, identity, 0.0)
        subscriber.show(subscription, Shown(720))
        subscription.choose(track.layers[0], 0.0)
    return publisher


def microseconds(subscribers: int, stream: list[bytes]) -> float:
    """Per received packet, with all that happens to it."""
    leaving: list[Leave] = []

    def gather(leave: Leave) -> bool:
        leaving.append(leave)
        return True

    publisher = meeting(subscribers, gather)
    started = process_time()
    for number, packet in enumerate(stream):
        now = 1.0 + number * SECONDS
        publisher.on_rtp(packet, now)
        if number % BURST == BURST - 1:
            for leave in leaving:
                leave(now)
            leaving.clear()
    return (process_time() - started) / len(stream) * 1e6


def parsing(stream: list[bytes]) -> float:
    started = process_time()
    for packet in stream:
        RtpHeader(packet)
    return (process_time() - started) / len(stream) * 1e6


def layer_bytes(stream: list[bytes]) -> int:
    """What one full ring of video holds."""
    publisher = meeting(0)
    tracemalloc.start()
    for number, packet in enumerate(stream):
        publisher.on_rtp(packet, 1.0 + number * SECONDS)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept


async def measure() -> list[tuple[str, str, str]]:
    stream = packets()
    parse = median(parsing(stream) for _ in range(ROUNDS))
    alone = median(microseconds(0, stream) for _ in range(ROUNDS))
    rows = [
        ("reading an RTP header", f"{parse:.1f} µs", ""),
        ("a received packet up to the ring, nobody watching", f"{alone:.1f} µs", ""),
    ]
    for count in (10, 50):
        whole = median(microseconds(count, stream) for _ in range(ROUNDS))
        what = f"a packet to {count} subscribers: each forwarded packet, without protect and sendto"
        rows.append((what, f"{whole / count:.2f} µs", ""))
    rows.append(("memory of a layer, ring full", f"{layer_bytes(stream) / 1024:.0f} KiB", ""))
    return rows
