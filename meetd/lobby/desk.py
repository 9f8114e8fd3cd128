"""The hosts' side of a door: watch who knocks, and answer. The first answer counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from meetd.accounts.account import Account, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.audit.entry import HOST
from meetd.audit.log import AuditLog
from meetd.core.clock import Clock
from meetd.core.ids import new_room_name
from meetd.core.refusals import (
    KnockAnswered,
    KnockGone,
    LastingHostsOnly,
    NoSuchRoom,
    NotAHost,
    Refusal,
)
from meetd.lobby.doors import Doors, door_of
from meetd.lobby.knock import Door, Knock, Stay
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.store import KnockStore
from meetd.lobby.watch import Watch
from meetd.protocol.door import Answer, KnockState
from meetd.protocol.outbox import Outbox
from meetd.rooms.access import Access
from meetd.rooms.also import Also, audit_line, together
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.names import normalise_room_name
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.storage.database import Transaction

_STAYS: dict[Answer, Stay] = {
    "admit once": "once",
    "admit for meeting": "meeting",
    "always admit": "always",
}


@dataclass(frozen=True)
class Host:
    """Who answers: an account, or somebody who is host of a room in its meeting."""

    name: str
    account: Account | None = None
    room: Room | None = None
    leads: Callable[[], bool] = lambda: False
    """Is host there still."""
    is_lasting: bool = True
    """Host of that room by what the account is there: the store is asked, and not the meeting."""

    @property
    def id(self) -> str:
        """For the audit log."""
        return self.account.id if self.account else HOST


class Desk:
    """Where knocks are answered. Who may is asked of the store for every answer."""

    def __init__(
        self,
        *,
        store: KnockStore,
        lobbies: Lobbies,
        doors: Doors,
        rooms: RoomStore,
        access: Access,
        grants: GrantStore,
        accounts: Accounts,
        log: AuditLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._lobbies = lobbies
        self._doors = doors
        self._rooms = rooms
        self._access = access
        self._grants = grants
        self._accounts = accounts
        self._log = log
        self._clock = clock
        self._watching: dict[Watch, SignedIn] = {}
        self._changes = 0

    async def watch(self, who: SignedIn, outbox: Outbox, ref: int) -> Watch:
        """Tell that host who knocks, from now on; the answer goes out from here."""
        watch = self._watch(outbox, await self._doors_of(who), ref)
        self._watching[watch] = who
        return watch

    def watch_room(self, room: Room, outbox: Outbox, *, is_lasting: bool) -> Watch:
        """The same for a host in a meeting, for that room. ``is_lasting``: by what their account is
        there, not by a role that was handed on or by a link."""
        return self._watch(outbox, [door_of(room)], 0, may_grant=is_lasting)

    def unwatch(self, watch: Watch) -> None:
        self._watching.pop(watch, None)
        self._lobbies.unwatch(watch)

    async def doors_changed(self) -> None:
        """Rooms or access changed hands: everybody watches what is theirs to answer."""
        self._changes += 1
        for watch, who in tuple(self._watching.items()):
            doors = await self._doors_of(who)
            if watch in self._watching and {door.key for door in doors} != watch.doors:
                self._lobbies.watch(watch, doors)
                self._send_all(watch, 0)

    def session_ended(self, account_id: str, session_id: str | None) -> None:
        """Signed out, or blocked: nothing more is shown or answered there."""
        for watch, who in tuple(self._watching.items()):
            if who.account.id == account_id and session_id in {None, who.session.id}:
                watch.end()

    async def answer(
        self, host: Host, knock_id: str, answer: Answer, to: str | None
    ) -> Room | None:
        """Returns the room they were sent to, ``None`` when not admitted.

        Raises: KnockAnswered, KnockGone, NotAHost, LastingHostsOnly, NoSuchRoom.
        """
        knock = self._lobbies.find(knock_id)
        if knock is None:
            raise self._over(knock_id)
        if not await self._may_answer(host, knock.door):
            raise NotAHost
        if answer == "ask to wait":
            await self._ask_to_wait(knock, host)
            return None
        if answer == "turn away":
            await self._settle(knock, host, None, None)
            return None
        if answer == "always admit" and not await self._may_grant(host, knock.door):
            may_answer = await self._may_answer(host, knock.door)  # still
            raise LastingHostsOnly if may_answer else NotAHost
        room = await self._room_for(knock, host, to)
        try:
            await self._admit(knock, host, room, _STAYS[answer])
        except Refusal:
            if knock.door.kind == "reception" and to is None:
                await self._rooms.delete(room)  # made for somebody who does not come
            raise
        return room

    async def admit_all(self, host: Host, room_name: str) -> tuple[Room, int]:
        """Everybody who waits at that room, once. Returns it and how many they were.

        Raises: NoSuchRoom, NotAHost.
        """
        room = await self._rooms.find(normalise_room_name(room_name))
        if room is None:
            raise NoSuchRoom
        if not await self._may_answer(host, door_of(room)):
            raise NotAHost
        waiting = tuple(self._lobbies.waiting_at([door_of(room).key]))
        admitted = await self._store.admit_all(
            waiting, room, "once", self._still_may(host, door_of(room))
        )
        await self._lobbies.answer_all(admitted, by=host.name)
        return room, len(admitted)

    async def still_of(self, host: Host, knock_id: str) -> bytes:
        """The picture that came with a knock. Raises: KnockGone, NotAHost."""
        knock = self._lobbies.find(knock_id)
        still = self._lobbies.stills.of(knock_id)
        if knock is None or still is None:
            raise KnockGone
        if not await self._may_answer(host, knock.door):
            raise NotAHost
        return still

    async def _doors_of(self, who: SignedIn) -> list[Door]:
        """Asked again when something changed meanwhile, so that nobody is shown what was just taken
        away."""
        while True:
            changes = self._changes
            account = await self._accounts.by_id(who.account.id)  # the address may have changed
            doors = await self._doors.answered_by(account) if account else []
            if changes == self._changes:
                return doors

    def _watch(
        self, outbox: Outbox, doors: list[Door], ref: int, *, may_grant: bool = True
    ) -> Watch:
        watch = Watch(outbox, self._clock, may_grant=may_grant)
        self._lobbies.watch(watch, doors)
        self._send_all(watch, ref)
        return watch

    def _send_all(self, watch: Watch, ref: int) -> None:
        waiting = sorted(self._lobbies.waiting_at(watch.doors), key=lambda one: one.knocked_at)
        watch.start(waiting, ref)

    async def _may_answer(self, host: Host, door: Door) -> bool:
        """What was granted may have run out since the meeting last looked."""
        by_meeting = not host.is_lasting and _is_at_door_of_room(host, door)
        return by_meeting or await self._may_grant(host, door)

    async def _may_grant(self, host: Host, door: Door) -> bool:
        """What lasts is given by owners and those whom they made hosts: accounts, by the store."""
        account = await self._account_of(host)
        return account is not None and await self._doors.may_answer(account, door)

    async def _account_of(self, host: Host) -> Account | None:
        """As it is now; ``None`` when it was blocked meanwhile."""
        return await self._accounts.active(host.account.id) if host.account else None

    def _still_may(self, host: Host, door: Door) -> Also:
        """Part of the answer: who lost the role in the middle of it has not answered.

        What is returned raises: NotAHost.
        """

        async def also(_: Transaction) -> None:
            if not await self._may_answer(host, door):
                raise NotAHost

        return also

    def _still_opens(self, host: Host, door: Door, room: Room, stay: Stay) -> Also:
        """The same of letting into that room, which may not be the one of the door.

        What is returned raises: NotAHost, LastingHostsOnly, NoSuchRoom.
        """

        async def also(_: Transaction) -> None:
            if stay == "always" and not await self._may_grant(host, door):
                raise LastingHostsOnly
            now = await self._rooms.by_id(room.id)
            if now is None:
                raise NoSuchRoom
            if door.kind == "reception":
                await self._check_hosts(host, now)

        return together(self._still_may(host, door), also)

    async def _check_hosts(self, host: Host, room: Room) -> None:
        """By the store, wherever they answer from. Raises: NotAHost."""
        account = await self._account_of(host)
        if account is None or not await self._access.is_host(room, account):
            raise NotAHost

    async def _ask_to_wait(self, knock: Knock, host: Host) -> None:
        asked = await self._store.ask_to_wait(knock, self._still_may(host, knock.door))
        now = self._lobbies.find(knock.id)
        if not asked or now is None:
            raise self._over(knock.id)
        self._lobbies.put(replace(now, state="asked to wait"))

    async def _room_for(self, knock: Knock, host: Host, to: str | None) -> Room:
        """Where the admitted go: at a reception, where the host says."""
        if knock.door.kind == "room":
            room = await self._rooms.by_id(knock.door.id)
        elif to is None:
            if host.account is None:
                raise NotAHost
            locked = await self._rooms.locks_new_rooms(host.account.id)
            return await self._rooms.make_owned(new_room_name(), host.account.id, locked=locked)
        else:
            room = await self._rooms.find(normalise_room_name(to))
            if room is not None:
                await self._check_hosts(host, room)
        if room is None:
            raise NoSuchRoom
        return room

    async def _admit(self, knock: Knock, host: Host, room: Room, stay: Stay) -> None:
        """What is granted is granted with the answer: who answers second writes nothing."""
        also = await self._granting(knock, room, host) if stay == "always" else None
        await self._settle(knock, host, room, stay, also)
        if also is not None:
            self._grants.announce(room.id)

    async def _granting(self, knock: Knock, room: Room, host: Host) -> Also:
        """*Always join*, for the account or else for the browser that knocked."""
        account = await self._accounts.by_id(knock.account_id) if knock.account_id else None
        if account is not None:
            new = self._grants.by_account("join", account)
        else:
            hashed = await self._store.place_hash_of(knock)
            new = self._grants.by_browser(knock.words.name, hashed)
        details = {"level": new.level, "kind": new.kind}
        line = audit_line(
            self._log, "access-granted", host.id, room, subject=new.account_id, details=details
        )
        return self._unless_more(room, account, await self._grants.adding(room, new), line)

    def _unless_more(self, room: Room, account: Account | None, *works: Also) -> Also:
        """Asked in the answer itself: they may have been granted more a moment ago."""

        async def also(transaction: Transaction) -> None:
            if account is None or not await self._is_more(room, account):
                await together(*works)(transaction)

        return also

    async def _is_more(self, room: Room, account: Account) -> bool:
        """Host, or offered to be one by name: that is not replaced by less."""
        if await self._access.is_host(room, account):
            return True
        standing = await self._grants.standing(room.id, account, None)
        return any(grant.is_offer and grant.through is None for grant in standing)

    async def _settle(
        self,
        knock: Knock,
        host: Host,
        room: Room | None,
        stay: Stay | None,
        also: Also | None = None,
    ) -> None:
        state: KnockState = "admitted" if room else "turned away"
        still = self._still_may(host, knock.door)
        if room is not None and stay is not None:
            still = self._still_opens(host, knock.door, room, stay)
        works = together(still, also) if also else still
        settled = await self._store.settle(knock, state, room, stay, works)
        if settled is None:
            raise self._over(knock.id)
        self._lobbies.answer(settled, by=host.name)

    def _over(self, knock_id: str) -> KnockAnswered | KnockGone:
        by = self._lobbies.answered_by(knock_id)
        return KnockGone() if by is None else KnockAnswered(by=by)


def _is_at_door_of_room(host: Host, door: Door) -> bool:
    return host.room is not None and host.leads() and door.key == door_of(host.room).key
