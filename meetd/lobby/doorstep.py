"""The visitor's side of a door: look, knock, wait, come back, go."""

from collections.abc import Callable
from dataclasses import replace

from meetd.core.clock import Clock
from meetd.core.ids import new_token
from meetd.core.limits import Bucket, Buckets
from meetd.core.networks import site_of
from meetd.core.private import Private
from meetd.core.refusals import KnockGone, OtherKeys, RoomNotOwned, TooFast
from meetd.core.text import clean_name
from meetd.core.turns import Turns
from meetd.images.store import Owner
from meetd.lobby.doors import door_of
from meetd.lobby.knock import Knock, Words, clean_knock_message
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.lobby import NETWORKS_PER_SITE, Lobby
from meetd.lobby.looking import Looking
from meetd.lobby.still import check_still
from meetd.lobby.store import KnockStore, place_hash
from meetd.lobby.visit import Visit, knock_seen
from meetd.protocol.door import Knock as KnockCommand
from meetd.protocol.door import KnockSeen, Look
from meetd.protocol.outbox import Outbox
from meetd.rooms.access import Access, Person
from meetd.rooms.grant import Grant
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.visitors.store import VisitorStore


class Doorstep:
    """Before the door."""

    def __init__(
        self,
        *,
        store: KnockStore,
        lobbies: Lobbies,
        looking: Looking,
        rooms: RoomStore,
        access: Access,
        clock: Clock,
        knocks_per_minute: int,
        can_reach: bool,
        visitors: VisitorStore,
        is_full: Callable[[str], bool],
        knocks_per_minute_overall: int,
    ) -> None:
        """``can_reach``: is there any way from here to a host who is away? ``is_full``: is there no
        seat in the room of that id?"""
        self._is_full = is_full
        self._store = store
        self._lobbies = lobbies
        self._looking = looking
        self._rooms = rooms
        self._access = access
        self._clock = clock
        self._can_reach = can_reach
        self._visitors = visitors
        self._knocks = Buckets(rate=knocks_per_minute / 60, burst=knocks_per_minute)
        of_site = knocks_per_minute * NETWORKS_PER_SITE
        self._knocks_of_site = Buckets(rate=of_site / 60, burst=of_site)
        overall = knocks_per_minute_overall
        self._all_knocks = Bucket(overall / 60, overall, clock.monotonic())
        self._knocked: list[Callable[[Knock], None]] = []
        self._making = Turns()

    async def open(self) -> None:
        """Finish what a stop of the server cut short: doors that were opened, rooms deleted."""
        for lobby in self._lobbies.all:
            for knock in tuple(lobby):
                await self._let_in_if_open(knock)

    def on_knock(self, listener: Callable[[Knock], None]) -> None:
        """Called with each new knock."""
        self._knocked.append(listener)

    async def look(self, look: Look, outbox: Outbox, person: Person) -> Visit:
        """Stand before the door; the answer goes out from here.

        Raises: any Refusal of the name.
        """
        door = await self._looking.find(look)
        visit = Visit(outbox, person, door, self._clock, self._is_full)
        visit.way_back, visit.came_with = look.way_back, look.place
        knock = await self._looking.known(look.place, door, person)
        lobby = self._lobbies.arrive(visit)
        try:
            if knock is not None and look.place is not None:
                self._take_over(visit, knock, look.place)
            await self._looking.see(visit, lobby)
        except BaseException:
            self._lobbies.depart(visit)
            raise
        visit.looked = True
        visit.tell(host_present=lobby.host_present, ahead=lobby.ahead_of(visit.knock), ref=look.ref)
        return visit

    async def knock(self, visit: Visit, command: KnockCommand) -> None:
        """Knock, or say something else with the same knock; the answer goes out from here.

        Raises: any Refusal of name, message, picture, limits or storage.
        """
        if command.still is not None:
            check_still(command.still)
        name, message = clean_name(command.name), clean_knock_message(command.message)
        grant = await self._grant_of(visit)
        words = Words(
            visit.door.name,
            name,
            message,
            invited=grant.label if grant else "",
            known=grant.known_by if grant else None,
            sign_key=command.sign_key,
        )
        async with self._making.one_at_a_time(command.place):
            await self._said_before(visit, command.place)
            # An answer counts for the keys that a host was shown: they never change.
            if visit.waits and visit.knock and visit.knock.words.sign_key != words.sign_key:
                raise OtherKeys
            if visit.waits and visit.knock is not None:
                await self._say_again(visit, visit.knock, words, command.still)
            elif visit.knock is None or visit.place != command.place:
                await self._knock_anew(visit, words, command)
        lobby = self._lobbies[visit.door]
        visit.tell_knock(
            host_present=lobby.host_present, ahead=lobby.ahead_of(visit.knock), ref=command.ref
        )

    async def stop(self, visit: Visit) -> None:
        """Give the place up; nothing happens when it waits no more."""
        knock = visit.knock
        if knock is None:
            return
        lapsed = await self._store.settle(knock, "lapsed")
        self._lobbies[visit.door].let_go(visit)
        visit.place = ""
        if lapsed is not None:
            self._lobbies.let_lapse(knock, "stopped")

    def renamed(self, knock: Knock) -> None:
        """Whoever knocks has corrected their name: hosts see it."""
        live = self._lobbies.find(knock.id)
        if live is not None:
            self._lobbies.put(replace(live, words=knock.words))

    def erased(self, knock: Knock) -> None:
        """Whoever knocked had it erased: they wait no more."""
        live = self._lobbies.find(knock.id)
        if live is not None:
            self._lobbies.let_lapse(live, "stopped")

    def depart(self, visit: Visit) -> None:
        """The connection is gone; the knock goes on waiting."""
        self._lobbies.depart(visit)

    async def tell_called(self, knock_id: str) -> None:
        """Hosts of whoever knocks were called; they see it, if they still wait."""
        knock = self._lobbies.find(knock_id)
        if knock is not None:
            await self._store.mark_told(knock)
            knock = self._lobbies.find(knock_id)
        if knock is not None:
            self._lobbies.put(replace(knock, told=True))

    async def room_changed(self, room: Room) -> None:
        """Locked, unlocked, renamed, given away: everybody before the door sees it. Whoever waits
        at a room that is open now is let in."""
        lobby = self._lobbies.get(door_of(room))
        if lobby is None:
            return
        lobby.changes += 1
        now = await self._rooms.by_id(room.id)
        if now is not None and now.opens_to_all:
            await self._let_all_in(lobby, now)
        await self._look_again(lobby)

    async def picture_changed(self, owner: Owner) -> None:
        """Everybody before a door where it is shown sees the one of now."""
        if owner.kind == "room":
            shown_at = {owner.id}
        else:  # at a reception, and at rooms without a picture of their own
            rooms = await self._rooms.owned_by(owner.id)
            shown_at = {owner.id, *(room.id for room in rooms)}
        for lobby in self._lobbies.all:
            if lobby.door.id in shown_at:
                lobby.changes += 1
                await self._look_again(lobby)

    def space(self, room_id: str) -> None:
        """There may be a seat again in that room: who was admitted to it hears of it."""
        for visit in self._admitted_to(room_id):
            visit.tell_knock(host_present=self._lobbies[visit.door].host_present, ahead=0)

    async def room_gone(self, room: Room) -> None:
        """Deleted: who waits there waits for nobody."""
        await self._store.forget_room(room)
        for visit in self._admitted_to(room.id):
            if visit.knock is not None:
                visit.knock = replace(visit.knock, state="deleted")
                visit.tell_knock(host_present=False, ahead=0)
        lobby = self._lobbies.get(door_of(room))
        if lobby is None:
            return
        lobby.changes += 1
        for knock in tuple(lobby):
            self._lobbies.let_lapse(knock, state="deleted")
        await self._look_again(lobby)

    async def session_ended(self, account_id: str, session_id: str | None) -> None:
        """Signed out: from now on that page is nobody's. Erased: so are their knocks."""
        for visit in self._lobbies.visits:
            who = visit.person.who
            if who and who.account.id == account_id and session_id in {None, who.session.id}:
                visit.person = replace(visit.person, who=None)
                lobby = self._lobbies[visit.door]
                await self._looking.see(visit, lobby)
                lobby.refresh_soon()
        for knock in self._lobbies.of_account(account_id):
            if not await self._store.keeps(knock):
                self._lobbies.let_lapse(knock)

    async def back_to_lobby(
        self,
        room: Room,
        name: str,
        account_id: str | None,
        sign_key: str | None,
        visitor: Private[str] | None,
    ) -> KnockSeen:
        """Somebody is sent from the meeting to its lobby: a knock of theirs, with the keys that
        they had there, and what their page has to know of it."""
        words = Words(room.name, name, "", "", sign_key=sign_key)
        place = new_token()
        noting = self._visitors.noting_knock(visitor, place_hash(place))
        knock = await self._store.add(door_of(room), words, account_id, place=place, also=noting)
        lobby = self._lobbies[knock.door]
        self._lobbies.put(replace(knock, away=True))  # until their page is at the door
        await self._let_in_if_open(knock)
        return knock_seen(
            knock,
            place,
            host_present=lobby.host_present,
            ahead=lobby.ahead_of(knock),
            now=self._clock.now(),
        )

    def _take_over(self, visit: Visit, knock: Knock, place: str) -> None:
        """A page that has the knock already is another tab of the same person."""
        lobby = self._lobbies[visit.door]
        before = lobby.visit_of(knock)
        if before is not None:
            lobby.let_go(before)
            before.outbox.end("came back elsewhere", retry=False)
        knock, visit.place = replace(knock, away=False), place
        if knock.waits:
            self._lobbies.put(knock)
        lobby.hold(visit, knock)

    async def _said_before(self, visit: Visit, place: str | None) -> None:
        """The answer to that knock was lost: whoever says it again goes on with it.

        Raises: KnockGone when it is of another door.
        """
        if place is None or visit.waits or visit.place == place:
            return
        if await self._store.by_place(place) is None:
            return
        knock = await self._looking.known(place, visit.door, visit.person)
        if knock is None:
            raise KnockGone
        self._take_over(visit, knock, place)

    def _admitted_to(self, room_id: str) -> list[Visit]:
        """Who is at a door still, and may enter that room."""
        return [
            visit
            for visit in self._lobbies.visits
            if visit.knock is not None and visit.knock.admitted_to == room_id
        ]

    async def _look_again(self, lobby: Lobby) -> None:
        for visit in lobby.visits:
            await self._looking.see(visit, lobby)
        lobby.refresh()

    async def _grant_of(self, visit: Visit) -> Grant | None:
        """What hosts know them by."""
        if visit.door.kind == "reception":
            return None
        room = await self._rooms.by_id(visit.door.id)
        return await self._access.known_by(room, visit.person) if room else None

    async def _say_again(
        self, visit: Visit, knock: Knock, words: Words, still: bytes | None
    ) -> None:
        wait = visit.changes.take(self._clock.monotonic())
        if wait:
            raise TooFast(seconds=round(wait, 3))
        await self._store.change_words(knock, words)
        live = self._lobbies.find(knock.id)
        if live is not None:  # else it was answered meanwhile
            self._lobbies.stills.keep(knock, still)
            self._lobbies.put(replace(live, words=words, has_still=still is not None))

    async def _knock_anew(self, visit: Visit, words: Words, command: KnockCommand) -> None:
        network, still = visit.person.network, command.still
        self._check_limits(visit, network)
        # A room that nobody opened yet has no door.
        if visit.door.kind == "room" and await self._rooms.by_id(visit.door.id) is None:
            raise RoomNotOwned
        account = visit.person.account
        # At a reception it is said before anybody is asked: when and whether somebody is called
        # would tell which receptions are somebody's.
        told = visit.door.kind == "reception" and self._can_reach
        place = command.place or new_token()
        by = Private(command.visitor) if command.visitor and account is None else None
        knock = await self._store.add(
            visit.door,
            words,
            account.id if account else None,
            place=place,
            told=told,
            also=self._visitors.noting_knock(by, place_hash(place)),
        )
        knock = replace(knock, network=network, has_still=still is not None)
        visit.place = place
        self._lobbies.stills.keep(knock, still)
        self._lobbies.put(knock)
        self._lobbies[visit.door].hold(visit, knock)
        await self._let_in_if_open(knock, visit.person)
        if self._lobbies.find(knock.id) is not None:
            for listener in self._knocked:
                listener(knock)

    def _check_limits(self, visit: Visit, network: str) -> None:
        """Those of one network first: who is refused by it takes nothing from others.

        Raises: TooFast, LobbyFull.
        """
        now = self._clock.monotonic()
        wait = (
            self._knocks.take(network, now)
            or self._knocks_of_site.take(site_of(network), now)
            or self._all_knocks.take(now)
        )
        if wait:
            raise TooFast(seconds=round(wait, 3))
        self._lobbies.check_room_for(visit.door, network)

    async def _let_in_if_open(self, knock: Knock, person: Person | None = None) -> None:
        """The door may have been opened, or the room deleted, just before that knock was there for
        everybody to see."""
        if knock.door.kind == "reception":
            return
        room = await self._rooms.by_id(knock.door.id)
        if room is None:
            await self._store.settle(knock, "lapsed")
            self._lobbies.let_lapse(knock, state="deleted")
        elif await self._access.right_of(room, person or Person()) is not None:
            admitted = await self._store.settle(knock, "admitted", room)
            if admitted is not None:
                self._lobbies.answer(admitted, by="")

    async def _let_all_in(self, lobby: Lobby, room: Room) -> None:
        waiting = tuple(lobby)
        await self._lobbies.answer_all(await self._store.admit_all(waiting, room), by="")
