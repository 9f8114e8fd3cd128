"""Whether somebody proved lately who they are: an open session is not enough for what would let a
stranger at the keyboard, or with a stolen cookie, stay for good."""

from meetd.accounts.account import SignedIn, refuse
from meetd.core.clock import Clock

LASTS = 600_000
"""Milliseconds after a password or a passkey."""


class Proofs:
    """Knows by the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def is_fresh(self, who: SignedIn) -> bool:
        return who.session.proven_at > self._clock.now() - LASTS

    def check(self, who: SignedIn) -> None:
        """Raises: AccountRefused when it is too long ago."""
        if not self.is_fresh(who):
            raise refuse("ProofNeeded")
