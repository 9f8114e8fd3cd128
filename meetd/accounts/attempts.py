"""How often anybody may try to sign in: per e-mail address, per network, and all together.

Counted before anything is looked up, and for addresses that nobody has as well: being slowed down
says nothing about whether there is an account.
"""

from meetd.accounts.account import refuse
from meetd.config.settings import Accounts as Settings
from meetd.core.clock import Clock
from meetd.core.limits import Buckets

WINDOW_SECONDS = 600
"""The settings count per ten minutes."""


class Attempts:
    """Counts them. Memory is bounded by ``Buckets``."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._per_account = _buckets(settings.attempts_per_account)
        self._per_network = _buckets(settings.attempts_per_network)
        self._overall = _buckets(settings.attempts_overall)

    def check(self, network: str, fingerprint: bytes | None = None) -> None:
        """One attempt from ``network``, for that address.

        The network first: whoever tries in vain must not use up what is there for everybody.
        Raises: AccountRefused.
        """
        now = self._clock.monotonic()
        wait = self._per_network.take(network, now)
        if not wait and fingerprint is not None:
            wait = self._per_account.take(fingerprint.hex(), now)
        if not wait:
            wait = self._overall.take("", now)
        if wait:
            raise refuse("TooManyAttempts", seconds=max(1, round(wait)))


def _buckets(count: int) -> Buckets:
    return Buckets(rate=count / WINDOW_SECONDS, burst=count)
