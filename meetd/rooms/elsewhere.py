"""Rooms of others that somebody may enter without knocking, and how they give that up."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account
from meetd.accounts.team_store import Team, TeamStore
from meetd.audit.log import AuditLog
from meetd.rooms.access import lasting_right
from meetd.rooms.also import audit_line
from meetd.rooms.grant_store import Grant, GrantStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore


@dataclass(frozen=True)
class Shared:
    """A room of somebody else's. ``team``: what the right rests on, when it was not granted to that
    account itself, which could give it up."""

    room: Room
    level: Literal["join", "host"]
    team: Team | None


class Elsewhere:
    """Asks the stores once for all rooms, not once for each: teams may have many."""

    def __init__(
        self, rooms: RoomStore, grants: GrantStore, teams: TeamStore, log: AuditLog
    ) -> None:
        self._rooms = rooms
        self._grants = grants
        self._teams = teams
        self._log = log

    async def of(self, account: Account) -> list[Shared]:
        """By name of the room."""
        granted: dict[str, list[Grant]] = defaultdict(list)
        for grant in await self._grants.reaching(account):
            granted[grant.room_id].append(grant)
        teams = await self._by_mate(account)
        rooms = {room.id: room for owner in teams for room in await self._rooms.owned_by(owner)}
        for room_id in granted:
            room = rooms.get(room_id) or await self._rooms.by_id(room_id)
            if room is not None:
                rooms[room_id] = room
        shared = [
            self._shared(room, granted[room.id], teams.get(room.owner_id or "", []))
            for room in rooms.values()
            if room.owner_id not in {None, account.id}
        ]
        return sorted((one for one in shared if one), key=lambda one: one.room.name)

    async def granted(self, account: Account, room_id: str) -> Shared | None:
        """That room, when something was granted there to the account itself."""
        room = await self._rooms.by_id(room_id)
        if room is None or room.owner_id in {None, account.id}:
            return None
        return self._shared(room, await self._grants.standing(room.id, account, None), [])

    async def give_up(self, account: Account, room: Room) -> None:
        """From now on they knock there like everybody. Where a team would let them in, it is said
        by name that they knock: nobody gets more by giving something up."""
        teams = await self._teams.shared(account.id, room.owner_id) if room.owner_id else []
        line = audit_line(self._log, "access-revoked", account.id, room, subject=account.id)
        knocks = any(team.level != "knock" for team in teams)
        await self._grants.give_up(room, account, line, knocks=knocks)

    @staticmethod
    def _shared(room: Room, granted: list[Grant], teams: list[Team]) -> Shared | None:
        right = lasting_right(granted, teams)
        if right is None:
            return None
        through = next((team for team in teams if right.basis == f"team:{team.id}"), None)
        return Shared(room, right.level, through)

    async def _by_mate(self, account: Account) -> dict[str, list[Team]]:
        """Teams that open rooms, by the account of whose rooms they open."""
        mates: dict[str, list[Team]] = defaultdict(list)
        for own in await self._teams.of(account.id):
            if not own.is_active or own.team.level == "knock":
                continue
            for member in await self._teams.members(own.team.id):
                if member.is_active and member.account_id != account.id:
                    mates[member.account_id].append(own.team)
        return mates
