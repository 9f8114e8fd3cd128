"""The bitrate that losses allow (draft-ietf-rmcat-gcc-02, 6), knowing that a radio link loses
packets at any rate."""

from typing import Final

_LOW, _HIGH = 0.02, 0.10
_MIN_PACKETS: Final = 50
_MIN_SECONDS: Final = 0.5
_RECOVERY_PER_SECOND: Final = 1.08
_CERTAIN_DROP: Final = 0.85
"""When less than this share of the former rate was sent, the losses can be compared."""
_CONSTANT_SMOOTHING: Final = 0.05
_FUTILE_CUTS: Final = 4


class LossControl:
    """``limit`` in bit/s, or None while losses say nothing.

    Where sending less does not lose less, the loss belongs to the path (``constant``): going
    further down would help nobody, repair does. Only what is above counts.
    """

    __slots__ = ("_before", "_cuts", "_lost", "_since", "_total", "constant", "fraction", "limit")

    def __init__(self) -> None:
        self.limit: int | None = None
        self.fraction = 0.0
        self.constant = 0.0
        self._lost = self._total = self._cuts = 0
        self._since: float | None = None
        self._before: tuple[int, float] | None = None  # rate and loss when we went down

    def count(self, lost: int, total: int) -> None:
        """What one report tells."""
        self._lost += lost
        self._total += total

    def update(self, current: int, sent: int, now: float) -> None:
        """``current``: the estimate, ``sent``: what was really sent, both in bit/s."""
        if self._since is None:
            self._since = now
        passed = now - self._since
        if self._total < _MIN_PACKETS or passed < _MIN_SECONDS:
            return
        self.fraction = min(1.0, max(0.0, self._lost / self._total))
        self._lost = self._total = 0
        self._since = now
        self._learn(sent)
        self._decide(current, sent, passed)

    def _learn(self, sent: int) -> None:
        if self.fraction < self.constant:
            self.constant += (self.fraction - self.constant) * _CONSTANT_SMOOTHING
        if self._before is None or sent > self._before[0] * _CERTAIN_DROP:
            return
        rate, loss = self._before
        less_sent = sent / rate
        less_delivered = less_sent * (1 - self.fraction) / max(0.01, 1 - loss)
        # A full path delivers the same whatever is sent; a lossy one delivers a share of it.
        if less_delivered < (1 + less_sent) / 2:
            self.constant = max(self.constant, min(self.fraction, loss))
        self._before, self._cuts = None, 0

    def _decide(self, current: int, sent: int, passed: float) -> None:
        excess = self.fraction - self.constant
        if excess > _HIGH:
            self._before = self._before or (sent, self.fraction)
            self._cuts += 1
            self.limit = int(current * (1 - 0.5 * excess))
            self._give_in()
        elif excess < _LOW and self.limit is not None:
            self.limit = int(max(self.limit, current) * _RECOVERY_PER_SECOND**passed)
            self._before, self._cuts = None, 0

    def _give_in(self) -> None:
        """What is sent comes in steps: cuts that change nothing, while no step is left to go down
        and no queue grows, say that the path is so."""
        if self._cuts >= _FUTILE_CUTS and self._before is not None:
            self.constant = max(self.constant, min(self.fraction, self._before[1]))
            self._before, self._cuts = None, 0

    def release(self, above: int) -> None:
        """Losses limit no more once the limit has risen above everything else."""
        if self.limit is not None and self.limit > above:
            self.limit = None
