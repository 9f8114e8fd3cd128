"""The whole door against a running server, in any order of messages that hypothesis can think of.

``tests/support/door_model.py`` says what has to happen. After every step: nobody is in without a
right that stands, nobody is host who should not be, every knock that waits is on the page of every
host who may answer it, and every knocker knows how their knock stands.
"""

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
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from meetd.accounts.account import Account
from meetd.lobby import lobby as lobby_module
from meetd.lobby import watch as watch_module
from meetd.protocol import hosting
from meetd.protocol.base import Command
from meetd.protocol.door import (
    AdmitAll,
    AnswerKnock,
    AnswerTaken,
    DoorSeen,
    KnockSeen,
    Look,
    StopKnocking,
)
from meetd.protocol.door import Knock as KnockCommand
from meetd.protocol.session import Done, Ended, Ping, Refused, Welcome
from meetd.rooms.grant_store import key_hash
from tests.support.clock import MovedClock
from tests.support.door import at_the_door, join_as, state_of, street_at
from tests.support.door_model import ACCOUNTS, Door, Grant, Knock, Pass, level_of
from tests.support.guest import Guest

T = TypeVar("T")
PEOPLE = ("Ada", "Carol", "Dan", "Bob", "Eve")
WITHIN = 10.0
ANSWERS = ("admit once", "admit for meeting", "always admit", "ask to wait", "turn away")

people = st.sampled_from(PEOPLE)
accounts = st.sampled_from(ACCOUNTS)
picks = st.integers(min_value=0, max_value=9)


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


