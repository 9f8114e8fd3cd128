"""Rooms of others that somebody may enter without knocking, and how they give that up."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account
from meetd.accounts.team_store import Shared, TeamStore
from meetd.audit.log import AuditLog
from meetd.rooms.access import lasting_right
from meetd.rooms.also import audit_line
from meetd.rooms.grant import Grant
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore


@dataclass(frozen=True)
class OthersRoom:
    """A room of somebody else's. ``team``: what the right rests on, when it was not granted to that
    account itself, which could give it up."""

    room: Room
    level: Literal["join", "host"]
    team: Shared | None


class Elsewhere:
    """Asks the stores once for all rooms, not once for each: teams may have many."""

    def __init__(
        self, rooms: RoomStore, grants: GrantStore, teams: TeamStore, log: AuditLog
    ) -> None:
        self._rooms = rooms
        self._grants = grants
        self._teams = teams
        self._log = log

    async def of(self, account: Account) -> list[OthersRoom]:
        """By name of the room."""
        granted: dict[str, list[Grant]] = defaultdict(list)
        for grant in await self._grants.reaching(account):
            granted[grant.room_id].append(grant)
        teams = await self._opened_to(account)
        rooms = {room.id: room for owner in teams for room in await self._rooms.owned_by(owner)}
        for room_id in granted:
            room = rooms.get(room_id) or await self._rooms.by_id(room_id)
            if room is not None:
                rooms[room_id] = room
        found = [
            _others_room(room, granted[room.id], teams.get(room.owner_id or "", []), account)
            for room in rooms.values()
            if room.owner_id not in {None, account.id}
        ]
        return sorted((one for one in found if one), key=lambda one: one.room.name)

    async def _opened_to(self, account: Account) -> dict[str, list[Shared]]:
        """What teams give in rooms of others, by their owner, where it is anything."""
        shared = await self._teams.shared_by_owner(account.id)
        return {
            owner: each
            for owner, each in shared.items()
            if any(one.level != "knock" for one in each)
        }

    async def granted(self, account: Account, room_id: str) -> OthersRoom | None:
        """That room, when something was granted there to the account itself."""
        room = await self._rooms.by_id(room_id)
        if room is None or room.owner_id in {None, account.id}:
            return None
        standing = await self._grants.standing(room.id, account, None)
        return _others_room(room, standing, [], account)

    async def give_up(self, account: Account, room: Room) -> None:
        """From now on they knock there like everybody. Where a team would let them in, it is said
        by name that they knock: nobody gets more by giving something up."""
        teams = await self._teams.shared(account.id, room.owner_id) if room.owner_id else []
        line = audit_line(self._log, "access-revoked", account.id, room, subject=account.id)
        knocks = any(team.level != "knock" for team in teams)
        await self._grants.give_up(room, account, line, knocks=knocks)


def _others_room(
    room: Room, granted: list[Grant], teams: list[Shared], account: Account
) -> OthersRoom | None:
    """``None`` where they knock like everybody."""
    right = lasting_right(granted, teams, account)
    if right is None:
        return None
    through = next((one for one in teams if right.basis == f"team:{one.team_id}"), None)
    return OthersRoom(room, right.level, through)
