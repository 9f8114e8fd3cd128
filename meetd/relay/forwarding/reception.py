"""How a stream arrives (RFC 3550, 6.4.1, A.1, A.3, A.8): sequence, losses, jitter."""

from typing import Final

from meetd.relay.rtp.numbers import MASK_16, MASK_32, ahead
from meetd.relay.rtp.rtcp import ReportBlock

MAX_DROPOUT: Final = 3_000
"""A jump ahead by more is a restarted sender or an attack, if the next packet does not follow."""


class Reception:
    """Places a stream's packets on a line, and counts. ``highest`` is -1 before the first."""

    __slots__ = (
        "_base",
        "_expected_before",
        "_jitter",
        "_rate",
        "_received_before",
        "_restart_at",
        "_transit",
        "_turn",
        "highest",
        "received",
    )

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self.highest = -1
        self.received = 0
        self._base = 0
        self._turn = 1  # so that what came shortly before the first is not negative
        self._restart_at = -1
        self._transit: float | None = None
        self._jitter = 0.0
        self._expected_before = self._received_before = 0

    def place(self, number: int) -> int | None:
        """The unrolled sequence number, or None for a packet out of any order.

        A jump is believed when the number after it comes next (A.1): the line then goes on one turn
        later, so that numbers still only grow.
        """
        if self.highest < 0:
            return (self._turn << 16) + number
        step = ahead(number, self.highest & MASK_16)
        if -MAX_DROPOUT < step < MAX_DROPOUT:
            return self.highest + step
        if number != self._restart_at:
            self._restart_at = (number + 1) & MASK_16
            return None
        self.restart()
        return (self._turn << 16) + number

    def restart(self) -> None:
        """The next packet begins a new line, ahead of the old one."""
        if self.highest >= 0:
            self._turn = (self.highest >> 16) + 2
            self.highest = -1

    def count(self, sequence: int, timestamp: int, now: float) -> None:
        """One packet that ``place`` placed and that came for the first time."""
        self.received += 1
        if self.highest < 0:
            self._base, self.received = sequence, 1
            self._expected_before = self._received_before = 0
        if sequence > self.highest:
            self.highest = sequence
            self._restart_at = -1
            self._measure_jitter(timestamp, now)

    def _measure_jitter(self, timestamp: int, now: float) -> None:
        transit = now * self._rate - timestamp
        if self._transit is not None:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit

    @property
    def jitter(self) -> float:
        """In timestamp units."""
        return self._jitter

    @property
    def lost(self) -> int:
        """Never arrived, since the start; negative with duplicates."""
        return self.highest - self._base + 1 - self.received if self.highest >= 0 else 0

    def report(self, ssrc: int, last_report: int, delay: int) -> ReportBlock:
        """What to tell the sender, about the time since the last call."""
        expected = self.highest - self._base + 1 if self.highest >= 0 else 0
        interval = expected - self._expected_before
        lost = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = min(255, (lost << 8) // interval) if interval > 0 and lost > 0 else 0
        highest = self.highest & MASK_32 if self.highest >= 0 else 0
        jitter = int(min(self._jitter, MASK_32))
        return ReportBlock(ssrc, fraction, self.lost, highest, jitter, last_report, delay)
