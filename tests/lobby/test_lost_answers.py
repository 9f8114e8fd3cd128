"""What somebody asked was done, and the answer never arrived: who asks again goes on with it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetd.core.ids import new_token
from meetd.protocol.door import AnswerKnock, KnocksChanged, KnockSeen, StopKnocking
from meetd.protocol.door import Knock as KnockCommand
from meetd.protocol.hosting import Remove
from meetd.protocol.session import Ended, Ping, Refused, Welcome
from tests.support.clock import MovedClock
from tests.support.door import (
    Gate,
    Street,
    at_the_door,
    join_as,
    knock_of,
    place_of,
    state_of,
    street_at,
)
from tests.support.guest import Guest


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def street(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Street]:
    async with street_at(tmp_path, clock) as street:
        street.server.gathering.meetings._away_seconds = 0.0
        yield street


async def admitted(street: Street, answer: Any = "admit once") -> tuple[Guest, str]:
    """A host, and the place of Bob, whom the host let in."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, bob = await street.enter("study", "Ada", ada), await street.knock("study", "Bob")
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer=answer))
    await bob.until(lambda: state_of(bob) == "admitted", "nobody was told")
    return host, place_of(bob)


async def gone(host: Guest) -> None:
    await host.until(lambda: host.people == ["Ada"], "Bob has not left")


async def test_who_never_got_the_welcome_comes_in_with_the_same_place(street: Street) -> None:
    host, place = await admitted(street)
    first = await street.enter("study", "Bob", place=place)
    await first.lose_connection()
    await gone(host)
    page, seen = await street.look("study", "Bob", place=place)
    await page.seen(KnockSeen, lambda event: event.state == "admitted")
    assert seen.opens == "knock"
    again = await street.enter("study", "Bob", place=place)
    assert again.id == first.id
    await again.ask(Ping())
    assert await street.refused("study", "Bob", place=place) == "KnockFirst"
    assert host.people == ["Ada", "Bob"]


async def test_who_asks_again_while_still_seated_gets_the_same_seat(street: Street) -> None:
    host, place = await admitted(street)
    first = await street.enter("study", "Bob", place=place)
    again = await street.enter("study", "Bob", place=place)
    assert (await first.seen(Ended)).why == "came back elsewhere"
    assert again.id == first.id
    assert host.people == ["Ada", "Bob"]


async def test_who_gave_up_before_the_answer_was_made_comes_in(street: Street) -> None:
    _, place = await admitted(street)
    gate = Gate(street.server.stores.knocks, "admitted")
    pages = [await street.connect("Bob") for _ in range(2)]
    asking = [asyncio.create_task(page.ask(join_as("study", "Bob", place=place))) for page in pages]
    await gate.reached.wait()
    gate.open()
    answers = await asyncio.gather(*asking)
    assert len({one.you for one in answers if isinstance(one, Welcome)}) == 1
    assert not [one for one in answers if isinstance(one, Refused)]


async def test_who_asks_a_second_time_while_the_first_comes_in_is_in(street: Street) -> None:
    """Asked whether anybody came in by that knock a moment before somebody did."""
    _, place = await admitted(street)
    knocks = street.server.stores.knocks
    gate = Gate(knocks, "entered_by")
    second = await street.connect("Bob")
    asking = asyncio.create_task(second.ask(join_as("study", "Bob", place=place)))
    await gate.reached.wait()
    del knocks.entered_by  # the first is not held back
    first = await street.enter("study", "Bob", place=place)
    gate.open()
    answer = await asking
    assert isinstance(answer, Welcome), answer
    assert answer.you == first.id


async def test_two_minutes_after_the_lost_welcome_the_admission_is_over(
    street: Street, clock: MovedClock
) -> None:
    host, place = await admitted(street)
    first = await street.enter("study", "Bob", place=place)
    await first.lose_connection()
    await gone(host)
    clock.forward(seconds=121)
    assert await street.refused("study", "Bob", place=place) == "KnockFirst"
    page, _ = await street.look("study", "Bob", place=place)
    await page.ask(Ping())
    assert not [event for event in page.events if isinstance(event, KnockSeen)]


