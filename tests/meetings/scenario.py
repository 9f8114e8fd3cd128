"""Meetings without a server: fixed ids, no network, no database. Also writes the traces that the
page's reducer is tested with: ``python -m tests.meetings.scenario``."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from meetd.boards.board import Board
from meetd.boards.board import Label as BoardLabel
from meetd.chat.conversation import Conversation
from meetd.chat.readers import Readers
from meetd.chat.store import Draft, Kept
from meetd.config.network import Media
from meetd.content.item import Item, Label
from meetd.content.on_table import OnTable
from meetd.core.clock import SystemClock
from meetd.core.private import Private
from meetd.meetings.meeting import MakeRelaying, Meeting
from meetd.meetings.relaying import Relaying
from meetd.meetings.standing import Standing
from meetd.protocol.base import Event
from meetd.protocol.chat import ChatPage, Message, ReactToChat, SendChat
from meetd.protocol.codec import decode_event
from meetd.protocol.content import View
from meetd.protocol.e2ee import PresentKeys
from meetd.protocol.outbox import Outbox
from meetd.protocol.people import ChangeMedia, Participant
from meetd.relay.session.relay import Relay
from meetd.relay.transport.media_port import MediaPort
from meetd.rooms.access import Right
from meetd.rooms.room import Room
from meetd.storage.vault import Fingerprints

TRACE = Path(__file__).parent.parent / "protocol" / "traces" / "meeting.json"
ROOM = Room("room", "study", owner_id="ada")
NOON = 1_795_000_000_000


class ListStore:
    """Chat in a list, with the rules of the real store."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def add(self, draft: Draft, _: object) -> tuple[Message, bool]:
        for message in self.messages:
            if (message.author, message.client_id) == (draft.author, draft.client_id):
                return message, False
        message = draft.numbered(len(self.messages) + 1)
        self.messages.append(message)
        return message, True

    async def change(self, number: int, changed: Callable[[Message], Message], _: object) -> Kept:
        self.messages[number - 1] = changed(self.messages[number - 1])
        return Kept(self.messages[number - 1], None)

    async def clear(self) -> int:
        return len(self.messages)


class QuietWire:
    """Nobody is connected; events wait in the outbox."""

    def wake(self) -> None:
        pass


def make_relaying() -> MakeRelaying:
    """Everybody has direct paths only."""
    settings, clock = Media(relay="never"), SystemClock()
    relay = Relay(MediaPort("", 0, 20, clock), settings, clock)
    return partial(Relaying, relay, settings, clock)


class Scenario:
    """One meeting and the people who came, by name. The name is the id too."""

    def __init__(self, limit: int = 50) -> None:
        readers = Readers(Fingerprints(Private(bytes(32))))
        page = ChatPage(messages=(), earlier=False)
        conversation = Conversation(ListStore(), page, readers)  # type: ignore[arg-type]
        nowhere: Any = (None, [])
        self.meeting = Meeting(
            "meeting",
            ROOM,
            conversation,
            OnTable([]),
            nowhere,
            limit,
            lambda *_: lambda: None,
            make_relaying(),
        )
        self.outboxes: dict[str, Outbox] = {}
        self.now = NOON

    def join(self, name: str) -> None:
        """Ada owns the room."""
        self.now += 1_000
        outbox = Outbox(QuietWire())
        right = Right("host", "owner") if name == "Ada" else Right("join", "knock")
        self.meeting.seat(
            Participant(
                id=name.lower(),
                name=name,
                joined_at=self.now,
                microphone=True,
                camera=True,
                screen=False,
                hand=None,
                away=False,
                role=right.role,
                reason="",
            ),
            Standing(right),
            outbox,
            "localhost",
        )
        self.outboxes[name] = outbox

    def leave(self, name: str) -> None:
        self.meeting.leave(name.lower(), "left")
        del self.outboxes[name]

    def drop(self, name: str) -> None:
        self.meeting.drop(name.lower(), self.outboxes[name])

    async def say(self, name: str, text: str) -> None:
        self.now += 1_000
        author = self.meeting.find(name.lower())
        assert author is not None
        client_id = f"{name}-{self.now}".ljust(22, "x")
        await self.meeting.say(author, SendChat(client_id=client_id, text=text), self.now)

    async def react(self, name: str, *, on: bool) -> None:
        """To the last message, if there is one."""
        for message in self.meeting.conversation.latest.messages[-1:]:
            react = ReactToChat(number=message.number, emoji="👍", on=on)
            change = self.meeting.conversation.react(name.lower(), react)
            await self.meeting.talking.change(change)

    async def edit(self, text: str) -> None:
        """Of the last message, if there is one, by its author."""
        for message in self.meeting.conversation.latest.messages[-1:]:
            change = self.meeting.conversation.edit(message.author, message.number, text, self.now)
            await self.meeting.talking.change(change)

    async def unsay(self) -> None:
        """The first message of the page, if there is one."""
        for message in self.meeting.conversation.latest.messages[:1]:
            delete = self.meeting.conversation.delete(message.author, message.number)
            await self.meeting.talking.change(delete)

    def media(self, name: str, *, microphone: bool, camera: bool, screen: bool) -> None:
        media = ChangeMedia(microphone=microphone, camera=camera, screen=screen)
        self.meeting.change_media(name.lower(), media)

    def hand(self, name: str, *, raised: bool) -> None:
        self.now += 1_000
        self.meeting.raise_hand(name.lower(), self.now if raised else None)

    def rename(self, name: str, new: str) -> None:
        self.meeting.rename(name.lower(), new)

    def present_keys(self, name: str, mark: str) -> None:
        """``mark``: a letter; other letters are other keys."""
        keys = PresentKeys(sign_key=mark * 43, dh_key=mark * 43, signature=mark * 86)
        self.meeting.present_keys(name.lower(), keys)

    def change_room(self, **changes: Any) -> None:
        self.meeting.change_room(replace(self.meeting.room, **changes))

    def share(self, name: str, file_name: str) -> None:
        self.now += 1_000
        label = Label(file_name, "application/octet-stream", name)
        self.meeting.sharing.add(
            Item(file_name, ROOM.id, file_name, label, 5_000, name.lower(), self.now)
        )

    def take_away(self, file_name: str) -> None:
        """Ada may, if it is there."""
        if any(item.id == file_name for item in self.meeting.sharing.items):
            ada = self.meeting.find("ada")
            assert ada is not None
            self.meeting.sharing.remove(
                self.meeting.sharing.removable(ada, file_name, may_share=True)
            )

    def add_board(self, name: str, board_name: str) -> None:
        self.now += 1_000
        label = BoardLabel(board_name, name)
        self.meeting.drawing.add(Board(board_name, ROOM.id, label, name.lower(), self.now))

    def rename_board(self, board_name: str, to: str) -> None:
        board = self.meeting.drawing.find(board_name)
        self.meeting.drawing.change(replace(board, label=BoardLabel(to, board.label.author_name)))

    def take_board(self, board_name: str) -> None:
        """Ada may, if it is there."""
        if board_name in self.meeting.drawing:
            self.meeting.take_board(self.meeting.drawing.find(board_name))

    def present(self, name: str, file_name: str) -> None:
        is_file = any(item.id == file_name for item in self.meeting.sharing.items)
        if is_file or file_name in self.meeting.drawing:
            self.meeting.sharing.present(name.lower(), file_name)

    def mute(self, name: str) -> None:
        self.meeting.mute(name.lower(), "Ada")

    def make_host(self, name: str) -> None:
        standing = Standing(Right("join", "knock").handed_on("ada", "account.ada"))
        self.meeting.change_standing(name.lower(), standing)

    def received(self, name: str) -> list[Event]:
        """What waits for that person, taken out."""
        return [decode_event(message) for message in self.outboxes[name].take()]


