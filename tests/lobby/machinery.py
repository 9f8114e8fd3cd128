"""The other half of ``test_door_machine``: the server, the people, and what always holds."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant

from meetd.accounts.account import Account
from meetd.lobby import lobby as lobby_module
from meetd.lobby import visit as visit_module
from meetd.lobby import watch as watch_module
from meetd.protocol import hosting
from meetd.protocol.base import Command
from meetd.protocol.door import (
    AnswerKnock,
    AnswerTaken,
)
from meetd.protocol.session import Done, Ended, Refused
from meetd.rooms.grant import key_hash
from tests.support.clock import MovedClock
from tests.support.door import at_the_door, state_of, street_at
from tests.support.door_model import ACCOUNTS, Door, Knock, Pass
from tests.support.guest import Guest

T = TypeVar("T")
PEOPLE = ("Ada", "Carol", "Dan", "Bob", "Eve")
WITHIN = 10.0


@dataclass
class Somebody:
    """One person's pages: at the door, in the room, watching."""

    name: str
    door: Guest | None = None
    knock: Knock | None = None
    way_back: str | None = None
    """What they looked at the door with."""
    seats: dict[Guest, Pass] = field(default_factory=dict)
    watch: Guest | None = None
    tokens: list[str] = field(default_factory=list)

    @property
    def account(self) -> str | None:
        return self.name if self.name in ACCOUNTS else None


@cache
def _first_day() -> tuple[Path, dict[str, Account], dict[str, str], str]:
    """Accounts take long to make, so they are made once: a data directory to copy, the accounts,
    their sessions, and a way back to another room."""
    data = Path(tempfile.mkdtemp(prefix="meetd-test-")) / "data"

    async def make() -> tuple[Path, dict[str, Account], dict[str, str], str]:
        async with street_at(data) as street:
            accounts = {name: await street.account(name) for name in ACCOUNTS}
            await street.room("study", accounts["Ada"])
            await street.room("library", accounts["Ada"])
            other = await street.enter("library", "Ada", accounts["Ada"])
            assert other.welcome
            return data, accounts, street._tokens, other.welcome.way_back

    return asyncio.run(make())


def _prepared(data: Path) -> tuple[dict[str, Account], dict[str, str], str]:
    source, accounts, tokens, foreign = _first_day()
    shutil.copytree(source, data)
    return accounts, dict(tokens), foreign


