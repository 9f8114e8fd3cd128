"""A scripted guest: joins a room over the real WebSocket and keeps the state a page would."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import aiohttp
import msgspec

from meetd.core.ids import new_id
from meetd.protocol.base import Command, Event, MeetingEvent
from meetd.protocol.boards import Board, BoardAdded, BoardChanged, BoardMade, BoardRemoved
from meetd.protocol.chat import (
    ChatChanged,
    ChatCleared,
    ChatFound,
    ChatLoaded,
    ChatPage,
    ChatPosted,
    LoadChat,
    Message,
    PrivateChatChanged,
    PrivateChatPosted,
    SendChat,
)
from meetd.protocol.codec import decode_event, encode
from meetd.protocol.content import (
    ContentAdded,
    ContentItem,
    ContentRemoved,
    PresentationChanged,
    UsageLoaded,
)
from meetd.protocol.door import AnswerTaken, DoorSeen, DoorsWatched, KnockSeen, StillLoaded
from meetd.protocol.hosting import RoomChanged
from meetd.protocol.people import ParticipantChanged, ParticipantJoined, ParticipantLeft
from meetd.protocol.session import Done, Ended, Join, Leave, Refused, Snapshot, Welcome

E = TypeVar("E", bound=Event)
TIMEOUT = 10.0


class NotSeenError(AssertionError):
    """What a test waited for did not happen."""


Talk = ChatPosted | ChatChanged | ChatCleared | PrivateChatPosted | PrivateChatChanged


def _talk(chat: ChatPage, event: Talk) -> ChatPage:
    """The messages after the event."""
    if isinstance(event, ChatCleared):
        left = tuple(message for message in chat.messages if message.number > event.up_to)
        return ChatPage(messages=left, earlier=False)
    messages = {message.number: message for message in chat.messages}
    if isinstance(event, ChatPosted | PrivateChatPosted) or event.message.number in messages:
        messages[event.message.number] = event.message
    ordered = tuple(messages[number] for number in sorted(messages))
    return msgspec.structs.replace(chat, messages=ordered)


def _shared(
    items: tuple[ContentItem, ...], event: ContentAdded | ContentRemoved
) -> tuple[ContentItem, ...]:
    """The files after the event."""
    if isinstance(event, ContentAdded):
        return (*items, event.item)
    return tuple(item for item in items if item.id != event.item)


def apply(snapshot: Snapshot, event: MeetingEvent) -> Snapshot:
    """The snapshot after the event, as meetd/protocol/README.md says."""
    people = {participant.id: participant for participant in snapshot.participants}
    match event:
        case ParticipantJoined() | ParticipantChanged():
            people[event.participant.id] = event.participant
        case ParticipantLeft():
            people.pop(event.participant, None)
        case RoomChanged():
            return msgspec.structs.replace(snapshot, room=event.room)
        case ChatPosted() | ChatChanged() | ChatCleared():
            return msgspec.structs.replace(snapshot, chat=_talk(snapshot.chat, event))
        case ContentAdded() | ContentRemoved():
            return msgspec.structs.replace(snapshot, content=_shared(snapshot.content, event))
        case BoardAdded() | BoardChanged() | BoardRemoved():
            return msgspec.structs.replace(snapshot, boards=_boards(snapshot, event))
        case PresentationChanged():
            return msgspec.structs.replace(snapshot, presentation=event.presentation)
        case _:
            raise AssertionError(f"unknown meeting event {event}")
    return msgspec.structs.replace(snapshot, participants=tuple(people.values()))


def _boards(
    snapshot: Snapshot, event: BoardAdded | BoardChanged | BoardRemoved
) -> tuple[Board, ...]:
    boards = {board.id: board for board in snapshot.boards}
    if isinstance(event, BoardRemoved):
        boards.pop(event.board, None)
    else:
        boards[event.board.id] = event.board
    return tuple(boards.values())


class Guest:
    """One connection to a room. ``snapshot`` follows the events; ``events`` has all of them."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, name: str) -> None:
        self.name = name
        self.socket = socket
        self.events: list[Event] = []
        self._changed = asyncio.Condition()
        self._refs = itertools.count(1)
        self._reader = asyncio.create_task(self._read())
        self.welcome: Welcome | None = None
        self._snapshot: Snapshot | None = None
        self.seq = 0
        self.closed = False
        """The connection has ended; nothing more will arrive."""

    @property
    def snapshot(self) -> Snapshot:
        assert self._snapshot is not None, f"{self.name} was not welcomed"
        return self._snapshot

    @property
    def id(self) -> str:
        assert self.welcome is not None, f"{self.name} was not welcomed"
        return self.welcome.you

    @property
    def people(self) -> list[str]:
        return [participant.name for participant in self.snapshot.participants]

    @property
    def messages(self) -> list[Message]:
        return list(self.snapshot.chat.messages)

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            event = decode_event(message.data)
            async with self._changed:
                self._take(event)
                self._changed.notify_all()
        async with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Welcome):
            self.welcome, self._snapshot, self.seq = event, event.snapshot, event.seq
        elif isinstance(event, MeetingEvent):
            assert event.seq == self.seq + 1, f"{self.name}: gap in seq before {event}"
            self.seq = event.seq
            self._snapshot = apply(self.snapshot, event)
        elif isinstance(event, PrivateChatPosted | PrivateChatChanged):
            chat = _talk(self.snapshot.chat, event)
            self._snapshot = msgspec.structs.replace(self.snapshot, chat=chat)

    async def until(
        self, condition: Callable[[], bool], reason: str, within: float = TIMEOUT
    ) -> None:
        """Wait for a condition on what arrived; fails with ``reason``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: condition() or self.closed)
        if not condition():
            raise NotSeenError(f"{reason}; {self.name} got {self.events[-5:]}")

    async def seen(self, kind: type[E], where: Callable[[E], bool] = lambda _: True) -> E:
        """Wait for an event of that type, past or to come."""

        def found() -> list[E]:
            return [event for event in self.events if isinstance(event, kind) and where(event)]

        await self.until(lambda: bool(found()), f"no {kind.__name__}")
        return found()[0]

    async def send(self, command: Command) -> int:
        """Send with a fresh ref; returns it."""
        ref = next(self._refs)
        await self.socket.send_str(encode(msgspec.structs.replace(command, ref=ref)).decode())
        return ref

    async def ask(self, command: Command, within: float = TIMEOUT) -> Event:
        """Send and wait for the answer."""
        ref = await self.send(command)
        answers = (
            Done,
            Refused,
            ChatFound,
            ChatLoaded,
            Welcome,
            DoorSeen,
            KnockSeen,
            DoorsWatched,
            AnswerTaken,
            BoardMade,
            StillLoaded,
            UsageLoaded,
        )

        def answer() -> list[Event]:
            return [e for e in self.events if isinstance(e, answers) and e.ref == ref]

        await self.until(lambda: bool(answer()), f"no answer to {type(command).__name__}", within)
        return answer()[0]

    async def refused(self, command: Command) -> Refused:
        """Send what must be refused."""
        answer = await self.ask(command)
        assert isinstance(answer, Refused), f"{command} was not refused but {answer}"
        return answer

    async def say(self, text: str, client_id: str | None = None) -> Event:
        return await self.ask(SendChat(client_id=client_id or new_id(), text=text))

    async def load_before(self, number: int) -> ChatLoaded:
        answer = await self.ask(LoadChat(before=number))
        assert isinstance(answer, ChatLoaded)
        return answer

    async def pause_as_told(self, answer: Event) -> None:
        """After ``TooFast``: wait as long as it says."""
        assert isinstance(answer, Refused), answer
        await asyncio.sleep(float(answer.refusal.facts["seconds"]))

    async def leave(self) -> Ended:
        await self.send(Leave())
        return await self.seen(Ended)

    def stop_reading(self) -> None:
        """Nothing more is read from the network; it fills up."""
        connection = self.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.pause_reading()

    async def lose_connection(self) -> None:
        """As when the network goes: no close frame."""
        response = self.socket._response
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.abort()
        await self._reader

    async def close(self) -> None:
        await self.socket.close()
        await self._reader


class Guests:
    """Brings guests to one server and takes them home at the end of the test."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session
        self._guests: list[Guest] = []

    async def connect(self, name: str, **headers: str) -> Guest:
        """A guest that has not said anything yet."""
        socket = await self.session.ws_connect(f"{self.url}/ws", headers=headers, max_msg_size=0)
        guest = Guest(socket, name)
        self._guests.append(guest)
        return guest

    async def join(self, room: str, name: str, way_back: str | None = None) -> Guest:
        """A guest in the room."""
        guest = await self.connect(name)
        await guest.send(join_command(room, name, way_back))
        await guest.seen(Welcome)
        return guest

    async def close(self) -> None:
        for guest in self._guests:
            await guest.close()


def join_command(room: str, name: str, way_back: str | None = None) -> Join:
    return Join(room=room, name=name, way_back=way_back, microphone=True, camera=True, screen=False)


@asynccontextmanager
async def guests_at(url: str, **headers: str) -> AsyncIterator[Guests]:
    """``headers``: of every request, such as the Host of a server with a public name."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        guests = Guests(url, session)
        try:
            yield guests
        finally:
            await guests.close()
