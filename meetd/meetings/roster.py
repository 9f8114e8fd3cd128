"""Who has which public keys in a meeting, and the post between them. Reads no key, keeps no
message."""

from collections.abc import Mapping

from meetd.core.refusals import NoSuchParticipant, OtherKeys, RoomFull, TooFast
from meetd.meetings.presence import Presence
from meetd.protocol.base import Event
from meetd.protocol.e2ee import (
    AcknowledgeKey,
    KeyAcknowledged,
    KeyAsked,
    KeyPlease,
    KeysWrapped,
    MemberKeys,
    PresentKeys,
    WrapKeys,
)
from meetd.protocol.outbox import Outbox

LEAVES = 256
"""A leaf has 8 bits in the name of a key."""


class Roster:
    """Leaves and messages among the participants of one meeting who have presented keys."""

    def __init__(self, presence: Presence, outboxes: Mapping[str, Outbox]) -> None:
        self._presence = presence
        self._outboxes = outboxes
        self._next = 0
        self._admitted: dict[str, str | None] = {}
        """Who was let in with which key."""
        self._presented: set[str] = set()
        """Who has presented keys since they came in. A page has one set of them: one that changes
        them again and again would go through all the leaves in a moment."""

    def admit(self, participant_id: str, sign_key: str | None) -> None:
        """Until they leave or come back, these and no other keys are theirs."""
        self.free(participant_id)
        self._admitted[participant_id] = sign_key

    def free(self, participant_id: str) -> None:
        """They left, or come back: a page that was loaded again has other keys."""
        self._admitted.pop(participant_id, None)
        self._presented.discard(participant_id)

    def keys_of(self, participant_id: str, presented: PresentKeys) -> MemberKeys:
        """What to announce: the same leaf for the same keys, a new one for others.

        Raises: RoomFull when no leaf is left; OtherKeys when they were let in with others, or have
        presented others since.
        """
        if self._admitted.get(participant_id, presented.sign_key) != presented.sign_key:
            raise OtherKeys
        before = self._keys(participant_id)
        keys = MemberKeys(
            leaf=before.leaf if before else 0,
            sign_key=presented.sign_key,
            dh_key=presented.dh_key,
            signature=presented.signature,
            device=presented.device,
        )
        if keys != before:
            if participant_id in self._presented:
                raise OtherKeys
            keys = self._with_leaf(keys)
        self._presented.add(participant_id)
        return keys

    def pass_keys(self, sender: str, wrapped: WrapKeys) -> None:
        """To every member who can take it now. The others ask for it."""
        for key in wrapped.keys if self._keys(sender) else ():
            outbox = self._outbox(sender, key.to)
            if outbox is not None and not outbox.is_crowded:
                outbox.send(
                    KeysWrapped(
                        sender=sender,
                        epoch=wrapped.epoch,
                        roster_hash=wrapped.roster_hash,
                        wrapped=key.wrapped,
                        signature=key.signature,
                    )
                )

    def acknowledge(self, sender: str, key: AcknowledgeKey) -> None:
        """Raises: NoSuchParticipant, TooFast."""
        self._pass(sender, key.to, KeyAcknowledged(sender=sender, epoch=key.epoch, proof=key.proof))

    def ask(self, sender: str, please: KeyPlease) -> None:
        """Raises: NoSuchParticipant, TooFast."""
        self._pass(sender, please.to, KeyAsked(sender=sender))

    def _pass(self, sender: str, to: str, event: Event) -> None:
        outbox = self._outbox(sender, to)
        if outbox is None or self._keys(sender) is None:
            raise NoSuchParticipant
        if outbox.is_crowded:
            raise TooFast(seconds=1.0)
        outbox.send(event)

    def _outbox(self, sender: str, to: str) -> Outbox | None:
        """Of another member."""
        return self._outboxes.get(to) if to != sender and self._keys(to) else None

    def _keys(self, participant_id: str) -> MemberKeys | None:
        participant = self._presence.get(participant_id)
        return participant.keys if participant else None

    def _with_leaf(self, keys: MemberKeys) -> MemberKeys:
        """With the leaf that was free for the longest time: what still bears its name elsewhere is
        long forgotten by then."""
        in_use = {one.keys.leaf for one in self._presence if one.keys}
        for step in range(LEAVES):
            leaf = (self._next + step) % LEAVES
            if leaf not in in_use:
                self._next = leaf + 1
                return MemberKeys(
                    leaf=leaf,
                    sign_key=keys.sign_key,
                    dh_key=keys.dh_key,
                    signature=keys.signature,
                    device=keys.device,
                )
        raise RoomFull(limit=LEAVES)
