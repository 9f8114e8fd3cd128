"""The packets of a stream that may be asked for again."""

from meetd.relay.forwarding.packet import Packet


class Ring:
    """The newest ``capacity`` sequence numbers, a power of two. Never grows."""

    __slots__ = ("_mask", "_slots", "capacity")

    def __init__(self, capacity: int) -> None:
        if capacity < 1 or capacity & (capacity - 1):
            raise ValueError("capacity is no power of two")
        self.capacity = capacity
        self._mask = capacity - 1
        self._slots: list[Packet | None] = [None] * capacity

    def put(self, packet: Packet) -> None:
        self._slots[packet.sequence & self._mask] = packet

    def get(self, sequence: int) -> Packet | None:
        """The packet of that number, if it came and is not overwritten yet."""
        packet = self._slots[sequence & self._mask]
        return packet if packet is not None and packet.sequence == sequence else None

    def clear(self) -> None:
        self._slots = [None] * self.capacity