async def trace() -> list[dict[str, Any]]:
    """Every meeting event at least once: the first snapshot Ada got, then each event with the
    snapshot a newcomer would get after it."""
    scenario = Scenario()
    scenario.join("Ada")
    steps: list[dict[str, Any]] = []

    def record() -> None:
        snapshot = scenario.meeting.snapshot()
        events = scenario.received("Ada")
        steps.append({"events": events, "snapshot": snapshot})

    record()
    scenario.join("Bob")
    record()
    await scenario.say("Bob", "Good morning")
    record()
    scenario.media("Bob", microphone=False, camera=True, screen=True)
    record()
    scenario.hand("Ada", raised=True)
    scenario.hand("Bob", raised=True)
    record()
    scenario.present_keys("Ada", "A")
    scenario.present_keys("Bob", "B")
    record()
    scenario.drop("Bob")
    record()
    scenario.join("Bob")
    await scenario.say("Ada", "You are back")
    record()
    scenario.rename("Bob", "Bobby")
    scenario.join("Carol")
    record()
    scenario.leave("Bob")
    scenario.hand("Ada", raised=False)
    record()
    for change in (*hosting(scenario), *sharing(scenario)):
        change()
        record()
    for act in talking(scenario):
        await act
        record()
    return steps


def hosting(scenario: Scenario) -> Iterator[Callable[[], None]]:
    """What hosts do, one step after the other."""
    yield lambda: scenario.change_room(locked=True, presenter_mode=True)
    yield lambda: scenario.mute("Carol")
    yield lambda: scenario.make_host("Carol")
    yield lambda: scenario.change_room(name="library")


def sharing(scenario: Scenario) -> Iterator[Callable[[], None]]:
    """What happens to files, one step after the other."""
    yield lambda: scenario.share("Carol", "plan.pdf")
    yield lambda: scenario.share("Ada", "photo.jpg")
    yield lambda: scenario.present("Carol", "plan.pdf")
    yield lambda: scenario.present("Ada", "photo.jpg")
    view = View(page=1, zoom=2.5, x=0.25, y=0.75, at=0.0, playing=False)
    yield lambda: scenario.meeting.sharing.move("ada", "photo.jpg", view)
    yield lambda: scenario.take_away("plan.pdf")
    yield lambda: scenario.add_board("Carol", "sketch")
    yield lambda: scenario.rename_board("sketch", "Plan of the garden")
    yield lambda: scenario.present("Carol", "sketch")
    yield lambda: scenario.take_board("sketch")
    yield lambda: scenario.take_away("photo.jpg")


def talking(scenario: Scenario) -> Iterator[Awaitable[None]]:
    """What happens to messages, one step after the other."""
    yield scenario.react("Carol", on=True)
    yield scenario.edit("You are back, Bob")
    yield scenario.unsay()
    yield scenario.meeting.talking.clear()
    yield scenario.say("Carol", "A clean table")


def encoded_trace() -> bytes:
    return msgspec.json.format(msgspec.json.encode(asyncio.run(trace())), indent=2) + b"\n"


if __name__ == "__main__":
    TRACE.parent.mkdir(exist_ok=True)
    TRACE.write_bytes(encoded_trace())