async def test_who_was_removed_before_the_first_word_knocks_again(street: Street) -> None:
    host, place = await admitted(street)
    first = await street.enter("study", "Bob", place=place)
    await host.ask(Remove(participant=first.id))
    assert await street.refused("study", "Bob", place=place) == "KnockFirst"


async def test_a_lost_welcome_outlives_a_restart(tmp_path: Path, clock: MovedClock) -> None:
    async with street_at(tmp_path, clock) as street:
        _, place = await admitted(street)
        await street.enter("study", "Bob", place=place)
    async with street_at(tmp_path, clock) as street:
        clock.forward(seconds=119)
        await street.enter("study", "Bob", place=place)


async def test_a_knock_said_twice_is_one_knock(street: Street) -> None:
    """With a page that never got the answer, and one that did."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    rung: list[str] = []
    street.server.gathering.doorstep.on_knock(lambda knock: rung.append(knock.words.name))
    host, said = await street.watch(ada), KnockCommand(name="Bob", place=new_token())
    for _ in range(2):
        page, _ = await street.look("study", "Bob")
        answer = await page.ask(said)
        assert isinstance(answer, KnockSeen)
        assert (answer.place, answer.state, answer.ahead) == (said.place, "waiting", 0)
        await page.lose_connection()
    await knock_of(host, "Bob")
    assert len(at_the_door(host)) == 1
    assert rung == ["Bob"]
    assert len(await street.server.stores.knocks.waiting()) == 1


async def test_a_knock_said_again_before_the_first_was_kept_is_one_knock(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    rung: list[str] = []
    street.server.gathering.doorstep.on_knock(lambda knock: rung.append(knock.words.name))
    said = KnockCommand(name="Bob", place=new_token())
    first, _ = await street.look("study", "Bob")
    gate = Gate(street.server.stores.knocks, "add")
    await first.send(said)
    await gate.reached.wait()
    second, _ = await street.look("study", "Bob")
    asking = asyncio.create_task(second.ask(said))
    await second.send(Ping())
    gate.open()
    answer = await asking
    assert isinstance(answer, KnockSeen)
    assert (answer.place, rung) == (said.place, ["Bob"])
    host = await street.watch(ada)
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="turn away"))
    await second.seen(KnockSeen, lambda event: event.state == "turned away")


async def test_a_knock_said_again_after_the_answer_tells_the_answer(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    host, said = await street.watch(ada), KnockCommand(name="Bob", place=new_token())
    first, _ = await street.look("study", "Bob")
    await first.ask(said)
    await first.lose_connection()
    knock = await knock_of(host, "Bob")
    await host.ask(AnswerKnock(knock=knock.id, answer="admit once"))
    again, _ = await street.look("study", "Bob")
    for _ in range(2):
        answer = await again.ask(said)
        assert isinstance(answer, KnockSeen)
        assert answer.state == "admitted"
    await host.seen(KnocksChanged, lambda event: bool(event.gone))
    assert at_the_door(host) == {}


async def test_a_place_that_was_given_up_starts_no_other_knock(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada)
    said = KnockCommand(name="Bob", place=new_token())
    page, _ = await street.look("study", "Bob")
    await page.ask(said)
    await page.ask(StopKnocking())
    answer = await page.ask(said)
    assert isinstance(answer, KnockSeen)
    assert answer.state == "lapsed"
    anew = await page.ask(KnockCommand(name="Bob", place=new_token()))
    assert isinstance(anew, KnockSeen)
    assert anew.state == "waiting"


async def test_the_place_of_another_door_starts_no_knock_here(street: Street) -> None:
    ada = await street.account("Ada")
    for name in ("study", "library"):
        await street.room(name, ada)
    said = KnockCommand(name="Bob", place=new_token())
    page, _ = await street.look("study", "Bob")
    await page.ask(said)
    elsewhere, _ = await street.look("library", "Bob")
    assert (await elsewhere.refused(said)).refusal.code == "KnockGone"
    assert state_of(page) == "waiting"