class DoorMachine(RuleBasedStateMachine):
    """One locked room, its owner Ada, two others with accounts and two without."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.data = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        self.accounts, self.tokens, self.foreign = _prepared(self.data)
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        # Hosts and knockers hear of changes at once: here every step waits for them.
        patch.setattr(watch_module, "BATCH_SECONDS", 0.001)
        patch.setattr(lobby_module, "REFRESH_SECONDS", 0.001)
        self.model = Door(owner="Ada")
        self.people = {name: Somebody(name) for name in PEOPLE}
        self.keys: list[str] = []
        self.numbers = itertools.count(1)
        self.clock = MovedClock()
        self.restarts = 0
        self.server_stack = AsyncExitStack()
        self.do(self._start())
        self.watch("Ada")
        self.do(self._join(self.people["Ada"], None, None, None))
        self.knock("Bob")
        self.knock("Dan")

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _start(self) -> None:
        self.street = await self.server_stack.enter_async_context(street_at(self.data, self.clock))
        self.street._tokens = self.tokens
        # Whoever loses the connection has left, here.
        self.street.server.meetings._away_seconds = 0.0

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.do(self.server_stack.aclose())
            self.runner.close()
            self.stack.close()

    # What people do before the door.

    @rule(who=people, place=picks, way=picks)
    def look(self, who: str, place: int, way: int) -> None:
        self.do(self._look(self.people[who], self._place(place), self._token(way)))

    async def _look(self, who: Somebody, place: str | None, way: str | None) -> None:
        await self._go_from_door(who)
        guest = await self._connect(who)
        seen = await guest.ask(Look(name="study", place=place, way_back=way))
        assert isinstance(seen, DoorSeen), seen
        back = self.model.comes_back(way, who.account)
        opens = back is not None or self.model.right(who.account, None) is not None
        assert seen.opens == ("join" if opens else "knock")
        await guest.ask(Ping())
        told = [event for event in guest.events if isinstance(event, KnockSeen)]
        known = self.model.known(place, who.account) if place else None
        assert [one.state for one in told[:1]] == ([known.state] if known else [])
        who.door, who.knock, who.way_back = guest, known, way
        if known is not None:
            await self._come_back_elsewhere(known, who)

    async def _come_back_elsewhere(self, knock: Knock, who: Somebody) -> None:
        knock.away_since = None
        for other in self.people.values():
            if other is not who and other.knock is knock and other.door:
                ended = await other.door.seen(Ended)
                assert ended.why == "came back elsewhere"
                other.knock = None
                await self._go_from_door(other)

    @rule(who=people)
    def knock(self, who: str) -> None:
        self.do(self._knock(self.people[who]))

    async def _knock(self, who: Somebody) -> None:
        if who.door is None:
            await self._look(who, None, None)
        assert who.door
        number = next(self.numbers)
        waits = who.knock is not None and who.knock.waits
        name = who.knock.name if who.knock and waits else f"{who.name} {number}"
        seen = await who.door.ask(KnockCommand(name=name, message=f"message {number}"))
        assert isinstance(seen, KnockSeen), seen
        if who.knock is None or not waits:
            who.knock = Knock(name, seen.place, who.account, self.model.now)
            self.model.knocks.append(who.knock)
            if self.model.right(who.account, None):
                who.knock.state = "admitted"
        who.knock.message = f"message {number}"
        assert (seen.state, seen.place) == (who.knock.state, who.knock.place)
        found = [one for lobby in self.street.server._lobbies.all for one in lobby]
        ids = [one.id for one in found if one.words.name == name]
        assert len(ids) == who.knock.waits
        who.knock.id = ids[0] if ids else ""

    @precondition(lambda self: any(one.door for one in self.people.values()))
    @rule(who=people)
    def stop_knocking(self, who: str) -> None:
        somebody = self.people[who]
        if somebody.door is not None:
            assert isinstance(self.do(somebody.door.ask(StopKnocking())), Done)
            if somebody.knock is not None and somebody.knock.waits:
                somebody.knock.state = "lapsed"
            somebody.knock = None

    @precondition(lambda self: any(one.door for one in self.people.values()))
    @rule(who=people)
    def go_from_the_door(self, who: str) -> None:
        self.do(self._go_from_door(self.people[who]))

    async def _go_from_door(self, who: Somebody) -> None:
        if who.door is not None:
            await who.door.close()
            if who.knock is not None and who.knock.waits:
                who.knock.away_since = self.model.now
        who.door = who.knock = who.way_back = None

    # What people do to get in.

    @rule(who=people, place=picks, key=picks, way=picks)
    def join(self, who: str, place: int, key: int, way: int) -> None:
        somebody = self.people[who]
        # Whoever has an account comes without a link: which of two rights counts is not said.
        has_link = somebody.account is None and self.keys and key > 3
        secret = self.keys[key % len(self.keys)] if has_link else None
        self.do(self._join(somebody, self._place(place), secret, self._token(way)))

    async def _join(
        self, who: Somebody, place: str | None, key: str | None, way: str | None
    ) -> None:
        guest, kept = await self._connect(who), await self._kept()
        command = join_as("study", who.name, place=place, key=key, way_back=way)
        answer = await guest.ask(command)
        expected = self._expect(who, place, key, way)
        if isinstance(expected, str):
            assert isinstance(answer, Refused), answer
            assert answer.refusal.code == expected
            assert await self._kept() == kept, "a refusal changed something"
            return
        assert isinstance(answer, Welcome), f"{answer}, not {expected}"
        for somebody in self.people.values():
            somebody.seats = {one: seat for one, seat in somebody.seats.items() if seat != expected}
        who.seats[guest] = expected
        expected.token = answer.way_back
        who.tokens.append(answer.way_back)
        await guest.ask(Ping())  # from here on older tokens are over

    def _expect(
        self, who: Somebody, place: str | None, key: str | None, way: str | None
    ) -> Pass | str:
        if way == self.foreign:
            return "WayBackInvalid"
        back, former = self.model.comes_back(way, who.account), self.model.in_time(way)
        if back is None:
            entered = self.model.enter(who.name, who.account, key, place)
            if former is not None and not isinstance(entered, str):
                self.model.forget(former)
            return "WayBackInvalid" if way and isinstance(entered, str) else entered
        back.left_at, back.account, back.name = None, who.account, who.name
        if back not in self.model.seats:
            self.model.seats.append(back)
        self.model.recheck()
        return back

    @precondition(lambda self: self.model.seats)
    @rule(who=people)
    def leave(self, who: str) -> None:
        somebody = self.people[who]
        for guest, seat in tuple(somebody.seats.items())[:1]:
            self.do(guest.leave())
            del somebody.seats[guest]
            self.model.leave(seat)

    @precondition(lambda self: self.model.seats)
    @rule(who=people)
    def lose_connection(self, who: str) -> None:
        somebody = self.people[who]
        for guest, seat in tuple(somebody.seats.items())[:1]:
            self.do(guest.lose_connection())
            del somebody.seats[guest]
            self.model.leave(seat)
            self.check_who_is_in()

    # What hosts do.

    @rule(who=accounts)
    def watch(self, who: str) -> None:
        if self.people[who].watch is None:
            self.people[who].watch = self.do(self.street.watch(self.accounts[who]))

    @rule(who=people, knock=picks, answer=st.sampled_from(ANSWERS))
    def answer(self, who: str, knock: int, answer: str) -> None:
        for guest, may, name in self._answerers(self.people[who])[:1]:
            for one in self._knock_of(knock):
                self._check_answer(self.do(self._ask(guest, one, answer)), one, answer, may, name)

    @rule(answers=st.lists(st.sampled_from(ANSWERS), min_size=2, max_size=2))
    def two_hosts_answer(self, answers: list[str]) -> None:
        hosts = [one for name in PEOPLE for one in self._answerers(self.people[name]) if one[1]]
        waiting = [one for one in self.model.knocks if one.waits]
        if len(hosts) < 2 or not waiting or "ask to wait" in answers:
            return
        knock = waiting[0]
        both = self.do(self._ask_both([one[0] for one in hosts[:2]], knock, answers))
        taken = [isinstance(answer, AnswerTaken) for answer in both]
        assert sorted(taken) == [False, True], "two answers to one knock"
        first = taken.index(True)
        self.model.answer(knock, answers[first], hosts[first][2])
        refusal = both[1 - first]
        assert isinstance(refusal, Refused)
        assert refusal.refusal.facts == {"by": knock.by}

    async def _ask_both(self, hosts: list[Guest], knock: Knock, answers: list[str]) -> list[Any]:
        asked = zip(hosts, answers, strict=True)
        return await asyncio.gather(*(self._ask(guest, knock, answer) for guest, answer in asked))

    @rule(who=people)
    def admit_all(self, who: str) -> None:
        for guest, may, name in self._answerers(self.people[who])[:1]:
            answer = self.do(guest.ask(AdmitAll(door="study")))
            assert isinstance(answer, Done if may else Refused), answer
            for knock in self.model.knocks:
                if may and knock.waits:
                    self.model.answer(knock, "admit once", name)

    @rule(who=people, locked=st.booleans())
    def lock(self, who: str, locked: bool) -> None:  # noqa: FBT001 - hypothesis names them
        if self._act(who, hosting.LockRoom(locked=locked)):
            self.model.set_locked(locked=locked)

    @rule(who=people, other=picks)
    def remove(self, who: str, other: int) -> None:
        for guest, seat in self._seat_of(other):
            if self._act(who, hosting.Remove(participant=guest.id)):
                self._put_out(guest, seat, "removed")

    @rule(who=people, other=picks)
    def send_to_lobby(self, who: str, other: int) -> None:
        for guest, seat in self._seat_of(other):
            if not self._act(who, hosting.SendToLobby(participant=guest.id), locked=True):
                continue
            self._put_out(guest, seat, "sent to lobby")
            seen = self.do(guest.seen(KnockSeen))
            assert seen.state == "waiting"
            knock = Knock(seat.name, seen.place, seat.account, self.model.now)
            knock.away_since = self.model.now
            found = [one for lobby in self.street.server._lobbies.all for one in lobby]
            known = {one.id for one in self.model.knocks}
            knock.id = next(one.id for one in found if one.id not in known)
            self.model.knocks.append(knock)

    @rule(who=people, other=picks, host=st.booleans())
    def make_host(self, who: str, other: int, host: bool) -> None:  # noqa: FBT001 - as above
        for guest, seat in self._seat_of(other):
            stands = level_of(seat.basis) == "host" and not host
            command = hosting.MakeHost(participant=guest.id, host=host)
            if self._act(who, command, stands=stands) and level_of(seat.basis) != "host":
                seat.handed_on = host

    @rule(who=people, stay=st.booleans())
    def end_meeting(self, who: str, stay: bool) -> None:  # noqa: FBT001 - as above
        acting = self._first_seat(who)
        if self._act(who, hosting.EndMeeting(stay=stay)) and acting:
            keep = [acting[1]] if stay else []
            seats = [pair for one in self.people.values() for pair in one.seats.items()]
            for guest, seat in seats:
                if seat not in keep:
                    self._put_out(guest, seat, "ended")
            for gone in [one for one in self.model.passes if one not in keep]:
                self.model.passes.remove(gone)

    # What the owner, time and operators do.

    @precondition(lambda self: len(self.model.grants) < 5)
    @rule(who=st.sampled_from(["Carol", "Dan"]), level=st.sampled_from(["join", "host"]))
    def grant(self, who: str, level: Any) -> None:
        new = self.street.server.grants.by_account(level, self.accounts[who])
        self.do(self._grant(new))
        self.model.give(Grant(level, who))

    @precondition(lambda self: len(self.keys) < 2)
    @rule(
        level=st.sampled_from(["join", "host"]),
        uses=st.sampled_from([None, 1]),
        hours=st.sampled_from([None, 1]),
    )
    def make_link(self, level: Any, uses: int | None, hours: int | None) -> None:
        until = self.clock.now() + hours * 3_600_000 if hours else None
        grants = self.street.server.grants
        new, key = grants.by_link(level, "a link", expires_at=until, uses=uses)
        self.do(self._grant(new))
        self.keys.append(key.reveal())
        ends = self.model.now + hours * 3_600 if hours else None
        self.model.give(Grant(level, key.reveal(), ends, uses))

    @precondition(lambda self: any(not one.revoked for one in self.model.grants))
    @rule(number=picks)
    def revoke(self, number: int) -> None:
        self.do(self._revoke(number))
        self.model.recheck()

    async def _revoke(self, number: int) -> None:
        grants, room = self.street.server.grants, await self._room()
        kept = [one for one in self.model.grants if not one.revoked]
        stored = await grants.of(room)
        assert len(stored) == len(kept)
        grant = kept[number % len(kept)]
        account = self.accounts.get(grant.whose)
        by_account = {one.account_id: one.id for one in stored}
        found = by_account[account.id] if account else await self._by_key(grant.whose)
        await grants.revoke(room, found)
        grant.revoked = True

    @rule(who=accounts)
    def sign_out(self, who: str) -> None:
        somebody = self.people[who]
        self.do(self._sign_out(who))
        for seat in somebody.seats.values():
            seat.account = None
        if somebody.watch is not None:
            self.do(somebody.watch.seen(Ended))
            somebody.watch = None
        self.model.recheck()
        self.do(self._go_from_door(somebody))

    async def _sign_out(self, who: str) -> None:
        account = self.accounts[who]
        await self.street.server.accounts.sign_out(self.street.token(account))
        token = await self.street.server.accounts.signing_in.begin(account.id, "Firefox", None)
        self.street._tokens[account.id] = token.reveal()

    @precondition(lambda self: self.restarts < 2 and self.model.passes and self.model.knocks)
    @rule()
    def restart(self) -> None:
        self.restarts += 1
        self.do(self._restart())
        for one in tuple(self.model.seats):
            self.model.leave(one)

    async def _restart(self) -> None:
        for who in self.people.values():
            await self._go_from_door(who)
            who.seats.clear()
            who.watch = None
        for knock in self.model.knocks:
            if knock.waits:
                knock.away_since = self.model.now
        await self.server_stack.aclose()
        self.model.meeting += 1
        await self._start()

    @precondition(lambda self: self.model.now < 20 * 3_600)
    @rule(seconds=st.sampled_from([61, 121, 4_000, 44_000]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        self.model.now += seconds
        self.do(self.street.server._lobbies._lapse())
        self.model.lapse()

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
        meetings = [one for one in self.street.server.meetings.live if one.room.name == "study"]
        return sorted((one.name, one.role) for meeting in meetings for one in meeting)

    @invariant()
    def check_what_hosts_see(self) -> None:
        waiting = {one.name: (one.message, one.state) for one in self.model.knocks if one.waits}
        for who in self.people.values():
            for guest, may, _ in self._answerers(who):
                self.do(self._check_page(guest, waiting if may else {}))

    async def _check_page(self, host: Guest, waiting: dict[str, tuple[str, str]]) -> None:
        def shown() -> dict[str, tuple[str, str]]:
            states = {True: "asked to wait", False: "waiting"}
            return {
                one.name: (one.message, states[one.asked_to_wait])
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
        ]

    def _account_name(self, who: Somebody) -> str:
        return self.accounts[who.name].name

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
        self.model.put_out(seat)
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
        await self.street.server.grants.add(await self._room(), new)

    async def _room(self) -> Any:
        return await self.street.server.rooms.find("study")

    async def _by_key(self, key: str) -> str:
        rows = await self.street.server.database.read("SELECT id, found_by FROM access_grants")
        return next(str(row["id"]) for row in rows if row["found_by"] == key_hash(key))

    async def _kept(self) -> list[Any]:
        """What a refusal must not change."""
        read = self.street.server.database.read
        tables = ("knocks", "access_grants", "rooms")
        return [[tuple(row) for row in await read(f"SELECT * FROM {table}")] for table in tables]  # noqa: S608


async def eventually(
    condition: Callable[[], bool], reason: str, found: Callable[[], object]
) -> None:
    """Wait for what the server does in the background."""
    for _ in range(round(WITHIN / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{reason}, but: {found()}")


DoorMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestDoorMachine = DoorMachine.TestCase
