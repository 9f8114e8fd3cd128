"""Old snapshot + events == new snapshot, for every order of actions."""

import asyncio

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from meetd.chat.conversation import PAGE
from meetd.protocol.base import MeetingEvent
from meetd.protocol.codec import EVENTS
from meetd.protocol.session import Snapshot
from tests.meetings.scenario import TRACE, Scenario, encoded_trace
from tests.support.guest import apply

PEOPLE = ("Bob", "Carol", "Dan")
actions = st.tuples(
    st.sampled_from(
        (
            "join",
            "leave",
            "drop",
            "say",
            "react",
            "clear",
            "media",
            "hand",
            "rename",
            "share",
            "take",
            "present",
            "board",
            "wipe",
        )
    ),
    st.sampled_from(PEOPLE),
    st.booleans(),
)


async def act(scenario: Scenario, action: str, name: str, *, flag: bool) -> None:
    here = scenario.meeting.find(name.lower()) is not None
    if action == "join":
        scenario.join(name)
    elif not here:
        return
    elif action == "leave":
        scenario.leave(name)
    elif action == "drop":
        scenario.drop(name)
    elif action in {"say", "react", "clear"}:
        await act_on_chat(scenario, action, name, flag=flag)
    elif action == "media":
        scenario.media(name, microphone=flag, camera=not flag, screen=flag)
    elif action == "hand":
        scenario.hand(name, raised=flag)
    elif action == "rename":
        scenario.rename(name, f"{name} {flag}")
    else:
        act_on_content(scenario, action, name, PEOPLE[flag])


async def act_on_chat(scenario: Scenario, action: str, name: str, *, flag: bool) -> None:
    if action == "say":
        await scenario.say(name, "hello")
    elif action == "react":
        await scenario.react(name, on=flag)
    else:
        await scenario.meeting.talking.clear()


def act_on_content(scenario: Scenario, action: str, name: str, owner: str) -> None:
    if action == "share":
        # An id is never that of another file.
        scenario.share(name, f"{name} {scenario.now}.txt")
        return
    if action == "board":
        scenario.add_board(name, f"{name} {scenario.now}")
        return
    if action == "wipe":
        for board in scenario.meeting.drawing.shown[:1]:
            scenario.take_board(board.id)
        return
    if action == "present" and scenario.now % 2_000:
        for board in scenario.meeting.drawing.shown[-1:]:
            scenario.present(owner.lower(), board.id)
        return
    for item in scenario.meeting.sharing.items[:1]:
        if action == "take":
            scenario.take_away(item.id)
        else:
            scenario.present(owner.lower(), item.id)


def last_page(snapshot: Snapshot) -> Snapshot:
    """A snapshot shows one page; who was there longer knows more."""
    messages = snapshot.chat.messages[-PAGE:]
    earlier = snapshot.chat.earlier or len(snapshot.chat.messages) > PAGE
    chat = msgspec.structs.replace(snapshot.chat, messages=messages, earlier=earlier)
    return msgspec.structs.replace(snapshot, chat=chat)


@given(st.lists(actions, max_size=80))
def test_old_snapshot_and_events_equal_the_new_snapshot(
    steps: list[tuple[str, str, bool]],
) -> None:
    async def run() -> None:
        scenario = Scenario()
        scenario.join("Ada")
        snapshot, seq = scenario.meeting.snapshot(), scenario.meeting.seq
        for action, name, flag in steps:
            await act(scenario, action, name, flag=flag)
            for event in scenario.received("Ada"):
                assert isinstance(event, MeetingEvent)
                assert event.seq == seq + 1
                snapshot, seq = apply(snapshot, event), event.seq
            assert last_page(snapshot) == scenario.meeting.snapshot()
            assert seq == scenario.meeting.seq

    asyncio.run(run())


def test_the_trace_for_the_page_is_fresh_and_has_every_meeting_event() -> None:
    assert TRACE.read_bytes() == encoded_trace(), "run python -m tests.meetings.scenario"
    for event in EVENTS:
        if issubclass(event, MeetingEvent):
            assert f'"type": "{event.__name__}"' in TRACE.read_text(), event
