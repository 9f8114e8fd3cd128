"""The whole door against a running server, in any order of messages that hypothesis can think of.

``tests/support/door_model.py`` says what has to happen. After every step: nobody is in without a
right that stands, nobody is host who should not be, every knock that waits is on the page of every
host who may answer it, and every knocker knows how their knock stands.
"""

import asyncio
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from meetd.core.ids import new_token
from meetd.core.refusals import OfferGone
from meetd.protocol import hosting
from meetd.protocol.door import (
    AdmitAll,
    AnswerTaken,
    DoorSeen,
    KnockSeen,
    Look,
    StopKnocking,
)
from meetd.protocol.door import Knock as KnockCommand
from meetd.protocol.session import Done, Ended, Ping, Refused, Welcome
from tests.lobby.machinery import PEOPLE, Machinery, Somebody
from tests.support.door import join_as
from tests.support.door_model import ACCOUNTS, Grant, Knock, Pass
from tests.support.guest import Guest

ANSWERS = ("admit once", "admit for meeting", "always admit", "ask to wait", "turn away")

people = st.sampled_from(PEOPLE)
accounts = st.sampled_from(ACCOUNTS)
picks = st.integers(min_value=0, max_value=9)
MOST_GRANTS = 5
MOST_RESTARTS = 2


