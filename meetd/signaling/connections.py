"""The three kinds of connection: seated in a meeting, before a door, and a host's watch over doors.
Each is decided by its first message and stays what it is."""

from dataclasses import replace
from typing import Protocol

from meetd.accounts.account import SignedIn
from meetd.accounts.accounts import Accounts
from meetd.core.refusals import NotJoined, NotSignedIn
from meetd.lobby.desk import Desk, Host
from meetd.lobby.doorstep import Doorstep
from meetd.lobby.visit import Visit
from meetd.lobby.watch import Watch
from meetd.meetings.meetings import Meetings, Seat
from meetd.protocol import door
from meetd.protocol.base import Command, Event
from meetd.protocol.outbox import Outbox
from meetd.protocol.session import Done, Join, Leave, Ping
from meetd.rooms.access import Person
from meetd.signaling.answering import Answering
from meetd.signaling.handlers import Handlers


class Connection(Protocol):
    """Somebody whose first message was taken."""

    async def handle(self, command: Command) -> Event | None:
        """Carry out a command; ``None`` when its answer went out already. Raises: any Refusal."""
        ...

    def close(self, *, left: bool) -> None:
        """The connection has ended, on purpose (``left``) or not."""
        ...


class Seated:
    """In a meeting."""

    def __init__(self, handlers: Handlers, meetings: Meetings, seat: Seat) -> None:
        self._handlers = handlers
        self._meetings = meetings
        self._seat = seat
        self._confirmed = False

    async def handle(self, command: Command) -> Event:
        if not self._confirmed:
            self._confirmed = True
            await self._meetings.confirm(self._seat)
        return await self._handlers.handle(self._seat, command)

    def close(self, *, left: bool) -> None:
        if left and self._seat.outbox.ended is None:
            self._meetings.leave(self._seat)
        else:
            self._meetings.drop(self._seat)


class AtDoor:
    """Before a door, knocking or not."""

    def __init__(self, doorstep: Doorstep, visit: Visit) -> None:
        self._doorstep = doorstep
        self._visit = visit

    async def handle(self, command: Command) -> Event | None:
        match command:
            case door.Knock():
                await self._doorstep.knock(self._visit, command)
                return None
            case door.StopKnocking():
                await self._doorstep.stop(self._visit)
            case Leave():
                self._visit.outbox.end("left", retry=False)
            case Ping():
                pass
            case _:
                raise NotJoined
        return Done(ref=command.ref)

    def close(self, *, left: bool) -> None:
        del left  # whoever goes keeps the place
        self._doorstep.depart(self._visit)


class Watching:
    """A host's page, wherever it is. ``who`` answers is asked of the store each time."""

    def __init__(
        self, desk: Desk, answering: Answering, accounts: Accounts, who: SignedIn, watch: Watch
    ) -> None:
        self._desk = desk
        self._answering = answering
        self._accounts = accounts
        self._who = who
        self._host = Host(who.account.name, who.account)
        self._watch = watch

    async def handle(self, command: Command) -> Event:
        if self._watch.has_ended:
            raise NotSignedIn
        match command:
            case door.AnswerKnock() | door.AdmitAll() | door.LoadStill():
                if not await self._accounts.is_signed_in(self._who):  # it may have run out by age
                    self._watch.end()
                    raise NotSignedIn
                return await self._answering.answer(self._host, command)
            case Ping():
                return Done(ref=command.ref)
            case _:
                raise NotJoined

    def close(self, *, left: bool) -> None:
        del left
        self._desk.unwatch(self._watch)


class Greeter:
    """Takes the first message, and makes of it what it asks for."""

    def __init__(
        self,
        *,
        meetings: Meetings,
        doorstep: Doorstep,
        desk: Desk,
        answering: Answering,
        handlers: Handlers,
        accounts: Accounts,
    ) -> None:
        self._accounts = accounts
        self._meetings = meetings
        self._doorstep = doorstep
        self._desk = desk
        self._answering = answering
        self._handlers = handlers

    async def greet(self, command: Command, outbox: Outbox, person: Person) -> Connection:
        """Raises: any Refusal."""
        connection = await self._take(command, outbox, person)
        try:
            await self._check_session(person)
        except BaseException:
            connection.close(left=False)
            raise
        return connection

    async def _check_session(self, person: Person) -> None:
        """Signed out, or blocked, in the very moment of coming?"""
        who = person.who
        if who is not None and not await self._accounts.is_signed_in(who):
            self._meetings.session_ended(who.account.id, who.session.id)
            self._desk.session_ended(who.account.id, who.session.id)
            await self._doorstep.session_ended(who.account.id, who.session.id)

    async def _take(self, command: Command, outbox: Outbox, person: Person) -> Connection:
        match command:
            case Join():
                person = replace(person, key=command.key)
                seat = await self._meetings.enter(command, outbox, person)
                return Seated(self._handlers, self._meetings, seat)
            case door.Look():
                person = replace(person, key=command.key)
                return AtDoor(self._doorstep, await self._doorstep.look(command, outbox, person))
            case door.Watch():
                return await self._watch(command, outbox, person)
            case _:
                raise NotJoined

    async def _watch(self, command: door.Watch, outbox: Outbox, person: Person) -> Watching:
        if person.who is None:
            raise NotSignedIn
        watch = await self._desk.watch(person.who, outbox, command.ref)
        return Watching(self._desk, self._answering, self._accounts, person.who, watch)
