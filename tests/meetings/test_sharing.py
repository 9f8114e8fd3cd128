"""What is open for everybody: who presents, what follows, and what goes with what."""

import msgspec
import pytest

from meetd.core.refusals import HostsOnly, NoSuchItem, NotPresenting, TooManyOpened
from meetd.meetings.sharing import FIT, MOST_OPENED
from meetd.protocol.content import PresentationChanged
from meetd.protocol.people import Participant
from tests.meetings.scenario import Scenario

LOWER = msgspec.structs.replace(FIT, zoom=2.0, y=0.9)


@pytest.fixture
def room() -> Scenario:
    """Ada, who is host, Bob and Carol; Bob shared two files."""
    scenario = Scenario()
    for name in ("Ada", "Bob", "Carol"):
        scenario.join(name)
    scenario.share("Bob", "plan")
    scenario.share("Bob", "photo")
    return scenario


def tabs(scenario: Scenario) -> list[str]:
    now = scenario.meeting.sharing.presentation
    return [opened.item for opened in now.opened] if now else []


def person(scenario: Scenario, name: str) -> Participant:
    found = scenario.meeting.find(name.lower())
    assert found is not None
    return found


def test_whoever_opens_presents(room: Scenario) -> None:
    sharing = room.meeting.sharing
    sharing.present("bob", "plan")
    sharing.move("bob", "plan", LOWER)
    sharing.present("carol", "photo")
    now = sharing.presentation
    assert now is not None
    assert (now.presenter, now.shown, tabs(room)) == ("carol", "photo", ["plan", "photo"])
    sharing.present("carol", "plan")
    assert sharing.presentation is not None
    assert sharing.presentation.opened[0].view == LOWER  # where Bob left it


def test_only_whoever_presents_moves_the_others(room: Scenario) -> None:
    sharing = room.meeting.sharing
    with pytest.raises(NotPresenting):
        sharing.move("bob", "plan", LOWER)
    sharing.present("bob", "plan")
    for who, item in (("carol", "plan"), ("bob", "photo")):
        with pytest.raises(NotPresenting):
            sharing.move(who, item, LOWER)


def test_it_is_closed_by_whoever_presents_and_by_hosts(room: Scenario) -> None:
    sharing = room.meeting.sharing
    sharing.present("bob", "plan")
    sharing.present("bob", "photo")
    with pytest.raises(NotPresenting):
        sharing.close(person(room, "Carol"), "photo")
    sharing.close(person(room, "Bob"), "photo")
    assert tabs(room) == ["plan"]
    sharing.close(person(room, "Ada"), "plan")
    assert tabs(room) == []
    with pytest.raises(NoSuchItem):
        sharing.close(person(room, "Ada"), "plan")


def test_a_file_that_is_removed_is_open_no_more(room: Scenario) -> None:
    room.meeting.sharing.present("bob", "plan")
    room.take_away("plan")
    assert tabs(room) == []
    with pytest.raises(NoSuchItem):
        room.meeting.sharing.present("bob", "plan")


def test_few_are_open_at_a_time(room: Scenario) -> None:
    for number in range(MOST_OPENED + 1):
        room.share("Ada", f"file {number}")
    for number in range(MOST_OPENED):
        room.meeting.sharing.present("bob", f"file {number}")
    with pytest.raises(TooManyOpened):
        room.meeting.sharing.present("bob", f"file {MOST_OPENED}")
    room.meeting.sharing.present("carol", "file 0")
    assert len(tabs(room)) == MOST_OPENED


def test_what_changes_nothing_is_told_to_nobody(room: Scenario) -> None:
    room.meeting.sharing.present("bob", "plan")
    room.received("Carol")
    room.meeting.sharing.present("bob", "plan")
    room.meeting.sharing.move("bob", "plan", FIT)
    assert room.received("Carol") == []
    room.meeting.sharing.move("bob", "plan", LOWER)
    assert [type(event) for event in room.received("Carol")] == [PresentationChanged]


def test_presenter_mode_leaves_guests_what_is_shown_and_nothing_else(room: Scenario) -> None:
    room.meeting.sharing.present("ada", "plan")
    room.change_room(presenter_mode=True)
    may = room.meeting.may_fetch
    assert (may("guest", "plan"), may("guest", "photo"), may("host", "photo")) == (
        True,
        False,
        True,
    )
    with pytest.raises(HostsOnly):
        room.meeting.check_may_share(person(room, "Bob"))
