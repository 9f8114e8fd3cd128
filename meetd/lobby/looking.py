"""What a door is for whoever stands before it. Reads only."""

from collections.abc import Callable
from dataclasses import replace

from meetd.core.refusals import NoSuchRoom, WayBackInvalid
from meetd.core.text import clean_name
from meetd.images.images import Images
from meetd.images.store import Owner
from meetd.lobby.doors import Doors, door_of
from meetd.lobby.knock import Door, Knock
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.lobby import Lobby
from meetd.lobby.store import KnockStore
from meetd.lobby.visit import Visit
from meetd.protocol.door import Look
from meetd.rooms.access import Access, Person
from meetd.rooms.names import normalise_room_name
from meetd.rooms.pass_store import PassStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.rooms.way_back import WayBack, WayBacks, by_admission


class Looking:
    """Asks the stores. ``live_meeting``: id of the meeting in that room, if people are in it."""

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
        images: Images,
        live_meeting: Callable[[str], str | None],
    ) -> None:
        self._store = store
        self._lobbies = lobbies
        self._doors = doors
        self._rooms = rooms
        self._access = access
        self._passes = passes
        self._way_backs = way_backs
        self._images = images
        self._live_meeting = live_meeting

    async def find(self, look: Look) -> Door:
        """Raises: any Refusal of the name."""
        if look.kind == "reception":
            return await self._doors.reception(clean_name(look.name))
        name = normalise_room_name(look.name)
        room = await self._rooms.find(name)
        if room is None and await self._rooms.deleted_names.has(name):
            raise NoSuchRoom
        # A room that nobody opened yet: it is made by whoever joins first.
        return Door(f"new:{name}", "room", name) if room is None else door_of(room)

    async def see(self, visit: Visit, lobby: Lobby) -> None:
        """How the door stands for that person; looked at again when it changed meanwhile."""
        if visit.door.kind == "reception":
            await self._see_reception(visit, lobby)
        else:
            await self._see_room(visit, lobby)

    async def _see_reception(self, visit: Visit, lobby: Lobby) -> None:
        """Only its picture may change. One is looked for at a reception of nobody's too."""
        while True:
            changes = lobby.changes
            visit.picture = await self._images.path(Owner("account", visit.door.id))
            if changes == lobby.changes:
                return

    async def _see_room(self, visit: Visit, lobby: Lobby) -> None:
        while True:
            changes = lobby.changes
            room = await self._rooms.by_id(visit.door.id)
            opens = room is None or await self._is_open(room, visit)
            link = await self._access.link_of(room, visit.person.key) if room else None
            has_entered = room is not None and await self._has_entered(room, visit)
            picture = await self._picture(room) if room else ""
            if changes == lobby.changes:
                break
        visit.opens = "join" if opens or has_entered else "knock"
        visit.picture = picture
        visit.greeting = room.settings.greeting if room else ""
        has_key = room is not None and visit.person.key is not None
        visit.link_invalid = has_key and link is None and not has_entered

    async def known(self, place: str | None, door: Door, person: Person) -> Knock | None:
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
        opens = room is not None and await self._opens(place, knock, room, person)
        return replace(knock, room_name=room.name) if room is not None and opens else None

    async def _picture(self, room: Room) -> str:
        """The room's own, or else its owner's."""
        path = await self._images.path(Owner("room", room.id))
        if path or room.owner_id is None:
            return path
        return await self._images.path(Owner("account", room.owner_id))

    async def _is_open(self, room: Room, visit: Visit) -> bool:
        if await self._access.right_of(room, visit.person) is not None:
            return True
        return visit.way_back is not None and await self._leads_back(visit.way_back, room, visit)

    async def _has_entered(self, room: Room, visit: Visit) -> bool:
        """With a link that may be used up by it, and never got the answer."""
        place = visit.came_with
        participant_id = await self._passes.entered_by(place, room.id) if place else None
        if participant_id is None:
            return False
        return await self._comes_back(by_admission(room.id, participant_id), room, visit.person)

    async def _leads_back(self, way_back: str, room: Room, visit: Visit) -> bool:
        try:
            back = self._way_backs.redeem(way_back)
        except WayBackInvalid:
            return False
        return await self._comes_back(back, room, visit.person)

    async def _comes_back(self, back: WayBack, room: Room, person: Person) -> bool:
        if back.room_id != room.id:
            return False
        right = await self._passes.look(back, self._live_meeting(room.id))
        if right is None:
            return False
        return await self._access.still(room, right, person.account) is not None

    async def _opens(self, place: str, knock: Knock, room: Room, person: Person) -> bool:
        """Does that admission, or what was granted with it, open the room now? Also for whoever
        entered by it and never got the answer."""
        if await self._store.admitted(place, room.id) is not None:
            return True
        if knock.entered_as is not None:
            return await self._comes_back(by_admission(room.id, knock.entered_as), room, person)
        return await self._access.right_of(room, replace(person, key=place)) is not None
