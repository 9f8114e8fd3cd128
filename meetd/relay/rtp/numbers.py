"""Numbers that wrap: sequence numbers (16 bit), timestamps (32 bit)."""

from typing import Final

MASK_16: Final = 0xFFFF
MASK_32: Final = 0xFFFF_FFFF


def ahead(number: int, reference: int, bits: int = 16) -> int:
    """How far ``number`` is ahead of ``reference`` on a circle of 2**bits, the shorter way round.

    Negative when it lies behind.
    """
    half = 1 << (bits - 1)
    return ((number - reference + half) & ((1 << bits) - 1)) - half


class Unroller:
    """Makes numbers that only grow of numbers that wrap. The first keeps its value plus one turn,
    so that what came shortly before it is not negative."""

    __slots__ = ("_bits", "_newest")

    def __init__(self, bits: int = 16) -> None:
        self._bits = bits
        self._newest = -1

    def unroll(self, number: int) -> int:
        """The place of ``number`` on the line, next to the newest one seen."""
        if self._newest < 0:
            self._newest = number + (1 << self._bits)
            return self._newest
        newest, half = self._newest, 1 << (self._bits - 1)
        place = newest + ((number - newest + half) & (2 * half - 1)) - half
        if place > newest:
            self._newest = place
        return place

    def peek(self, number: int) -> int:
        """As ``unroll``, remembering nothing. Before the first number: itself."""
        if self._newest < 0:
            return number
        return self._newest + ahead(number, self._newest, self._bits)
