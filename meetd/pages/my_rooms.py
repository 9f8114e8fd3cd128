"""Rooms that somebody owns or may enter, as lists show them."""

from dataclasses import dataclass

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.core.refusals import RoomNotFree
from meetd.meetings.window import Glance, Window
from meetd.rooms.access import Access
from meetd.rooms.elsewhere import Elsewhere, OthersRoom
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore

LATEST = 8
"""How many the start page shows."""


@dataclass(frozen=True)
class Entry:
    """One line of a list."""

    room: Room
    glance: Glance


@dataclass(frozen=True)
class SharedEntry:
    """The same of a room of somebody else's. ``owner``: first name. ``glance``: for its hosts only;
    who just may enter learns who is in by entering."""

    shared: OthersRoom
    owner: str
    glance: Glance | None


@dataclass(frozen=True)
class Latest:
    """``more``: how many are not shown."""

    entries: list[Entry]
    more: int


@dataclass(frozen=True)
class WaysOn:
    """Pages that somebody who is signed in may go to from a room's own page; ``""``: nothing there
    for them."""

    claim: str = ""
    settings: str = ""
    reset: str = ""
    delete: str = ""


class MyRooms:
    """Looks them up, makes and claims them."""

    def __init__(
        self,
        rooms: RoomStore,
        elsewhere: Elsewhere,
        access: Access,
        accounts: Accounts,
        window: Window,
    ) -> None:
        self._rooms = rooms
        self._access = access
        self._elsewhere = elsewhere
        self._accounts = accounts
        self._window = window

    async def of(self, account: Account) -> list[Entry]:
        """Where somebody knocks or is comes first, then the last used."""
        entries = [
            Entry(room, self._window.look(room)) for room in await self._rooms.owned_by(account.id)
        ]
        return sorted(entries, key=_is_quiet)

    async def shared(self, account: Account) -> list[SharedEntry]:
        """Rooms of others that they may enter without knocking."""
        shared = await self._elsewhere.of(account)
        owners = {one.room.owner_id for one in shared if one.room.owner_id}
        names = {owner: await self._first_name(owner) for owner in owners}
        return [
            SharedEntry(
                shared=one,
                owner=names.get(one.room.owner_id or "", ""),
                glance=self._window.look(one.room) if one.level == "host" else None,
            )
            for one in shared
        ]

    async def usable(self, account: Account) -> list[str]:
        """Names of the rooms where they may send somebody from their reception."""
        own = [entry.room.name for entry in await self.of(account)]
        hosted = [one.room.name for one in await self._elsewhere.of(account) if one.level == "host"]
        return [*own, *hosted]

    async def latest(self, account: Account) -> Latest:
        """For the start page."""
        entries = await self.of(account)
        return Latest(entries[:LATEST], len(entries[LATEST:]))

    async def name_now(self, name: str) -> str:
        """Where that name leads to: nowhere else, unless it is a former one."""
        return await self._rooms.name_now(name) or name

    async def make(self, account: Account, name: str) -> Room:
        """Raises: RoomNameTaken."""
        locked = await self._rooms.locks_new_rooms(account.id)
        return await self._rooms.make_owned(name, account.id, locked=locked)

    async def ways_on(self, account: Account, name: str) -> WaysOn:
        """Claiming, while nobody owns it and nobody is in, also where nobody ever was."""
        room = await self._rooms.find(name)
        if room is None or room.owner_id is None:
            is_free = await self._is_free(account, name, room)
            return WaysOn(claim=f"/account/rooms/claim/{name}" if is_free else "")
        settings = f"/account/rooms/{room.id}"
        if room.owner_id == account.id:
            return WaysOn(settings=settings, reset=f"{settings}/reset", delete=f"{settings}#delete")
        if await self._access.is_host(room, account):
            return WaysOn(settings=settings, reset=f"{settings}/reset")
        return WaysOn()

    async def is_taken(self, account: Account, name: str) -> bool:
        """Is there, or was there lately, a room of that name which somebody owns? A deleted one's
        is free for its former owner."""
        room = await self._rooms.find(name)
        if room is None:
            return await self._rooms.deleted_names.has(name, but_of=account.id)
        return room.owner_id is not None or room.name != name

    async def free(self, name: str) -> Room | None:
        """A room of that name that can be claimed. Raises: RoomNotFree while people are in it."""
        room = await self._rooms.find(name)
        if room is None or room.owner_id is not None or room.name != name:
            return None
        if self._window.look(room).people:
            raise RoomNotFree
        return room

    async def claim(self, account: Account, room: Room) -> Room:
        """Whoever comes in at this very moment stays a guest and sees that it has an owner now.

        Raises: RoomNotFree when somebody else was first.
        """
        locked = await self._rooms.locks_new_rooms(account.id)
        return await self._rooms.claim(room, account.id, locked=locked)

    async def _is_free(self, account: Account, name: str, room: Room | None) -> bool:
        """``room``: of that name, nobody's."""
        if room is None:
            return not await self._rooms.deleted_names.has(name, but_of=account.id)
        return not self._window.look(room).people

    async def _first_name(self, account_id: str) -> str:
        found = await self._accounts.by_id(account_id)
        return found.first_name if found else ""


def _is_quiet(entry: Entry) -> tuple[bool, bool]:
    return not entry.glance.knocking, not entry.glance.people