class Machinery(RuleBasedStateMachine):
    """One locked room, its owner Ada, two others with accounts and two without."""

    def open(self) -> None:
        """Start the server."""
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.data = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        self.accounts, self.tokens, self.foreign = _prepared(self.data)
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        # Hosts and knockers hear of changes at once: here every step waits for them.
        patch.setattr(watch_module, "BATCH_SECONDS", 0.001)
        patch.setattr(lobby_module, "REFRESH_SECONDS", 0.001)
        # And a few people say in a second what takes many of them minutes.
        patch.setattr(lobby_module, "MOST_PER_NETWORK", 1_000)
        patch.setattr(visit_module, "_CHANGES_AT_ONCE", 1_000)
        self.model = Door(owner="Ada")
        self.people = {name: Somebody(name) for name in PEOPLE}
        self.keys: list[str] = []
        self.numbers = itertools.count(1)
        self.clock = MovedClock()
        self.restarts = 0
        self.server_stack = AsyncExitStack()
        self.do(self._start())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _start(self) -> None:
        self.street = await self.server_stack.enter_async_context(street_at(self.data, self.clock))
        self.street._tokens = self.tokens
        # Whoever loses the connection has left, here.
        self.street.server.gathering.meetings._away_seconds = 0.0

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.do(self.server_stack.aclose())
            self.runner.close()
            self.stack.close()

    # What always holds.

    @invariant()
    def check_who_is_in(self) -> None:
        self._forget_who_went()
        expected = sorted(
            (one.name, "host" if self.model.is_host(one) else "guest") for one in self.model.seats
        )
        self.do(eventually(lambda: self._in() == expected, f"{expected} should be in", self._in))

    def _forget_who_went(self) -> None:
        for who in self.people.values():
            for guest, seat in tuple(who.seats.items()):
                if seat not in self.model.seats:
                    self.do(guest.seen(Ended))
                    del who.seats[guest]

    def _in(self) -> list[tuple[str, str]]:
        meetings = [
            one for one in self.street.server.gathering.meetings.live if one.room.name == "study"
        ]
        return sorted((one.name, one.role) for meeting in meetings for one in meeting)

    @invariant()
    def check_what_hosts_see(self) -> None:
        waiting = {one.name: (one.message, one.state) for one in self.model.knocks if one.waits}
        for who in self.people.values():
            for guest, may, _ in self._answerers(who):
                always = self._may_always(who.name, guest)
                shown = {name: (*one, always) for name, one in waiting.items()}
                self.do(self._check_page(guest, shown if may else {}))

    async def _check_page(self, host: Guest, waiting: dict[str, tuple[str, str, bool]]) -> None:
        def shown() -> dict[str, tuple[str, str, bool]]:
            states = {True: "asked to wait", False: "waiting"}
            return {
                one.name: (one.message, states[one.asked_to_wait], one.may_always)
                for one in at_the_door(host).values()
            }

        await host.until(lambda: shown() == waiting, f"{waiting} should be shown, not {shown()}")

    @invariant()
    def check_what_knockers_know(self) -> None:
        for who in self.people.values():
            if who.door is not None and who.knock is not None:
                self.do(self._check_knocker(who.door, who.knock.state))

    async def _check_knocker(self, guest: Guest, state: str) -> None:
        await guest.until(lambda: state_of(guest) == state, f"should be {state}")

    # Helpers.

    async def _connect(self, who: Somebody) -> Guest:
        account = self.accounts[who.name] if who.account else None
        return await self.street.connect(who.name, account)

    def _place(self, number: int) -> str | None:
        """Of any knock, whoever's, or none."""
        places = [one.place for one in self.model.knocks]
        return places[-1 - number // 2 % len(places)] if number % 2 and places else None

    def _token(self, number: int) -> str | None:
        """Any way back, whoever's and however old, or none."""
        tokens = [token for one in self.people.values() for token in one.tokens] + [self.foreign]
        return tokens[-1 - number // 2 % len(tokens)] if number % 2 else None

    def _knock_of(self, number: int) -> list[Knock]:
        known = [one for one in self.model.knocks if one.id]
        return [known[-1 - number % len(known)]] if known else []

    def _seat_of(self, number: int) -> list[tuple[Guest, Pass]]:
        seats = [pair for one in self.people.values() for pair in one.seats.items()]
        return [seats[number % len(seats)]] if seats else []

    def _first_seat(self, who: str) -> tuple[Guest, Pass] | None:
        return next(iter(self.people[who].seats.items()), None)

    def _answerers(self, who: Somebody) -> list[tuple[Guest, bool, str]]:
        """Their pages that can answer knocks: whether they may, and whose name is told."""
        watching = self.model.may_answer(who.account)
        pages = [(who.watch, watching, self._account_name(who))] if who.watch else []
        return pages + [
            (guest, self.model.is_host(seat) or self.model.may_answer(seat.account), who.name)
            for guest, seat in who.seats.items()
            if seat in self.model.seats  # the page of whoever is out shows nothing
        ]

    def _may_always(self, who: str, guest: Guest) -> bool:
        """May that page of theirs offer to admit for always?"""
        seat = self.people[who].seats.get(guest)
        lasting = seat is not None and self.model.may_answer(seat.account)
        on_page = seat is None and self.model.may_answer(self.people[who].account)
        return lasting or on_page

    def _account_name(self, who: Somebody) -> str:
        return self.accounts[who.name].name

    def _outranks(self, seat: Pass, who: str) -> bool:
        """Host by more than a role that was handed on, which is all that ``who`` has."""
        acting = self._first_seat(who)
        return self.model.level(seat) == "host" and not (
            acting and self.model.level(acting[1]) == "host"
        )

    def _act(
        self, who: str, command: Command, *, locked: bool = False, stands: bool = False
    ) -> bool:
        """Of somebody in the room, or nobody's. Returns whether it was carried out, as it had to
        be."""
        acting = self._first_seat(who)
        if acting is None:
            return False
        answer = self.do(acting[0].ask(command)) if not self._ends(acting, command) else None
        if answer is None:
            self.do(self._send_and_go(acting[0], command))
            return True
        may = self.model.is_host(acting[1])
        if not may or stands or (locked and not self.model.locked):
            assert isinstance(answer, Refused), answer
            return False
        assert isinstance(answer, Done), answer
        return True

    def _ends(self, acting: tuple[Guest, Pass], command: Command) -> bool:
        """Does it end the connection it came on?"""
        if not self.model.is_host(acting[1]):
            return False
        own = getattr(command, "participant", None) == acting[0].id
        removed = isinstance(command, hosting.Remove) and own
        sent = isinstance(command, hosting.SendToLobby) and own and self.model.locked
        return removed or sent or (isinstance(command, hosting.EndMeeting) and not command.stay)

    async def _send_and_go(self, guest: Guest, command: Command) -> None:
        await guest.send(command)
        await guest.seen(Ended)

    def _put_out(self, guest: Guest, seat: Pass, why: str) -> None:
        assert self.do(guest.seen(Ended)).why == why
        self.model.put_out(seat, ended=why == "ended")
        for one in self.people.values():
            one.seats.pop(guest, None)

    async def _ask(self, guest: Guest, knock: Knock, answer: str) -> Any:
        command = AnswerKnock(knock=knock.id, answer=answer)  # type: ignore[arg-type]
        return await guest.ask(command)

    def _check_answer(self, taken: Any, knock: Knock, answer: str, may: bool, name: str) -> None:  # noqa: FBT001
        if may and knock.waits:
            assert isinstance(taken, AnswerTaken), taken
            self.model.answer(knock, answer, name)
            return
        assert isinstance(taken, Refused), taken
        over = {"KnockAnswered", "KnockGone"}
        assert taken.refusal.code in ({"NotAHost"} if knock.waits else over)

    async def _grant(self, new: Any) -> None:
        await self.street.server.stores.grants.add(await self._room(), new)

    async def _room(self) -> Any:
        return await self.street.server.stores.rooms.find("study")

    async def _by_key(self, key: str) -> str:
        rows = await self.street.server.stores.database.read(
            "SELECT id, found_by FROM access_grants"
        )
        return next(str(row["id"]) for row in rows if row["found_by"] == key_hash(key))

    async def _kept(self) -> list[Any]:
        """What a refusal must not change."""
        read = self.street.server.stores.database.read
        kept = (
            "SELECT * FROM knocks",
            "SELECT * FROM access_grants",
            # Not when it was used last: whoever left just before is written down meanwhile.
            "SELECT id, name, owner_id, locked, presenter_mode FROM rooms",
        )
        return [[tuple(row) for row in await read(select)] for select in kept]


async def eventually(
    condition: Callable[[], bool], reason: str, found: Callable[[], object]
) -> None:
    """Wait for what the server does in the background."""
    for _ in range(round(WITHIN / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{reason}, but: {found()}")
