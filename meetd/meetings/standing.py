"""Why each participant is in: what a revocation, or the end of a session, has to look at."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from meetd.accounts.account import Account, SignedIn
from meetd.core.private import Private
from meetd.rooms.access import Right


@dataclass(frozen=True)
class Standing:
    """By what right somebody is in the meeting, and through which session. ``came_as``: id of the
    account that got in, also when it is signed out since."""

    right: Right
    who: SignedIn | None = None
    came_as: str | None = None
    visitor: Private[str] | None = None
    """What the browser of somebody without an account keeps."""
    browser: str = ""
    """Like ``Firefox, Linux``."""
    network: str = field(default="", repr=False)

    @property
    def account(self) -> Account | None:
        return self.who.account if self.who else None

    @property
    def whose(self) -> str | None:
        """Id of the account, signed in still or not."""
        return self.account.id if self.account else self.came_as

    @property
    def is_lasting(self) -> bool:
        """By what the account is in that room, not by a role that was handed on, or by a link
        without account."""
        return self.account is not None and self.right.is_personal

    @property
    def signed_out(self) -> "Standing":
        """The same without the session: a host by their account no more. Whose it was counts on:
        they may be blocked."""
        account_id = self.account.id if self.account else None
        came_as = self.came_as or account_id
        return replace(self, right=self.right.signed_out(), who=None, came_as=came_as)

    @property
    def accounts(self) -> frozenset[str]:
        """Ids of those whose it is: when one of them is blocked or gone, this ends."""
        account_id = self.account.id if self.account else None
        return frozenset(id_ for id_ in (self.came_as, account_id) if id_ is not None)

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
