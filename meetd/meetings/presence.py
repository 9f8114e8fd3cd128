"""Who is in a meeting, as plain values: every change makes a new ``Participant``."""

from collections.abc import Iterator

import msgspec

from meetd.protocol.e2ee import MemberKeys
from meetd.protocol.people import ChangeMedia, Participant, Role


class Presence:
    """The participants of one meeting in the order of joining. No I/O, no clock."""

    def __init__(self) -> None:
        self._participants: dict[str, Participant] = {}

    def __len__(self) -> int:
        return len(self._participants)

    def __contains__(self, participant_id: str) -> bool:
        return participant_id in self._participants

    def __iter__(self) -> Iterator[Participant]:
        return iter(self._participants.values())

    def get(self, participant_id: str) -> Participant | None:
        return self._participants.get(participant_id)

    def put(self, participant: Participant) -> Participant:
        """Add, or replace the one with that id."""
        self._participants[participant.id] = participant
        return participant

    def remove(self, participant_id: str) -> None:
        del self._participants[participant_id]

    def with_media(self, participant_id: str, media: ChangeMedia) -> Participant:
        return self._change(
            participant_id,
            microphone=media.microphone,
            camera=media.camera,
            screen=media.screen,
        )

    def with_hand(self, participant_id: str, raised_at: int | None) -> Participant:
        """A hand that is up stays in its place in the order when it is raised again."""
        before = self._participants[participant_id].hand
        return self._change(participant_id, hand=raised_at and (before or raised_at))

    def with_name(self, participant_id: str, name: str) -> Participant:
        return self._change(participant_id, name=name)

    def with_role(self, participant_id: str, role: Role) -> Participant:
        return self._change(participant_id, role=role)

    def with_microphone(self, participant_id: str, *, microphone: bool) -> Participant:
        return self._change(participant_id, microphone=microphone)

    def with_screen(self, participant_id: str, *, screen: bool) -> Participant:
        return self._change(participant_id, screen=screen)

    def with_keys(self, participant_id: str, keys: MemberKeys) -> Participant:
        return self._change(participant_id, keys=keys)

    def with_away(self, participant_id: str, *, away: bool) -> Participant:
        return self._change(participant_id, away=away)

    def _change(self, participant_id: str, **changes: object) -> Participant:
        changed = msgspec.structs.replace(self._participants[participant_id], **changes)
        return self.put(changed)
