"""Somebody's own rooms, as lists show them."""

from dataclasses import dataclass

from meetd.accounts.account import Account
from meetd.core.refusals import RoomNotFree
from meetd.meetings.window import Glance, Window
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
class Latest:
    """``more``: how many are not shown."""

    entries: list[Entry]
    more: int


class MyRooms:
    """Looks them up, makes and claims them."""

    def __init__(self, rooms: RoomStore, window: Window) -> None:
        self._rooms = rooms
        self._window = window

    async def of(self, account: Account) -> list[Entry]:
        """Where somebody knocks or is comes first, then the last used."""
        entries = [
            Entry(room, self._window.look(room)) for room in await self._rooms.owned_by(account.id)
        ]
        return sorted(entries, key=_is_quiet)

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


def _is_quiet(entry: Entry) -> tuple[bool, bool]:
    return not entry.glance.knocking, not entry.glance.people
