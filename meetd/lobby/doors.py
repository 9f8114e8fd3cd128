"""Which door an address is, and which doors somebody may answer."""

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.lobby.knock import Door
from meetd.rooms.access import Access
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore


def door_of(room: Room) -> Door:
    return Door(room.id, "room", room.name)


class Doors:
    """Asks the stores."""

    def __init__(
        self, accounts: Accounts, rooms: RoomStore, access: Access, grants: GrantStore
    ) -> None:
        self._accounts = accounts
        self._rooms = rooms
        self._access = access
        self._grants = grants

    async def reception(self, user_name: str) -> Door:
        """The reception of that name. One that is nobody's looks and behaves like one whose owner
        never comes: nobody can find out who has an account here."""
        account_id = await self._accounts.id_by_user_name(user_name)
        name = user_name.lower()
        return Door(account_id or f"nobody:{name}", "reception", name)

    async def answered_by(self, account: Account) -> list[Door]:
        """Every door that somebody may answer: their rooms, rooms where they are host, and their
        reception."""
        rooms = {room.id: room for room in await self._rooms.owned_by(account.id)}
        for room_id in await self._grants.hosted_by(account):
            room = rooms.get(room_id) or await self._rooms.by_id(room_id)
            if room is not None:
                rooms[room_id] = room
        reception = Door(account.id, "reception", account.user_name.lower())
        return [reception, *(door_of(room) for room in rooms.values())]

    async def hosts_of(self, door: Door) -> list[str]:
        """Ids of accounts that may answer there."""
        if door.kind == "reception":
            return [] if door.id.startswith("nobody:") else [door.id]
        room = await self._rooms.by_id(door.id)
        if room is None or room.owner_id is None:
            return []
        return list(dict.fromkeys([room.owner_id, *await self._grants.hosts_of(room.id)]))

    async def may_answer(self, account: Account, door: Door) -> bool:
        """Asked for each answer, of the store."""
        if door.kind == "reception":
            return door.id == account.id
        room = await self._rooms.by_id(door.id)
        return room is not None and await self._access.is_host(room, account)
