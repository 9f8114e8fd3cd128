"""A crowd at the door: hosts hear of everybody, in messages that their connection can take."""

import itertools
from dataclasses import replace

import pytest

from meetd.core.clock import SystemClock
from meetd.core.ids import new_id
from meetd.core.text import MAX_NAME
from meetd.lobby import watch as watch_module
from meetd.lobby.doors import door_of
from meetd.lobby.knock import MAX_MESSAGE, Door, Knock, Words
from meetd.lobby.watch import MOST_AT_ONCE, Watch
from meetd.protocol.base import Event
from meetd.protocol.codec import decode_event
from meetd.protocol.door import DoorsWatched, Knocker, KnockerGone, KnocksChanged
from meetd.protocol.outbox import OUTBOX_BYTES, Outbox
from tests.support.door import Street, at_the_door

CROWD = 700
WIDE = "\U0001f469"
"""Four bytes."""
STUDY = Door("study", "room", "study")


class Wire:
    def wake(self) -> None:
        """Whoever tests takes what waits by hand."""


def crowd(door: Door, count: int = CROWD) -> list[Knock]:
    """As long as names and messages may be."""
    longest = Words(WIDE * 256, "", WIDE * MAX_MESSAGE, WIDE * 100)
    return [
        Knock(
            new_id(),
            door,
            replace_name(longest, f"{number:04}".ljust(MAX_NAME, WIDE)),
            None,
            number,
        )
        for number in range(count)
    ]


def replace_name(words: Words, name: str) -> Words:
    return Words(words.door, name, words.message, words.invited)


def taken(outbox: Outbox) -> list[Event]:
    messages = outbox.take()
    assert all(len(message) <= OUTBOX_BYTES // 2 for message in messages)
    return [decode_event(message.decode()) for message in messages]


@pytest.fixture
def watch() -> tuple[Watch, Outbox]:
    outbox = Outbox(Wire())
    return Watch(outbox, SystemClock()), outbox


async def test_the_longest_crowd_comes_in_pages_in_the_order_of_knocking(
    watch: tuple[Watch, Outbox],
) -> None:
    host, outbox = watch
    knocks = crowd(STUDY)
    host.start(knocks, ref=7)
    shown: list[Knocker] = []
    for number in range(CROWD // MOST_AT_ONCE):
        (event,) = taken(outbox)
        if number == 0:
            assert isinstance(event, DoorsWatched)
            assert event.ref == 7
            shown += event.knockers
        else:
            assert isinstance(event, KnocksChanged)
            shown += event.changed
        host._tick()
    assert [one.id for one in shown] == [knock.id for knock in knocks]
    assert taken(outbox) == []
    host.close()


async def test_a_crowded_connection_is_not_cut_off(watch: tuple[Watch, Outbox]) -> None:
    host, outbox = watch
    outbox.send_encoded(b"x" * OUTBOX_BYTES)
    host.start(crowd(STUDY), ref=0)
    for _ in range(20):
        host._tick()
    assert len(outbox.take()) == 1
    for _ in range(20):
        host._tick()
    assert len(outbox.take()) < 5, "a page was added to a crowded outbox"
    assert outbox.ended is None
    host.close()


async def test_what_waits_for_a_slow_page_is_never_more_than_there_are_knocks(
    watch: tuple[Watch, Outbox],
) -> None:
    host, outbox = watch
    host.start([], ref=0)
    taken(outbox)
    outbox.send_encoded(b"x" * OUTBOX_BYTES)
    for knock in crowd(STUDY):
        host.changed(knock)
        host.changed(replace(knock, away=True))
        host.gone(KnockerGone(id=knock.id, why="stopped", by=""))
    assert not host._changed
    assert not host._gone
    outbox.take()
    host._tick()
    assert taken(outbox) == [], "told that somebody is gone whom it never heard of"
    host.close()


async def test_a_crowd_that_goes_is_told_in_pages_too(watch: tuple[Watch, Outbox]) -> None:
    host, outbox = watch
    knocks = crowd(STUDY, 250)
    host.start(knocks, ref=0)
    for _ in range(2):
        host._tick()
    taken(outbox)
    for knock in knocks:
        host.gone(KnockerGone(id=knock.id, why="admitted", by=WIDE * MAX_NAME))
    gone: list[KnockerGone] = []
    for _ in range(3):
        host._tick()
        (event,) = taken(outbox)
        assert isinstance(event, KnocksChanged)
        gone += event.gone
    assert [one.id for one in gone] == [knock.id for knock in knocks]
    assert not host._shown
    host.close()


async def test_a_host_gets_in_and_sees_seven_hundred_who_knock(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "BATCH_SECONDS", 0.02)
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    for knock in crowd(door_of(room)):
        street.server.house.lobbies.put(knock)
    inside = await street.enter("study", "Ada", ada)
    outside = await street.watch(ada)
    for host in (inside, outside):
        await host.until(lambda one=host: len(at_the_door(one)) == CROWD, "not all were shown")  # type: ignore[misc]
        pages = [
            one.knockers if isinstance(one, DoorsWatched) else one.changed
            for one in host.events
            if isinstance(one, DoorsWatched | KnocksChanged)
        ]
        assert max(map(len, pages)) <= MOST_AT_ONCE
        names = [one.name for one in itertools.chain(*pages)]
        assert names == sorted(names)
