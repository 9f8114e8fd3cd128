"""Packets in a TCP stream (RFC 4571): two bytes of length before each. Bytes in, bytes out."""

from typing import Final

_PREFIX: Final = 2
MAX_FRAME: Final = 2_048
"""Nothing that a browser sends is longer than an Ethernet frame."""


def frame(packet: bytes | bytearray | memoryview) -> bytes:
    return b"".join((len(packet).to_bytes(_PREFIX), packet))


class Deframer:
    """Of one connection. Keeps at most one frame that is not whole."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that are whole now.

        Raises: ValueError for a frame that is too long, after which no other can be found, and for
        an empty one: RFC 4571 allows it, no browser sends it, and a stream of them is nothing but
        work.
        """
        stream = self._rest + data
        packets = []
        at = 0
        while at + _PREFIX <= len(stream):
            length = int.from_bytes(stream[at : at + _PREFIX])
            if not 0 < length <= MAX_FRAME:
                raise ValueError("a frame that is empty or too long")
            end = at + _PREFIX + length
            if end > len(stream):
                break
            packets.append(stream[at + _PREFIX : end])
            at = end
        self._rest = stream[at:]
        return packets
