"""Time that a test moves by hand while a server runs."""

from meetd.core.clock import SystemClock


class MovedClock(SystemClock):
    """The time of day jumps forward; seconds that limits and silence are counted in do not, so that
    connections stay what they are."""

    def __init__(self) -> None:
        self._ahead = 0

    def now(self) -> int:
        return super().now() + self._ahead

    def forward(self, *, hours: float = 0, seconds: float = 0) -> None:
        self._ahead += round(hours * 3_600_000 + seconds * 1_000)
