"""The visitor's side of a door: look, knock, wait, come back, go."""

from collections.abc import Callable
from dataclasses import replace

from meetd.core.clock import Clock
from meetd.core.limits import Buckets
from meetd.core.refusals import RoomNotOwned, TooFast, WayBackInvalid
from meetd.core.text import clean_name
from meetd.lobby.doors import Doors, door_of
from meetd.lobby.knock import Door, Knock, Words, clean_knock_message
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.still import check_still
from meetd.lobby.store import KnockStore
from meetd.lobby.visit import Visit, knock_seen
from meetd.protocol.door import Knock as KnockCommand
from meetd.protocol.door import KnockerGone, KnockSeen, Look
from meetd.protocol.outbox import Outbox
from meetd.rooms.access import Access, Person
from meetd.rooms.names import normalise_room_name
from meetd.rooms.pass_store import PassStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.rooms.way_back import WayBacks


class Doorstep:
    """Before the door. ``live_meeting``: id of the meeting in that room, if people are in it."""

    def __init__(
        self,
        *,
        store: KnockStore,
        lobbies: Lobbies,
        doors: Doors,
        rooms: RoomStore,
        access: Access,
        passes: PassStore,
        way_backs: WayBacks,
        clock: Clock,
        live_meeting: Callable[[str], str | None],
        knocks_per_minute: int,
    ) -> None:
        self._store = store
        self._lobbies = lobbies
        self._doors = doors
        self._rooms = rooms
        self._access = access
        self._passes = passes
        self._way_backs = way_backs
        self._clock = clock
        self._live_meeting = live_meeting
        self._knocks = Buckets(rate=knocks_per_minute / 60, burst=knocks_per_minute)
        self._knocked: list[Callable[[Knock], None]] = []

    def on_knock(self, listener: Callable[[Knock], None]) -> None:
        """Called with each new knock."""
        self._knocked.append(listener)

    async def look(self, look: Look, outbox: Outbox, person: Person) -> Visit:
        """Stand before the door; the answer goes out from here.

        Raises: any Refusal of the name.
        """
        door, room = await self._find(look)
        visit = Visit(outbox, person, door, self._clock)
        visit.way_back = look.way_back
        await self._see(visit, room)
        knock = await self._known(look.place, door, person)
        lobby = self._lobbies.arrive(visit)
        if knock is not None and look.place is not None:
            self._take_over(visit, knock, look.place)
        ahead = lobby.ahead_of(knock) if knock else 0
        visit.tell(host_present=lobby.host_present, ahead=ahead, ref=look.ref or 1)
        return visit

    async def knock(self, visit: Visit, command: KnockCommand) -> None:
        """Knock, or say something else with the same knock; the answer goes out from here.

        Raises: any Refusal of name, message, picture, limits or storage.
        """
        if command.still is not None:
            check_still(command.still)
        label = await self._label(visit)
        words = Words(
            visit.door.name, clean_name(command.name), clean_knock_message(command.message), label
        )
        if visit.knock is not None and visit.knock.waits:
            knock = await self._store.change_words(visit.knock, words)
            knock = replace(self._lobbies.find(knock.id) or knock, words=words)
        else:
            knock = await self._knock_anew(visit, words)
        if knock.waits:
            knock = replace(knock, has_still=command.still is not None, away=False)
            self._lobbies.keep_still(knock, command.still)
            visit.knock = knock
            self._lobbies.put(knock)
        lobby = self._lobbies[visit.door]
        visit.tell_knock(
            host_present=lobby.host_present, ahead=lobby.ahead_of(knock), ref=command.ref
        )

    async def stop(self, visit: Visit) -> None:
        """Give the place up; nothing happens when it waits no more."""
        knock, visit.knock = visit.knock, None
        if knock is None:
            return
        lapsed = await self._store.settle(knock, "lapsed")
        if lapsed is not None:
            gone = KnockerGone(id=knock.id, why="stopped", by="")
            self._lobbies.settle(lapsed, gone)

    def depart(self, visit: Visit) -> None:
        """The connection is gone; the knock goes on waiting."""
        self._lobbies.depart(visit)

    async def room_changed(self, room: Room) -> None:
        """Locked, unlocked, renamed, given away: everybody before the door sees it. Whoever waits
        at a room that is open now is let in."""
        lobby = self._lobbies.get(door_of(room))
        if lobby is None:
            return
        if room.owner_id is None or not room.locked:
            for knock in tuple(lobby):
                await self._admit(knock, room)
        for visit in lobby.visits:
            await self._see(visit, room)
        lobby.refresh()

    async def room_gone(self, room: Room) -> None:
        """Deleted: who waits there waits for nobody."""
        lobby = self._lobbies.get(door_of(room))
        for knock in tuple(lobby or ()):
            self._lobbies.settle(
                replace(knock, state="lapsed"), KnockerGone(id=knock.id, why="lapsed", by="")
            )
        await self._store.forget_room(room)

    async def back_to_lobby(self, room: Room, name: str, account_id: str | None) -> KnockSeen:
        """Somebody is sent from the meeting to its lobby: a knock of theirs, and what their page
        has to know of it."""
        words = Words(room.name, name, "", "")
        knock, place = await self._store.add(door_of(room), words, account_id)
        knock = replace(knock, away=True)  # until their page is at the door
        self._lobbies.put(knock)
        lobby = self._lobbies[knock.door]
        return knock_seen(
            knock,
            place.reveal(),
            host_present=lobby.host_present,
            ahead=lobby.ahead_of(knock),
            now=self._clock.now(),
        )

    async def _find(self, look: Look) -> tuple[Door, Room | None]:
        if look.kind == "reception":
            return await self._doors.reception(clean_name(look.name)), None
        name = normalise_room_name(look.name)
        room = await self._rooms.find(name)
        # A room that nobody opened yet: it is made by whoever joins first.
        return (Door(f"new:{name}", "room", name) if room is None else door_of(room)), room

    async def _see(self, visit: Visit, room: Room | None) -> None:
        """What the door is for that person."""
        if room is None:
            visit.opens = "join" if visit.door.kind == "room" else "knock"
            return
        right = await self._access.right_of(room, visit.person)
        comes_back = right is None and await self._may_come_back(visit, room)
        visit.opens = "knock" if right is None and not comes_back else "join"
        visit.greeting = room.settings.greeting
        link = await self._access.link_of(room, visit.person.key)
        visit.link_invalid = visit.person.key is not None and link is None

    async def _may_come_back(self, visit: Visit, room: Room) -> bool:
        if visit.way_back is None:
            return False
        try:
            back = self._way_backs.redeem(visit.way_back)
        except WayBackInvalid:
            return False
        if back.room_id != room.id:
            return False
        return await self._passes.look(back, self._live_meeting(room.id)) is not None

    async def _known(self, place: str | None, door: Door, person: Person) -> Knock | None:
        """The knock of somebody who comes back with its place; ``None`` too when it was used, or
        lets in no more."""
        knock = await self._store.by_place(place) if place else None
        if place is None or knock is None or knock.door.key != door.key:
            return None
        live = self._lobbies.find(knock.id)
        if live is not None:
            return live
        if knock.waits:  # answered since it was read, or its room is gone
            knock = await self._store.by_place(place)
        if knock is None or knock.admitted_to is None:
            return knock
        room = await self._rooms.by_id(knock.admitted_to)
        opens = room is not None and await self._opens(place, room, person)
        return replace(knock, room_name=room.name) if room is not None and opens else None

    async def _opens(self, place: str, room: Room, person: Person) -> bool:
        """Does that admission, or what was granted with it, open the room now?"""
        if await self._store.admitted(place, room.id) is not None:
            return True
        return await self._access.right_of(room, replace(person, key=place)) is not None

    def _take_over(self, visit: Visit, knock: Knock, place: str) -> None:
        """A page that has the knock already is another tab of the same person."""
        before = self._lobbies[visit.door].visit_of(knock)
        if before is not None:
            before.knock = None
            before.outbox.end("came back elsewhere", retry=False)
        visit.knock, visit.place = replace(knock, away=False), place
        if knock.waits:
            self._lobbies.put(visit.knock)

    async def _label(self, visit: Visit) -> str:
        if visit.door.kind == "reception" or visit.person.key is None:
            return ""
        room = await self._rooms.by_id(visit.door.id)
        link = await self._access.link_of(room, visit.person.key) if room else None
        return link.label if link else ""

    async def _knock_anew(self, visit: Visit, words: Words) -> Knock:
        network = visit.person.network
        wait = self._knocks.take(network, self._clock.monotonic())
        if wait:
            raise TooFast(seconds=round(wait, 3))
        self._lobbies[visit.door].check_room_for(network)
        room = await self._open_room(visit)
        account = visit.person.account
        knock, place = await self._store.add(visit.door, words, account.id if account else None)
        visit.place = place.reveal()
        visit.knock = knock
        if room is not None:
            return await self._admit(knock, room) or knock
        for listener in self._knocked:
            listener(knock)
        return knock

    async def _open_room(self, visit: Visit) -> Room | None:
        """The room, when its door was opened just before somebody knocked at it.

        Raises: RoomNotOwned when there is no room and so no door.
        """
        if visit.door.kind == "reception":
            return None
        room = await self._rooms.by_id(visit.door.id)
        if room is None:
            raise RoomNotOwned
        return None if await self._access.right_of(room, visit.person) is None else room

    async def _admit(self, knock: Knock, room: Room) -> Knock | None:
        """By nobody: the room is open."""
        admitted = await self._store.settle(knock, "admitted", room)
        if admitted is not None:
            self._lobbies.settle(admitted, KnockerGone(id=knock.id, why="admitted", by=""))
        return admitted
