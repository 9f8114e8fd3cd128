"""Which door an address is, and which doors somebody may answer."""

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.accounts.team_store import Team
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
        self._teams = accounts.teams.store
        self._rooms = rooms
        self._access = access
        self._grants = grants

    async def reception(self, user_name: str) -> Door:
        """The reception of that name. One that is nobody's looks and behaves like one whose owner
        never comes: nobody can find out who has an account here."""
        owner_id = await self._accounts.reception_of(user_name)
        name = user_name.lower()
        return Door(owner_id or f"nobody:{name}", "reception", name)

    async def answered_by(self, account: Account) -> list[Door]:
        """Every door that somebody may answer: their rooms, rooms where they accepted to be
        host, their reception, and those of their teams."""
        receptions = [Door(account.id, "reception", account.user_name.lower())]
        owners = [account.id]
        for membership in await self._teams.of(account.id):
            if membership.is_active:
                team = membership.team
                receptions.append(Door(team.id, "reception", team.name.lower()))
                owners += await self._mates(team)
        rooms = {
            room.id: room
            for owner_id in dict.fromkeys(owners)
            for room in await self._rooms.owned_by(owner_id)
            if owner_id == account.id or await self._access.is_host(room, account)
        }
        for room_id in await self._grants.offers.hosted_by(account):
            room = rooms.get(room_id) or await self._rooms.by_id(room_id)
            if room is not None:
                rooms[room_id] = room
        return [*receptions, *(door_of(room) for room in rooms.values())]

    async def hosts_of(self, door: Door) -> list[str]:
        """Ids of accounts that may answer there."""
        if door.kind == "reception":
            members = await self._teams.members(door.id)
            active = [member.account_id for member in members if member.is_active]
            return active or ([] if door.is_nobodys else [door.id])
        room = await self._rooms.by_id(door.id)
        if room is None or room.owner_id is None:
            return []
        maybe = [
            room.owner_id,
            *await self._grants.hosts_of(room.id),
            *await self._team_of(room.owner_id),
        ]
        return [one for one in dict.fromkeys(maybe) if await self._is_host(room, one)]

    async def _team_of(self, owner_id: str) -> list[str]:
        """Ids of those who are hosts in that owner's rooms by a team."""
        return [
            mate
            for membership in await self._teams.of(owner_id)
            if membership.is_active
            for mate in await self._mates(membership.team)
        ]

    async def _is_host(self, room: Room, account_id: str) -> bool:
        """Not who was granted less by name than by a team, or whose address was another one when
        they accepted."""
        account = await self._accounts.by_id(account_id)
        return account is not None and await self._access.is_host(room, account)

    async def _mates(self, team: Team) -> list[str]:
        """Who agreed to be a host in one another's rooms."""
        if team.level != "host":
            return []
        members = await self._teams.members(team.id)
        return [one.account_id for one in members if one.is_active and one.agreed == "host"]

    async def may_answer(self, account: Account, door: Door) -> bool:
        """Asked for each answer, of the store."""
        if door.kind == "reception":
            membership = await self._teams.membership(door.id, account.id)
            return door.id == account.id or (membership is not None and membership.is_active)
        room = await self._rooms.by_id(door.id)
        return room is not None and await self._access.is_host(room, account)
