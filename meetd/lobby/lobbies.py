"""All doors at which somebody waits, looks, or watches."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from meetd.core.clock import Clock
from meetd.core.refusals import Refusal, TooFast
from meetd.lobby.knock import Door, Knock
from meetd.lobby.lobby import AT_ONCE, Lobby
from meetd.lobby.stills import Stills
from meetd.lobby.store import KnockStore
from meetd.lobby.visit import Visit
from meetd.lobby.watch import Watch
from meetd.protocol.door import KnockerGone

SWEEP_SECONDS = 30.0
AWAY_MS = 3_600_000
"""How long a knock waits whose page is gone."""
LONGEST_MS = 12 * 3_600_000
"""How long any knock waits."""
MOST_FOR_NOBODY = 2_000
"""Who wait at receptions that are nobody's, all together."""

_TRY_LATER = 60.0
_REMEMBERED = 2_000

_log = logging.getLogger(__name__)


class Lobbies:
    """Finds the lobby of a door, and drops it when nobody is there any more."""

    def __init__(self, store: KnockStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lobbies: dict[str, Lobby] = {}
        self._doors: dict[str, str] = {}
        self._left_at: dict[str, int] = {}
        self._answered: OrderedDict[str, str] = OrderedDict()
        self.stills = Stills()
        self._for_nobody: set[str] = set()
        self._settled: list[Callable[[Knock], None]] = []
        self._sweeping: asyncio.TimerHandle | None = None
        self._lapsing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take up who waited when the server stopped, and let go of who waits too long."""
        for knock in await self._store.waiting():
            self.put(knock)
        self._sweep_later()

    async def close(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self._lapsing is not None:
            await self._lapsing
        for lobby in self._lobbies.values():
            lobby.close()

    @property
    def all(self) -> tuple[Lobby, ...]:
        return tuple(self._lobbies.values())

    @property
    def visits(self) -> list[Visit]:
        """Everybody before any door."""
        return [visit for lobby in self.all for visit in lobby.visits]

    def of_account(self, account_id: str) -> list[Knock]:
        """Where somebody waits."""
        return [knock for lobby in self.all for knock in lobby if knock.account_id == account_id]

    def __getitem__(self, door: Door) -> Lobby:
        return self._lobbies.setdefault(door.key, Lobby(door))

    def on_settled(self, listener: Callable[[Knock], None]) -> None:
        """Called with each knock that waits no more."""
        self._settled.append(listener)

    def get(self, door: Door) -> Lobby | None:
        """The lobby of that door, if anybody is there."""
        return self._lobbies.get(door.key)

    def check_room_for(self, door: Door, network: str) -> None:
        """Raises: LobbyFull, TooFast when too many wait already.

        Too many at receptions that are nobody's close all of them to new knocks: closing those
        alone would tell which they are.
        """
        self[door].check_room_for(network)
        if door.kind == "reception" and len(self._for_nobody) >= MOST_FOR_NOBODY:
            raise TooFast(seconds=_TRY_LATER)

    def find(self, knock_id: str) -> Knock | None:
        """Who waits with that knock."""
        key = self._doors.get(knock_id)
        return self._lobbies[key].get(knock_id) if key else None

    def answered_by(self, knock_id: str) -> str | None:
        """Who answered it, lately."""
        return self._answered.get(knock_id)

    def waiting_at(self, doors: Iterable[str]) -> Iterator[Knock]:
        """Who waits at the doors with these keys."""
        for key in doors:
            yield from self._lobbies.get(key, ())

    def put(self, knock: Knock) -> None:
        """Somebody knocks, or a knock changed."""
        self._doors[knock.id] = knock.door.key
        if knock.door.is_nobodys:
            self._for_nobody.add(knock.id)
        if knock.away:
            self._left_at.setdefault(knock.id, self._clock.now())
        else:
            self._left_at.pop(knock.id, None)
        self[knock.door].put(knock)

    def answer(self, knock: Knock, by: str) -> None:
        """It was admitted or turned away, by that host; empty: by the open door."""
        why: Literal["admitted", "turned away"]
        why = "admitted" if knock.state == "admitted" else "turned away"
        self._settle(knock, KnockerGone(id=knock.id, why=why, by=by))

    async def answer_all(self, knocks: Iterable[Knock], by: str) -> None:
        """The same for a crowd, with pauses: everybody else wants to be served in between."""
        for number, knock in enumerate(knocks, 1):
            self.answer(knock, by)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def let_lapse(
        self,
        knock: Knock,
        why: Literal["stopped", "lapsed"] = "lapsed",
        state: Literal["lapsed", "deleted"] = "lapsed",
    ) -> None:
        """Nobody waits with it any more, nobody answered it; ``deleted``: because the room is
        gone."""
        self._settle(replace(knock, state=state), KnockerGone(id=knock.id, why=why, by=""))

    def arrive(self, visit: Visit) -> Lobby:
        lobby = self[visit.door]
        lobby.arrive(visit)
        return lobby

    def depart(self, visit: Visit) -> None:
        lobby = self[visit.door]
        if visit.waits and visit.knock is not None:
            self._left_at.setdefault(visit.knock.id, self._clock.now())
        lobby.depart(visit)
        self._drop_if_empty(lobby)

    def watch(self, watch: Watch, doors: Iterable[Door]) -> None:
        """These are the doors of that host, from now on."""
        wanted = {door.key: door for door in doors}
        for key in watch.doors - wanted.keys():
            self._unwatch(watch, key)
        for key in wanted.keys() - watch.doors:
            self[wanted[key]].watch(watch)
        watch.doors = set(wanted)

    def unwatch(self, watch: Watch) -> None:
        for key in tuple(watch.doors):
            self._unwatch(watch, key)
        watch.close()

    def _settle(self, knock: Knock, gone: KnockerGone) -> None:
        lobby = self[knock.door]
        self._doors.pop(knock.id, None)
        self._left_at.pop(knock.id, None)
        self._for_nobody.discard(knock.id)
        self.stills.forget(knock.id)
        for listener in self._settled:
            listener(knock)
        if gone.by:
            self._answered[knock.id] = gone.by
            if len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)
        lobby.settle(knock, gone)
        self._drop_if_empty(lobby)

    def _unwatch(self, watch: Watch, key: str) -> None:
        lobby = self._lobbies[key]
        lobby.unwatch(watch)
        watch.doors.discard(key)
        self._drop_if_empty(lobby)

    def _drop_if_empty(self, lobby: Lobby) -> None:
        if lobby.is_empty and self._lobbies.get(lobby.door.key) is lobby:
            lobby.close()
            del self._lobbies[lobby.door.key]

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweeping = loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        if self._lapsing is None or self._lapsing.done():
            self._lapsing = asyncio.ensure_future(self._lapse())
        self._sweep_later()

    async def _lapse(self) -> None:
        now = self._clock.now()
        for knock in [knock for lobby in self.all for knock in lobby]:
            left_at = self._left_at.get(knock.id, now)
            if now - knock.knocked_at > LONGEST_MS or now - left_at > AWAY_MS:
                try:
                    if await self._store.settle(knock, "lapsed") is not None:
                        self.let_lapse(knock)
                except Refusal as refusal:  # the next round tries again
                    fields = {"code": refusal.code}
                    _log.warning("a knock could not lapse", extra={"fields": fields})
