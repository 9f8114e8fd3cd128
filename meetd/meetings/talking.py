"""What is said in one meeting: kept first, then told to everybody, or to the two whom it is for.

Who may read something private is looked at with every message and every page that is asked for.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from meetd.chat.conversation import PAGE, Conversation
from meetd.chat.readers import Pair, Reader
from meetd.chat.store import Draft, Kept
from meetd.core.refusals import NoSuchParticipant, TooFast
from meetd.meetings.presence import Presence
from meetd.meetings.standing import Standings
from meetd.protocol.base import Event, MeetingEvent
from meetd.protocol.chat import (
    Addressee,
    ChatChanged,
    ChatCleared,
    ChatPosted,
    Mention,
    PrivateChatChanged,
    PrivateChatPosted,
    SendChat,
    ShowTyping,
    TypingShown,
)
from meetd.protocol.codec import encode
from meetd.protocol.outbox import Outbox
from meetd.protocol.people import Participant
from meetd.rooms.also import Also

Announce = Callable[[Callable[[int], MeetingEvent]], None]


class Talking:
    """Rights to write at all are the meeting's to check."""

    def __init__(
        self,
        conversation: Conversation,
        presence: Presence,
        standings: Standings,
        outboxes: Mapping[str, Outbox],
        name_of: Callable[[str], str],
        announce: Announce,
    ) -> None:
        """``name_of``: a file or whiteboard of the room. Raises: NoSuchItem."""
        self._conversation = conversation
        self._presence = presence
        self._standings = standings
        self._outboxes = outboxes
        self._name_of = name_of
        self._announce = announce

    def reader(self, participant_id: str) -> Reader:
        """What somebody who is in may read, as they are signed in now."""
        account = self._standings[participant_id].account
        account_id = account.id if account else None
        return self._conversation.readers.reader(participant_id, account_id)

    async def say(
        self, author: Participant, said: SendChat, now: int, also: Also | None = None
    ) -> None:
        """Keep it, done with ``also``, then tell whom it is for. Said twice, it is kept and told
        once.

        Raises: NoSuchParticipant when the one it is for is not here; TooFast when they cannot keep
        up; NoSuchItem, and whatever keeping it raises.
        """
        to = self._addressee(author, said.to)
        draft = Draft(
            author=author.id,
            name=author.name,
            text=said.text,
            client_id=said.client_id,
            at=now,
            reply_to=said.reply_to,
            to=Addressee(id=to.id, name=to.name) if to else None,
            mentions=self._mentions(said.mentions),
            between=(self.reader(author.id).mark, self.reader(to.id).mark) if to else None,
        )
        message, new = await self._conversation.say(draft, also)
        if new and draft.between is None:
            self._announce(lambda seq: ChatPosted(seq=seq, message=message))
        elif new and draft.between is not None:
            self._tell(draft.between, PrivateChatPosted(message=message))

    async def change(self, change: Awaitable[Kept]) -> None:
        """Of a message that is there. Raises: whatever the change raises."""
        self._tell_changed(await change)

    async def show(self, numbers: Sequence[int]) -> None:
        """These messages were changed at rest. What was taken back must not stay on a page that
        goes back far: where it is more than is told one by one, everybody comes anew.

        Raises: StorageFailed.
        """
        older, latest = numbers[:-PAGE], numbers[-PAGE:]
        are_back = False
        for first in range(0, len(older), PAGE):
            changed = await self._conversation.take_again(older[first : first + PAGE])
            are_back = are_back or any(kept.message.deleted for kept in changed)
        if are_back:
            for outbox in tuple(self._outboxes.values()):
                outbox.end("too slow", retry=True)
        for kept in await self._conversation.take_again(latest):
            self._tell_changed(kept)

    def _tell_changed(self, kept: Kept) -> None:
        message, between = kept
        if between is None:
            self._announce(lambda seq: ChatChanged(seq=seq, message=message))
        else:
            self._tell(between, PrivateChatChanged(message=message))

    async def clear(self) -> None:
        """What was said in private goes too. Raises: RoomHeld, StorageFull, StorageFailed."""
        up_to = await self._conversation.clear()
        self._announce(lambda seq: ChatCleared(seq=seq, up_to=up_to))

    def show_typing(self, author: Participant, shown: ShowTyping) -> None:
        """To whoever has room for it: nobody misses anything without. Raises: NoSuchParticipant."""
        to = self._addressee(author, shown.to)
        event = encode(TypingShown(participant=author.id, private=to is not None))
        for participant_id in (to.id,) if to else tuple(self._outboxes):
            outbox = self._outboxes.get(participant_id)
            if outbox is not None and participant_id != author.id and not outbox.is_crowded:
                outbox.send_encoded(event)

    def _addressee(self, author: Participant, to: str | None) -> Participant | None:
        """Somebody else who is in, or was a moment ago and may be on the way back.

        Raises: NoSuchParticipant, TooFast.
        """
        if to is None:
            return None
        participant = self._presence.get(to)
        if participant is None or to == author.id:
            raise NoSuchParticipant
        outbox = self._outboxes.get(to)
        if outbox is not None and outbox.is_crowded:
            raise TooFast(seconds=1.0)
        return participant

    def _mentions(self, items: tuple[str, ...]) -> tuple[Mention, ...]:
        """Each once. Raises: NoSuchItem."""
        return tuple(Mention(item=each, name=self._name_of(each)) for each in dict.fromkeys(items))

    def _tell(self, between: Pair, event: Event) -> None:
        """On every page of the two that is in now."""
        message = encode(event)
        for participant_id, outbox in tuple(self._outboxes.items()):
            if self.reader(participant_id).may_read(between):
                outbox.send_encoded(message)
