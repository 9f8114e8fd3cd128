"""Why each participant is in: what a revocation, or the end of a session, has to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

from meetd.accounts.account import Account, SignedIn
from meetd.rooms.access import Right


@dataclass(frozen=True)
class Standing:
    """By what right somebody is in the meeting, and through which session."""

    right: Right
    who: SignedIn | None = None

    @property
    def account(self) -> Account | None:
        return self.who.account if self.who else None

    @property
    def is_lasting(self) -> bool:
        """By what the account is in that room, not by a role that was handed on, or by a link
        without account."""
        return self.account is not None and self.right.is_personal

    def rests_on(self, account_id: str, session_id: str | None) -> bool:
        """Is that account signed in here, through that session (``None``: any)?"""
        return (
            self.who is not None
            and self.who.account.id == account_id
            and session_id in {None, self.who.session.id}
        )


class Standings:
    """The standing of everybody in one meeting, by participant id."""

    def __init__(self) -> None:
        self._standings: dict[str, Standing] = {}

    def __iter__(self) -> Iterator[tuple[str, Standing]]:
        """A copy: whoever looks may change it."""
        return iter(tuple(self._standings.items()))

    def __getitem__(self, participant_id: str) -> Standing:
        return self._standings[participant_id]

    def put(self, participant_id: str, standing: Standing) -> None:
        self._standings[participant_id] = standing

    def forget(self, participant_id: str) -> None:
        self._standings.pop(participant_id, None)