class DoorMachine(Machinery):
    """Every rule is something that somebody does, whether they may or not. Which of two hosts is
    first is the network's to say, and what follows differs: no rule is left out because of it, or
    hypothesis could not repeat what it found."""

    @initialize()
    def begin(self) -> None:
        self.open()
        self.watch("Ada")
        self.do(self._join(self.people["Ada"], None, None, None))
        self.knock("Bob")
        self.knock("Dan")

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
        found = [one for lobby in self.street.server.house.lobbies.all for one in lobby]
        ids = [one.id for one in found if one.words.name == name]
        assert len(ids) == who.knock.waits
        who.knock.id = ids[0] if ids else ""

    @rule(who=people)
    def knock_and_lose_the_answer(self, who: str) -> None:
        self.do(self._knock_twice(self.people[who]))

    async def _knock_twice(self, who: Somebody) -> None:
        """Said again over another connection with the same place, it is the same knock."""
        await self._go_from_door(who)
        number, place = next(self.numbers), new_token()
        said = KnockCommand(name=f"{who.name} {number}", message=f"message {number}", place=place)
        knock = Knock(said.name, place, who.account, self.model.now, message=said.message)
        self.model.knocks.append(knock)
        if self.model.right(who.account, None):
            knock.state = "admitted"
        first = await self._say(who, said, knock)
        await first.lose_connection()
        who.door, who.knock = await self._say(who, said, knock), knock
        found = [one for lobby in self.street.server.house.lobbies.all for one in lobby]
        ids = [one.id for one in found if one.words.name == said.name]
        assert len(ids) == knock.waits
        knock.id = ids[0] if ids else ""

    async def _say(self, who: Somebody, said: KnockCommand, knock: Knock) -> Guest:
        guest = await self._connect(who)
        await guest.ask(Look(name="study"))
        seen = await guest.ask(said)
        assert isinstance(seen, KnockSeen), seen
        assert (seen.state, seen.place) == (knock.state, knock.place)
        return guest

    @rule(who=people)
    def stop_knocking(self, who: str) -> None:
        somebody = self.people[who]
        if somebody.door is not None:
            assert isinstance(self.do(somebody.door.ask(StopKnocking())), Done)
            if somebody.knock is not None and somebody.knock.waits:
                somebody.knock.state = "lapsed"
            somebody.knock = None

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

    @rule(who=people, place=picks, way=picks)
    def join_and_lose_the_welcome(self, who: str, place: int, way: int) -> None:
        somebody = self.people[who]
        entered = self.do(
            self._join(somebody, self._place(place), None, self._token(way), heard=False)
        )
        if entered is not None:
            self.model.leave(entered)

    async def _join(
        self,
        who: Somebody,
        place: str | None,
        key: str | None,
        way: str | None,
        *,
        heard: bool = True,
    ) -> Pass | None:
        """``heard``: the answer arrives. Returns who is in by it, if anybody is."""
        guest, kept = await self._connect(who), await self._kept()
        command = join_as("study", who.name, place=place, key=key, way_back=way)
        answer = await guest.ask(command)
        expected = self._expect(who, place, key, way)
        if isinstance(expected, str):
            assert isinstance(answer, Refused), answer
            assert answer.refusal.code == expected
            assert await self._kept() == kept, "a refusal changed something"
            return None
        assert isinstance(answer, Welcome), f"{answer}, not {expected}"
        for somebody in self.people.values():
            somebody.seats = {one: seat for one, seat in somebody.seats.items() if seat != expected}
        if not heard:
            await guest.lose_connection()
            return expected
        who.seats[guest] = expected
        who.tokens.append(answer.way_back)
        await guest.ask(Ping())  # from here on older tokens are over
        self.model.heard(expected, answer.way_back)
        return expected

    def _expect(
        self, who: Somebody, place: str | None, key: str | None, way: str | None
    ) -> Pass | str:
        if way == self.foreign:
            return "WayBackInvalid"
        back, former = self.model.comes_back(way, who.account), self.model.in_time(way)
        back = back or (self.model.comes_again(place, who.account) if way is None else None)
        if back is None:
            entered = self.model.enter(who.name, who.account, key, place)
            if former is not None and not isinstance(entered, str):
                self.model.forget(former)
            return "WayBackInvalid" if way and isinstance(entered, str) else entered
        self.model.come_back(back, who.name, who.account)
        return back

    @rule(who=people)
    def leave(self, who: str) -> None:
        somebody = self.people[who]
        for guest, seat in tuple(somebody.seats.items())[:1]:
            self.do(guest.leave())
            del somebody.seats[guest]
            self.model.leave(seat)

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
                taken = self.do(self._ask(guest, one, answer))
                too_much = answer == "always admit" and not self._may_always(who, guest)
                if may and one.waits and too_much:
                    assert isinstance(taken, Refused), taken
                    assert taken.refusal.code == "LastingHostsOnly"
                else:
                    self._check_answer(taken, one, answer, may, name)

    @rule(answers=st.lists(st.sampled_from(ANSWERS), min_size=2, max_size=2))
    def two_hosts_answer(self, answers: list[str]) -> None:
        pages = [(name, one) for name in PEOPLE for one in self._answerers(self.people[name])]
        hosts = [one for name, one in pages if one[1] and self._may_always(name, one[0])]
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
            assert isinstance(answer, AnswerTaken if may else Refused), answer
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
            stands = self._outranks(seat, who)
            if self._act(who, hosting.Remove(participant=guest.id), stands=stands):
                self._put_out(guest, seat, "removed")

    @rule(who=people, other=picks)
    def send_to_lobby(self, who: str, other: int) -> None:
        for guest, seat in self._seat_of(other):
            command, stands = hosting.SendToLobby(participant=guest.id), self._outranks(seat, who)
            if not self._act(who, command, locked=True, stands=stands):
                continue
            self._put_out(guest, seat, "sent to lobby")
            seen = self.do(guest.seen(KnockSeen))
            assert seen.state == "waiting"
            knock = Knock(seat.name, seen.place, seat.account, self.model.now)
            knock.away_since = self.model.now
            found = [one for lobby in self.street.server.house.lobbies.all for one in lobby]
            known = {one.id for one in self.model.knocks}
            knock.id = next(one.id for one in found if one.id not in known)
            self.model.knocks.append(knock)

    @rule(who=people, other=picks, host=st.booleans())
    def make_host(self, who: str, other: int, host: bool) -> None:  # noqa: FBT001 - as above
        for guest, seat in self._seat_of(other):
            acting = self._first_seat(who)
            stands = self.model.level(seat) == "host" and not host
            command = hosting.MakeHost(participant=guest.id, host=host)
            if not self._act(who, command, stands=stands) or acting is None:
                continue
            if host:
                self.model.hand_on(acting[1], seat)
            elif seat.giver is not None:
                self.model.take_back(seat)

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

    @rule(who=st.sampled_from(["Carol", "Dan"]), level=st.sampled_from(["join", "host"]))
    def grant(self, who: str, level: Any) -> None:
        if len(self.model.grants) >= MOST_GRANTS:
            return
        new = self.street.server.stores.grants.by_account(level, self.accounts[who])
        self.do(self._grant(new))
        self.model.give(Grant(level, who))

    @rule(who=st.sampled_from(["Carol", "Dan"]), accepts=st.booleans())
    def answer_an_offer(self, who: str, accepts: bool) -> None:  # noqa: FBT001 - as above
        for grant in [one for one in self.model.grants if one.whose == who and not one.revoked]:
            gone = self.do(self._answer_offer(who, accepts=accepts))
            may = grant.level == "host" and (
                not grant.answer or (grant.answer == "accepted" and not accepts)
            )
            assert gone != may, grant
            if may:
                grant.answer = "accepted" if accepts else "declined"
                self.model.recheck()

    async def _answer_offer(self, who: str, *, accepts: bool) -> bool:
        """Returns whether there is no such offer."""
        grants, account = self.street.server.stores.grants, self.accounts[who]
        stored = await grants.of(await self._room())
        found = next(one.id for one in stored if one.account_id == account.id)
        try:
            await grants.offers.answer(account, found, "accepted" if accepts else "declined")
        except OfferGone:
            return True
        return False

    @precondition(lambda self: len(self.keys) < 2)
    @rule(
        level=st.sampled_from(["join", "host"]),
        uses=st.sampled_from([None, 1]),
        hours=st.sampled_from([None, 1]),
    )
    def make_link(self, level: Any, uses: int | None, hours: int | None) -> None:
        until = self.clock.now() + hours * 3_600_000 if hours else None
        grants = self.street.server.stores.grants
        new, key = grants.by_link(level, "a link", expires_at=until, uses=uses)
        self.do(self._grant(new))
        self.keys.append(key.reveal())
        ends = self.model.now + hours * 3_600 if hours else None
        self.model.give(Grant(level, key.reveal(), ends, uses))

    @rule(number=picks)
    def revoke(self, number: int) -> None:
        if all(one.revoked for one in self.model.grants):
            return
        self.do(self._revoke(number))
        self.model.recheck()

    async def _revoke(self, number: int) -> None:
        grants, room = self.street.server.stores.grants, await self._room()
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
        await self.street.server.stores.accounts.sign_out(self.street.token(account))
        token = await self.street.server.stores.accounts.signing_in.begin(
            account.id, "Firefox", None
        )
        self.street._tokens[account.id] = token.reveal()

    @rule()
    def restart(self) -> None:
        if self.restarts >= MOST_RESTARTS or not (self.model.passes and self.model.knocks):
            return
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

    # Within a day: no way back is good for longer, whatever else it rests on.
    @precondition(lambda self: self.model.now < 10 * 3_600)
    @rule(seconds=st.sampled_from([61, 121, 4_000, 44_000]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        self.model.now += seconds
        self.do(self.street.server.house.lobbies.lapse())
        self.model.lapse()
        self.do(self.street.server.gathering.ends.look())
        self.model.recheck()


DoorMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestDoorMachine = DoorMachine.TestCase
