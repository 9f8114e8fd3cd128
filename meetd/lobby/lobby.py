"""One door while somebody is at it: who waits there, and who can answer. No I/O: what it is told
has been kept already."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from meetd.core.networks import site_of
from meetd.core.refusals import LobbyFull, TooFast
from meetd.lobby.knock import Door, Knock
from meetd.lobby.visit import Visit
from meetd.lobby.watch import Watch
from meetd.protocol.door import KnockerGone

MOST_WAITING = 1_000
MOST_PER_NETWORK = 20
NETWORKS_PER_SITE = 4
"""How many times what one network may, the 65 536 networks of one IPv6 site may together."""
REFRESH_SECONDS = 0.25
"""Between two rounds of telling everybody at the door what changed for them."""
AT_ONCE = 50
"""How many are told of something before others get their turn."""
_TRY_LATER = 60.0


class Lobby:
    """Those at one door: who waits, whose page is open, and which hosts watch."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._waiting: dict[str, Knock] = {}
        self._visits: set[Visit] = set()
        self._pages: dict[str, Visit] = {}
        self._watches: set[Watch] = set()
        self.changes = 0
        """How often the room was another one, for whoever has to look again."""
        self._refreshing: asyncio.TimerHandle | None = None
        self._telling: asyncio.Handle | None = None

    @property
    def is_empty(self) -> bool:
        return not (self._waiting or self._visits or self._watches)

    @property
    def host_present(self) -> bool:
        """Somebody who can answer would see a knock at once."""
        return bool(self._watches)

    @property
    def visits(self) -> tuple[Visit, ...]:
        return tuple(self._visits)

    def __iter__(self) -> Iterator[Knock]:
        """Who waits, in the order of knocking."""
        return iter(self._waiting.values())

    def get(self, knock_id: str) -> Knock | None:
        return self._waiting.get(knock_id)

    def check_room_for(self, network: str) -> None:
        """Raises: LobbyFull, TooFast when too many of one network or site wait already."""
        if len(self._waiting) >= MOST_WAITING:
            raise LobbyFull(limit=MOST_WAITING)
        from_there = sum(knock.network == network for knock in self._waiting.values())
        site = site_of(network)
        from_site = sum(site_of(knock.network) == site for knock in self._waiting.values())
        if from_there >= MOST_PER_NETWORK or from_site >= MOST_PER_NETWORK * NETWORKS_PER_SITE:
            raise TooFast(seconds=_TRY_LATER)

    def watch(self, watch: Watch) -> None:
        self._watches.add(watch)
        self.refresh_soon()

    def unwatch(self, watch: Watch) -> None:
        self._watches.discard(watch)
        self.refresh_soon()

    def arrive(self, visit: Visit) -> None:
        self._visits.add(visit)

    def depart(self, visit: Visit) -> None:
        """The page is gone; a knock of theirs goes on waiting."""
        self._visits.discard(visit)
        knock = visit.knock
        self.let_go(visit)
        if knock is not None and knock.id in self._waiting:
            self.put(replace(knock, away=True))

    def hold(self, visit: Visit, knock: Knock) -> None:
        """That page is the knocker's own, and hears what becomes of the knock."""
        self.let_go(visit)
        visit.knock = knock
        self._pages[knock.id] = visit

    def let_go(self, visit: Visit) -> None:
        """The page has no knock any more."""
        if visit.knock is not None:
            self._pages.pop(visit.knock.id, None)
        visit.knock = None

    def put(self, knock: Knock) -> None:
        """Somebody knocks, or something about a knock changed."""
        self._waiting[knock.id] = knock
        for watch in self._watches:
            watch.changed(knock)
        self._tell(knock)

    def settle(self, knock: Knock, gone: KnockerGone) -> None:
        """It waits no more."""
        self._waiting.pop(knock.id, None)
        for watch in self._watches:
            watch.gone(gone)
        self._tell(knock)
        self.refresh_soon()

    def visit_of(self, knock: Knock) -> Visit | None:
        """The page of whoever knocks, if it is open."""
        return self._pages.get(knock.id)

    def close(self) -> None:
        for handle in (self._refreshing, self._telling):
            if handle is not None:
                handle.cancel()

    def refresh(self) -> None:
        """Tell everybody at the door what changed for them; nobody hears the same twice."""
        self._refreshing = None
        if self._telling is None:
            self._tell_all(tuple(self._visits))
        else:
            self.refresh_soon()  # whoever was told already hears the rest in the next round

    def ahead_of(self, knock: Knock | None) -> int:
        for place, knock_id in enumerate(self._waiting):
            if knock is not None and knock_id == knock.id:
                return place
        return 0

    def refresh_soon(self) -> None:
        if self._refreshing is None:
            loop = asyncio.get_running_loop()
            self._refreshing = loop.call_later(REFRESH_SECONDS, self.refresh)

    def _tell_all(self, visits: tuple[Visit, ...]) -> None:
        """A crowd in several turns of the loop."""
        places = {knock_id: place for place, knock_id in enumerate(self._waiting)}
        for visit in visits[:AT_ONCE]:
            ahead = places.get(visit.knock.id, 0) if visit.knock else 0
            visit.tell(host_present=self.host_present, ahead=ahead)
        rest, loop = visits[AT_ONCE:], asyncio.get_running_loop()
        self._telling = loop.call_soon(self._tell_all, rest) if rest else None

    def _tell(self, knock: Knock) -> None:
        visit = self.visit_of(knock)
        if visit is not None:
            visit.knock = knock
            visit.tell(host_present=self.host_present, ahead=self.ahead_of(knock))
