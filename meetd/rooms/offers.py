"""What waits for somebody's answer: to be a host of a room, to be in a team, to own a room. Nobody
has a part in what others do before they have said yes to it."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.accounts.team_store import Membership, TeamLevel
from meetd.audit.log import AuditLog
from meetd.core.refusals import OfferGone, RoomHeld
from meetd.rooms.also import audit_line, together
from meetd.rooms.grant import Grant
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.handover_store import Handover, HandoverStore
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore

OfferKind = Literal["host", "team", "room"]
KINDS: Final[tuple[OfferKind, ...]] = get_args(OfferKind)


@dataclass(frozen=True)
class Offer:
    """``id``: of the grant, the team or the handover. ``name``: of the room or team. ``by``: name
    of the room's owner. ``level``: what members of the team may do in one another's rooms."""

    kind: OfferKind
    id: str
    name: str
    made_at: int
    by: str = ""
    level: TeamLevel = "knock"
    stays: bool = False


class Offers:
    """Acts of the account that was asked. Each raises OfferGone, or AccountRefused for a team, when
    there is no such offer to them, or no more."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        rooms: RoomStore,
        grants: GrantStore,
        handovers: HandoverStore,
        log: AuditLog,
    ) -> None:
        self._accounts = accounts
        self._teams = accounts.teams
        self._rooms = rooms
        self._grants = grants
        self._handovers = handovers
        self._log = log

    async def of(self, who: Account) -> list[Offer]:
        """Newest first."""
        hosting = [
            await self._host_offer(who, one) for one in await self._grants.offers.offered_to(who)
        ]
        rooms = [
            await self._room_offer(who, one) for one in await self._handovers.offered_to(who.id)
        ]
        teams = [_team_offer(one) for one in await self._teams.store.of(who.id)]
        offers = [one for one in (*hosting, *rooms, *teams) if one is not None]
        return sorted(offers, key=lambda one: one.made_at, reverse=True)

    async def count(self, who: Account) -> int:
        """How many these are; every page asks, so nothing is opened for it."""
        hosting = await self._grants.offers.count_to(who)
        rooms = await self._handovers.count_to(who.id)
        return hosting + rooms + await self._teams.store.count_invitations(who.id)

    async def accept(self, who: Account, kind: OfferKind, id_: str, seen: TeamLevel) -> None:
        """``seen``: the level of the team as the invitation had it.

        Raises: TooManyRooms when they own as many as anybody may; RoomHeld.
        """
        await self._check_may_answer(who)
        if kind == "host":
            await self._accept_host(who, id_)
        elif kind == "room":
            await self._accept_room(who, id_)
        else:
            await self._teams.accept(who, id_, seen)

    async def decline(self, who: Account, kind: OfferKind, id_: str) -> None:
        """Also a host role that was accepted before: no tab from before makes somebody a host."""
        if kind == "host":
            await self._grants.offers.answer(who, id_, "declined")
        elif kind == "room":
            await self._handovers.decline(who.id, id_)
        else:
            await self._teams.decline(who, id_)

    async def _accept_host(self, who: Account, grant_id: str) -> None:
        grant = await self._grants.offers.offer_to(who, grant_id)
        found = await self._room_of(who, grant.room_id) if grant else None
        if found is None:
            raise OfferGone
        room, _ = found
        line = audit_line(self._log, "access-accepted", who.id, room, details={"level": "host"})
        await self._grants.offers.answer(who, grant_id, "accepted", line)

    async def _accept_room(self, who: Account, offer_id: str) -> None:
        """Other access of people stays; what would let the former owner back in goes, unless they
        stay as a host."""
        offer = await self._handovers.offer_to(who.id, offer_id)
        found = await self._room_of(who, offer.room_id) if offer else None
        if offer is None or found is None or found[1].id != offer.offered_by:
            raise OfferGone
        room, owner = found
        also = together(
            self._handovers.taking(who.id, offer.id),
            await self._grants.handing_over(room, owner, stays=offer.stays),
            audit_line(self._log, "room-transferred", owner.id, room, subject=who.id),
        )
        try:
            await self._rooms.transfer(room, who.id, also)
        except RoomHeld:
            await self._log.note_held("accept room", actor=who.id, room=room.id)
            raise

    async def _check_may_answer(self, who: Account) -> None:
        """Blocked since the page was asked for, nothing is given to them any more."""
        if await self._accounts.active(who.id) is None:
            raise OfferGone

    async def _room_of(self, who: Account, room_id: str) -> tuple[Room, Account] | None:
        """A room of somebody else's, with its owner. What a blocked account offered is void."""
        room = await self._rooms.by_id(room_id)
        owner = await self._accounts.active(room.owner_id) if room and room.owner_id else None
        if room is None or owner is None or owner.id == who.id:
            return None
        return room, owner

    async def _host_offer(self, who: Account, grant: Grant) -> Offer | None:
        found = await self._room_of(who, grant.room_id)
        if found is None:
            return None
        room, owner = found
        return Offer("host", grant.id, room.name, grant.made_at, by=owner.name)

    async def _room_offer(self, who: Account, offer: Handover) -> Offer | None:
        found = await self._room_of(who, offer.room_id)
        if found is None or found[1].id != offer.offered_by:
            return None
        room, owner = found
        return Offer("room", offer.id, room.name, offer.made_at, by=owner.name, stays=offer.stays)


def _team_offer(one: Membership) -> Offer | None:
    if one.state != "invited":
        return None
    return Offer("team", one.team.id, one.team.name, one.changed_at, level=one.team.level)
