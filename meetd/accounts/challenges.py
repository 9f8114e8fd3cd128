"""Challenges that passkeys answer (W3C Web Authentication level 3, 13.4.3).

Kept here and nowhere else: each is for one purpose, works once, and runs out. A restart forgets
them, and the page asks for a new one.
"""

from collections import OrderedDict

from meetd.core.clock import Clock
from meetd.core.ids import random_bytes

LASTS = 300.0
"""Seconds: finding a phone or a key takes a while."""
MAX_OPEN = 10_000
"""Challenges at a time; the oldest is forgotten first. ``Attempts`` keeps one network from filling
it."""
_BYTES = 32


class Challenges:
    """Makes them and takes them back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def make(self, purpose: str) -> bytes:
        """256 random bits. ``purpose`` names the session too, where there is one."""
        now = self._clock.monotonic()
        while self._open and (len(self._open) >= MAX_OPEN or self._oldest() <= now - LASTS):
            self._open.popitem(last=False)
        challenge = random_bytes(_BYTES)
        self._open[challenge] = (purpose, now)
        return challenge

    def take(self, challenge: bytes, purpose: str) -> bool:
        """Was it made for that purpose, not long ago? It is used up by asking."""
        made = self._open.pop(challenge, None)
        if made is None:
            return False
        return made[0] == purpose and made[1] > self._clock.monotonic() - LASTS

    def _oldest(self) -> float:
        return next(iter(self._open.values()))[1]
