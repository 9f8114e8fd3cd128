"""Which path a pair has, and why: the machine alone, with times that are given."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from meetd.meetings.paths import REFUSED_SECONDS, RETRY_SECONDS, SHRUNK_SECONDS, Change, Paths
from meetd.protocol.media import PathChanged, PathKind, ReportPath


def report(participant: str, path: PathKind, state: str) -> ReportPath:
    return ReportPath(participant=participant, path=path, state=state)  # type: ignore[arg-type]


class Room:
    """A meeting whose pages do as they are told, as far as a test lets them."""

    def __init__(self, *people: str, rule: str = "when needed", mesh_limit: int = 4) -> None:
        self.paths = Paths(rule, mesh_limit)  # type: ignore[arg-type]
        self.now = 100.0
        self.told: list[Change] = []
        for person in people:
            self.arrive(person)

    def arrive(self, person: str) -> None:
        self.told += self.paths.arrive(person, self.now)

    def leave(self, person: str) -> None:
        self.told += self.paths.leave(person, self.now)

    def says(self, person: str, of: str, path: PathKind, state: str) -> None:
        self.told += self.paths.report(person, report(of, path, state), self.now)

    def both_say(self, one: str, other: str, path: PathKind, state: str) -> None:
        self.says(one, other, path, state)
        self.says(other, one, path, state)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.told += self.paths.due(self.now)

    def seen(self, person: str, of: str) -> tuple[str, str, str] | None:
        """Path, state and why, as that page was last told."""
        found = [path for path in self.paths.seen_by(person) if path.participant == of]
        return (found[0].path, found[0].state, found[0].why) if found else None

    def relays(self, one: str, other: str) -> bool:
        assert (other in self.paths.relayed_with(one)) is (one in self.paths.relayed_with(other))
        return other in self.paths.relayed_with(one)


def test_a_direct_path_is_told_to_both_and_nothing_is_relayed() -> None:
    room = Room("ada", "bob")
    assert room.seen("ada", "bob") is None
    room.both_say("ada", "bob", "direct", "connecting")
    room.both_say("ada", "bob", "direct", "connected")
    assert room.seen("ada", "bob") == room.seen("bob", "ada") == ("direct", "connected", "")
    assert not room.relays("ada", "bob")


@pytest.mark.parametrize(("state", "why"), [("failed", "failed"), ("degraded", "degraded")])
def test_a_pair_that_either_end_calls_bad_is_relayed_and_only_that_pair(
    state: str, why: str
) -> None:
    room = Room("ada", "bob", "carol")
    for one, other in combinations(("ada", "bob", "carol"), 2):
        room.both_say(one, other, "direct", "connected")
    room.says("bob", "ada", "direct", state)
    assert room.seen("ada", "bob") == ("relayed", "connecting", why)
    assert room.relays("ada", "bob")
    assert room.seen("ada", "carol") == ("direct", "connected", "")
    assert not room.paths.is_relayed("carol")


def test_relayed_is_connected_when_both_ends_decode() -> None:
    room = Room("ada", "bob")
    room.says("ada", "bob", "direct", "failed")
    room.says("ada", "bob", "relayed", "connected")
    assert room.seen("ada", "bob") == ("relayed", "connecting", "failed")
    room.says("bob", "ada", "relayed", "connected")
    assert room.seen("ada", "bob") == ("relayed", "connected", "failed")


def test_a_direct_path_that_heals_before_the_relay_works_stays() -> None:
    room = Room("ada", "bob")
    room.says("ada", "bob", "direct", "failed")
    room.both_say("ada", "bob", "direct", "connected")
    assert room.seen("ada", "bob") == ("direct", "connected", "")
    assert not room.relays("ada", "bob")


def test_what_is_said_of_a_path_that_is_over_is_not_believed() -> None:
    room = Room("ada", "bob")
    room.both_say("ada", "bob", "direct", "failed")
    room.both_say("ada", "bob", "relayed", "connected")
    room.both_say("ada", "bob", "direct", "connected")
    assert room.seen("ada", "bob") == ("relayed", "connected", "failed")
    other = Room("ada", "bob")
    other.both_say("ada", "bob", "relayed", "connected")
    assert other.told == []


def test_nobody_waits_for_the_direct_path_to_somebody_who_left() -> None:
    room = Room("ada", "bob", "carol")
    room.says("ada", "bob", "direct", "failed")
    assert room.paths.next_due == room.now + RETRY_SECONDS[0]
    room.leave("bob")
    assert room.paths.next_due == float("inf")


def test_a_crowd_is_relayed_and_goes_back_direct_first_when_it_stays_small() -> None:
    room = Room("ada", "bob", "carol", "dan")
    assert not room.paths.is_relayed("ada")
    room.both_say("ada", "bob", "direct", "connected")
    room.arrive("eve")
    assert room.seen("ada", "bob") == ("relayed", "connecting", "crowd")
    assert room.seen("eve", "ada") == ("relayed", "connecting", "crowd")
    room.both_say("ada", "bob", "relayed", "connected")
    room.leave("eve")
    room.pass_time(SHRUNK_SECONDS - 0.1)
    assert room.seen("ada", "bob") == ("relayed", "connected", "crowd")
    room.pass_time(0.2)
    # The relay goes on until the direct path carries media at both ends.
    assert room.seen("ada", "bob") == ("direct", "connecting", "")
    assert room.relays("ada", "bob")
    room.both_say("ada", "bob", "direct", "connected")
    assert room.seen("ada", "bob") == ("direct", "connected", "")
    assert not room.relays("ada", "bob")


def test_somebody_who_comes_and_goes_moves_nobody() -> None:
    room = Room("ada", "bob", "carol", "dan", "eve")
    room.leave("eve")
    room.pass_time(SHRUNK_SECONDS / 2)
    room.arrive("eve")
    room.pass_time(SHRUNK_SECONDS)
    assert room.seen("ada", "bob") == ("relayed", "connecting", "crowd")
    room.leave("eve")
    room.pass_time(SHRUNK_SECONDS / 2)
    assert room.seen("ada", "bob") == ("relayed", "connecting", "crowd")


def test_a_way_back_that_fails_costs_nothing() -> None:
    room = Room("ada", "bob", "carol", "dan", "eve")
    room.both_say("ada", "bob", "relayed", "connected")
    room.leave("eve")
    room.pass_time(SHRUNK_SECONDS)
    room.says("ada", "bob", "direct", "failed")
    assert room.seen("ada", "bob") == ("relayed", "connected", "failed")


def test_the_direct_path_of_a_relayed_pair_is_tried_again_ever_more_rarely() -> None:
    room = Room("ada", "bob")
    room.says("ada", "bob", "direct", "failed")
    room.both_say("ada", "bob", "relayed", "connected")
    for seconds in (*RETRY_SECONDS, RETRY_SECONDS[-1]):
        room.pass_time(seconds - 1)
        assert room.seen("ada", "bob") == ("relayed", "connected", "failed")
        room.pass_time(1)
        assert room.seen("ada", "bob") == ("direct", "connecting", "")
        assert room.relays("ada", "bob")
        room.says("bob", "ada", "direct", "failed")
        assert room.seen("ada", "bob") == ("relayed", "connected", "failed")


def test_always_relays_from_the_first_moment_and_never_back() -> None:
    room = Room("ada", "bob", rule="always")
    assert room.seen("ada", "bob") == ("relayed", "connecting", "setting")
    room.both_say("ada", "bob", "direct", "connected")
    room.paths.refuse("ada", room.now)
    room.pass_time(3_600)
    assert room.seen("ada", "bob") == ("relayed", "connecting", "setting")


def test_never_relays_nobody() -> None:
    room = Room("ada", "bob", "carol", "dan", "eve", rule="never")
    room.both_say("ada", "bob", "direct", "failed")
    assert room.seen("ada", "bob") == ("direct", "failed", "")
    assert not room.paths.is_relayed("ada")
    assert room.paths.next_due == float("inf")


def test_whom_the_relay_has_no_room_for_keeps_a_failed_path_and_is_tried_again() -> None:
    room = Room("ada", "bob")
    room.says("ada", "bob", "direct", "failed")
    room.told += room.paths.refuse("ada", room.now)
    assert room.seen("ada", "bob") == room.seen("bob", "ada") == ("direct", "failed", "full")
    assert not room.relays("ada", "bob")
    room.pass_time(REFUSED_SECONDS)
    assert room.seen("ada", "bob") == ("relayed", "connecting", "failed")


def test_everybody_is_told_at_once_whom_the_relay_has_no_room_for() -> None:
    room = Room("ada", "bob", "carol", rule="always")
    room.both_say("bob", "carol", "relayed", "connected")
    room.told += room.paths.refuse("ada", room.now)
    for other in ("bob", "carol"):
        assert room.seen(other, "ada") == ("relayed", "failed", "full")
    assert room.seen("bob", "carol") == ("relayed", "connected", "setting")
    room.told += room.paths.admit("ada", room.now)
    assert room.seen("bob", "ada") == ("relayed", "connecting", "setting")
    assert room.paths.next_due == float("inf")


def test_a_crowd_that_the_relay_has_no_room_for_tries_directly_first() -> None:
    room = Room("ada", "bob", "carol", mesh_limit=2)
    room.told += room.paths.refuse("ada", room.now)
    assert room.seen("ada", "bob") == ("direct", "connecting", "")
    room.says("bob", "ada", "direct", "failed")
    assert room.seen("ada", "bob") == ("direct", "failed", "full")


PEOPLE = st.sampled_from("abcdefg")
STATES = st.sampled_from(["connecting", "connected", "degraded", "failed"])


class AnyMeeting(RuleBasedStateMachine):
    """People come and go, say anything about anybody, and time passes."""

    @initialize(rule_=st.sampled_from(["when needed", "always", "never"]), limit=st.integers(2, 5))
    def open(self, rule_: str, limit: int) -> None:
        self.rule_, self.limit = rule_, limit
        self.room = Room(rule=rule_, mesh_limit=limit)
        self.present: set[str] = set()
        self.last: dict[tuple[str, str], PathChanged] = {}

    def hear(self) -> None:
        """What every page was told, in order."""
        for change in self.room.told:
            for end in change.ends:
                heard = change.told_to(end)
                self.last[end, heard.participant] = heard
        self.room.told.clear()

    @rule(person=PEOPLE)
    def arrive(self, person: str) -> None:
        self.room.arrive(person)
        self.present.add(person)
        self.hear()

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.present)))
        self.room.leave(person)
        self.present.remove(person)
        self.last = {ends: seen for ends, seen in self.last.items() if person not in ends}
        self.hear()

    @rule(one=PEOPLE, other=PEOPLE, path=st.sampled_from(["direct", "relayed"]), state=STATES)
    def say(self, one: str, other: str, path: PathKind, state: str) -> None:
        self.room.says(one, other, path, state)
        self.hear()

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.present)))
        self.room.told += self.room.paths.refuse(person, self.room.now)
        self.hear()

    @rule()
    def wait(self) -> None:
        due = self.room.paths.next_due
        self.room.pass_time(max(0.0, due - self.room.now) if due != float("inf") else 1.0)
        self.hear()

    @invariant()
    def what_was_told_is_what_a_newcomer_sees(self) -> None:
        for person in self.present:
            for seen in self.room.paths.seen_by(person):
                assert self.last[person, seen.participant] == seen

    @invariant()
    def both_ends_are_told_the_same(self) -> None:
        for (one, other), seen in self.last.items():
            mirror = self.last[other, one]
            assert (mirror.path, mirror.state, mirror.why) == (seen.path, seen.state, seen.why)

    @invariant()
    def the_relay_serves_whoever_is_told_so(self) -> None:
        for (one, other), seen in self.last.items():
            if seen.path == "relayed":
                assert self.room.relays(one, other)
            elif seen.state == "connected":
                assert not self.room.relays(one, other)

    @invariant()
    def rules_hold(self) -> None:
        for seen in self.last.values():
            if seen.why == "full":  # whatever the path would be: there is no room for it
                assert (seen.state, self.rule_ != "never") == ("failed", True)
            else:
                assert (seen.why == "") is (seen.path == "direct")
            if self.rule_ == "always":
                assert seen.path == "relayed"
                assert seen.why in {"setting", "full"}
            if self.rule_ == "never":
                assert seen.path == "direct"

    @invariant()
    def nothing_is_due_in_the_past(self) -> None:
        self.room.told += self.room.paths.due(self.room.now)
        assert self.room.paths.next_due > self.room.now
        self.hear()


TestAnyMeeting = AnyMeeting.TestCase
TestAnyMeeting.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@given(st.integers(2, 8), st.integers(2, 8))
def test_everybody_moves_exactly_above_the_limit(limit: int, people: int) -> None:
    room = Room(*"abcdefgh"[:people], mesh_limit=limit)
    for one, other in combinations("abcdefgh"[:people], 2):
        assert room.relays(one, other) is (people > limit)
