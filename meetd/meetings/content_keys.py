"""Keys with which pages fetch and send files over HTTP: good while their participant is in the
meeting, and for that one only."""

import hashlib

from meetd.core.ids import new_token
from meetd.core.private import Private
from meetd.core.refusals import NotInMeeting
from meetd.meetings.meeting import Meeting
from meetd.protocol.people import Participant


class ContentKeys:
    """One key per participant, the same for as long as the participant stays."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], Private[str]] = {}
        self._holders: dict[bytes, tuple[Meeting, str]] = {}

    def of(self, meeting: Meeting, participant_id: str) -> str:
        """The key of somebody who is seated."""
        holder = (meeting.id, participant_id)
        key = self._keys.get(holder)
        if key is None:
            key = self._keys[holder] = Private(new_token())
            self._holders[_hash(key.reveal())] = (meeting, participant_id)
        return key.reveal()

    def holder(self, key: str) -> tuple[Meeting, Participant]:
        """Whose key that is, now. Raises: NotInMeeting."""
        meeting, participant_id = self._holders.get(_hash(key), (None, ""))
        participant = meeting.find(participant_id) if meeting else None
        if meeting is None or participant is None:
            raise NotInMeeting
        return meeting, participant

    def forget(self, meeting: Meeting, participant_id: str) -> None:
        """They have left."""
        key = self._keys.pop((meeting.id, participant_id), None)
        if key is not None:
            del self._holders[_hash(key.reveal())]


def _hash(key: str) -> bytes:
    """Looked up by what nobody can find out byte by byte from the time it takes."""
    return hashlib.sha256(key.encode()).digest()
