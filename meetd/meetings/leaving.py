"""With what somebody without an account leaves that is kept: by what they find it again.

Nothing is written about whoever only listens and looks, or is refused.
"""

from collections.abc import Collection
from dataclasses import replace

from meetd.core.private import Private
from meetd.meetings.meeting import Meeting
from meetd.protocol.session import Join
from meetd.rooms.also import Also
from meetd.visitors.store import VisitorStore


class Leaving:
    """Knows the browsers of participants."""

    def __init__(self, visitors: VisitorStore) -> None:
        self._visitors = visitors

    def token_of(self, meeting: Meeting, participant_id: str) -> Private[str] | None:
        """What their browser keeps; ``None`` for accounts, for pages that keep nothing, and for
        whoever is not there."""
        if meeting.find(participant_id) is None:
            return None
        return meeting.standings[participant_id].visitor

    def noting(self, meeting: Meeting, participant_id: str) -> Also:
        """To be done in the transaction that keeps what they leave."""
        token = self.token_of(meeting, participant_id)
        return self._visitors.noting_participant(token, meeting.room.id, participant_id)

    def last(self, meeting: Meeting, token: str, participants: Collection[str]) -> tuple[str, ...]:
        """Those participants, and whoever else is in by that token: what they leave from now on is
        found by no token."""
        last = dict.fromkeys(participants)
        for participant_id, standing in meeting.standings:
            visitor = standing.visitor
            if participant_id in last or (visitor is not None and visitor.reveal() == token):
                last[participant_id] = None
                meeting.standings.put(participant_id, replace(standing, visitor=None))
        return tuple(last)

    def by_token(self, meeting: Meeting, token: str) -> list[str]:
        """Who is in by it."""
        found = [(id_, self.token_of(meeting, id_)) for id_, _ in meeting.standings]
        return [id_ for id_, theirs in found if theirs is not None and theirs.reveal() == token]


def visitor_of(join: Join, *, is_account: bool) -> Private[str] | None:
    """What is an account's is found by the account, on whatever browser."""
    return None if is_account or join.visitor is None else Private(join.visitor)
