"""Takes out of a room, for ever, what somebody ticked: what is in it, who may come in, and what is
known of who came."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Literal, get_args

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.audit.log import AuditLog
from meetd.boards.boards import Boards
from meetd.content.shelf import Shelf
from meetd.lobby.store import KnockStore
from meetd.meetings.meetings import Meetings
from meetd.meetings.usage import Usage, Used
from meetd.rooms.access import Access
from meetd.rooms.also import audit_line, together
from meetd.rooms.grant import Grant
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.hold_store import check_not_held
from meetd.rooms.pass_store import PassStore
from meetd.rooms.room import Room
from meetd.storage.database import Transaction

Part = Literal["files", "boards", "chat", "links", "people", "activity"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
_IN_ARCHIVES: Final = frozenset({"files", "boards", "chat"})


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """What there is to go. ``spared``: what was granted and only the owner takes back."""

    used: Used
    links: int
    people: int
    activity: int
    spared: int


class Resetting:
    """For hosts who are that for good. What only the owner takes back one by one (who is a host,
    and who should knock), hosts do not take back all at once either."""

    def __init__(
        self,
        *,
        meetings: Meetings,
        shelf: Shelf,
        boards: Boards,
        usage: Usage,
        grants: GrantStore,
        access: Access,
        knocks: KnockStore,
        passes: PassStore,
        accounts: Accounts,
        log: AuditLog,
        forget_archives: Callable[[str], Awaitable[None]],
    ) -> None:
        """``forget_archives``: those of a room, by its id."""
        self._meetings = meetings
        self._shelf = shelf
        self._boards = boards
        self._usage = usage
        self._grants = grants
        self._access = access
        self._knocks = knocks
        self._passes = passes
        self._accounts = accounts
        self._log = log
        self._forget_archives = forget_archives

    async def look(self, room: Room, host: Account) -> Inventory:
        """What that host would find to tick."""
        everything = await self._grants.of(room)
        theirs = await self._revocable(room, host, everything)
        links = sum(1 for grant in theirs if _part_of(grant) == "links")
        return Inventory(
            used=await self._usage.of(room.id),
            links=links,
            people=len(theirs) - links,
            activity=await self._knocks.count_settled(room),
            spared=len(everything) - len(theirs),
        )

    async def reset(self, room: Room, host: Account, parts: Collection[Part]) -> None:
        """Whoever is in only by what was granted has to go or knock; everybody else sees what goes.
        What is on its way into the room arrives all the same. Done twice, it is as gone as before.

        Raises: RoomHeld, where nothing went unless the hold was placed meanwhile; StorageFull,
        StorageFailed: some of it may be gone then, and the rest is still there to be ticked.
        """
        await self._take_access(room, host, parts)
        if _IN_ARCHIVES.intersection(parts):
            # What goes would still be in them.
            await self._forget_archives(room.id)
        if "files" in parts:
            for item in await self._shelf.items(room.id):
                await self._shelf.remove(item)
        if "boards" in parts:
            for board in await self._boards.of_room(room.id):
                await self._boards.remove(board)
        if "chat" in parts:
            await self._meetings.clear_chat(room.id)

    async def _take_access(self, room: Room, host: Account, parts: Collection[Part]) -> None:
        """With the line in the audit log, which is there before anything goes, and only of a room
        that is not held."""

        async def not_held(transaction: Transaction) -> None:
            await check_not_held(transaction, room.id)

        asked = [each for each in await self._grants.of(room) if _part_of(each) in parts]
        ids = [grant.id for grant in await self._revocable(room, host, asked)]
        told = {"parts": " ".join(part for part in PARTS if part in parts)}
        works = [not_held, audit_line(self._log, "room-reset", host.id, room, details=told)]
        if "activity" in parts:
            works += [self._knocks.forgetting_settled(room), self._passes.ending_left(room.id)]
        spares = room.owner_id != host.id
        await self._grants.revoke_all(room, ids, together(*works), spares_hosts=spares)

    async def _revocable(self, room: Room, host: Account, grants: list[Grant]) -> list[Grant]:
        """What of these that host may take back."""
        if room.owner_id == host.id:
            return grants
        return [grant for grant in grants if not await self._is_owners(room, grant)]

    async def _is_owners(self, room: Room, grant: Grant) -> bool:
        """Only the owner takes it back; also what keeps somebody from being a host by a team."""
        if grant.is_owners or not grant.needs_account:
            return grant.is_owners
        other = await self._granted_to(grant)
        return other is not None and await self._access.is_host_without(room, other, grant.id)

    async def _granted_to(self, grant: Grant) -> Account | None:
        """By name, or by an address that they confirmed."""
        if grant.account_id is not None:
            return await self._accounts.by_id(grant.account_id)
        found = await self._accounts.by_email(grant.label)
        return found if found is not None and found.email_confirmed_at is not None else None


def _part_of(grant: Grant) -> Part:
    return "links" if grant.kind == "link" else "people"
