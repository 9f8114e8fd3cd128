"""Who knocks with which key, and that an admission lets in nobody with another."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from meetd.protocol.door import AnswerKnock, Knock, Knocker, KnockSeen
from meetd.protocol.e2ee import PresentKeys
from meetd.protocol.hosting import LockRoom, SendToLobby
from tests.support.door import Street, knock_of, place_of, state_of, street_at
from tests.support.guest import Guest

BOBS, EVES = "B" * 43, "E" * 43


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with street_at(tmp_path) as street:
        yield street


def keys(sign_key: str) -> PresentKeys:
    return PresentKeys(sign_key=sign_key, dh_key="D" * 43, signature="S" * 86)


async def knock(street: Street, sign_key: str | None) -> tuple[Guest, Guest, Knocker]:
    """Bob before Ada's study; Ada's page; what it shows."""
    ada = await street.account("Ada")
    await street.room("study", ada)
    bob, _ = await street.look("study", "Bob")
    await bob.ask(Knock(name="Bob", sign_key=sign_key))
    host = await street.watch(ada)
    return bob, host, await knock_of(host, "Bob")


async def admit(bob: Guest, host: Guest, shown: Knocker) -> str:
    await host.ask(AnswerKnock(knock=shown.id, answer="admit once"))
    await bob.until(lambda: state_of(bob) == "admitted", "Bob was not told")
    return place_of(bob)


def way_back_of(guest: Guest) -> str:
    assert guest.welcome is not None
    return guest.welcome.way_back


async def test_hosts_see_whose_key_knocks_and_only_that_one_comes_in(street: Street) -> None:
    bob, host, shown = await knock(street, BOBS)
    assert shown.sign_key == BOBS
    place = await admit(bob, host, shown)
    for other in (EVES, None):
        assert await street.refused("study", "Bob", place=place, sign_key=other) == "OtherKeys"
    inside = await street.enter("study", "Bob", place=place, sign_key=BOBS)
    assert (await inside.refused(keys(EVES))).refusal.code == "OtherKeys"
    await inside.ask(keys(BOBS))
    assert [one.keys.sign_key for one in inside.snapshot.participants if one.keys] == [BOBS]


async def test_whoever_knocked_without_a_key_comes_in_without_one(street: Street) -> None:
    bob, host, shown = await knock(street, None)
    place = await admit(bob, host, shown)
    assert await street.refused("study", "Bob", place=place, sign_key=EVES) == "OtherKeys"
    inside = await street.enter("study", "Bob", place=place)
    assert (await inside.refused(keys(EVES))).refusal.code == "OtherKeys"


async def test_a_knock_never_changes_its_key(street: Street) -> None:
    """What a host answers is the key that they were shown."""
    bob, host, shown = await knock(street, BOBS)
    place = place_of(bob)
    for other in (EVES, None):
        again = Knock(name="Bob", place=place, sign_key=other)
        assert (await bob.refused(again)).refusal.code == "OtherKeys"
    await bob.ask(Knock(name="Robert", place=place, sign_key=BOBS))
    assert await knock_of(host, "Robert") == structs.replace(shown, name="Robert")
    # From another connection, as if the answer had been lost.
    eve, _ = await street.look("study", "Eve")
    refused = await eve.refused(Knock(name="Eve", place=place, sign_key=EVES))
    assert refused.refusal.code == "OtherKeys"


async def test_with_other_keys_nobody_comes_in_again_by_an_admission(street: Street) -> None:
    """It is good until the page has said something; for the same keys alone."""
    bob, host, shown = await knock(street, BOBS)
    place = await admit(bob, host, shown)
    inside = await street.enter("study", "Bob", place=place, sign_key=BOBS)
    assert await street.refused("study", "Eve", place=place, sign_key=EVES) == "OtherKeys"
    again = await street.enter("study", "Bob", place=place, sign_key=BOBS)
    assert again.id == inside.id
    assert (await again.refused(keys(EVES))).refusal.code == "OtherKeys"


async def test_a_knock_keeps_its_key_over_a_restart(tmp_path: Path) -> None:
    async with street_at(tmp_path) as street:
        bob, host, shown = await knock(street, BOBS)
        place = await admit(bob, host, shown)
    async with street_at(tmp_path) as street:
        assert await street.refused("study", "Bob", place=place, sign_key=EVES) == "OtherKeys"
        await street.enter("study", "Bob", place=place, sign_key=BOBS)


async def test_a_page_that_was_loaded_again_comes_back_with_other_keys(street: Street) -> None:
    """The way back is theirs alone; everybody sees the other keys."""
    bob, host, shown = await knock(street, BOBS)
    place = await admit(bob, host, shown)
    inside = await street.enter("study", "Bob", place=place, sign_key=BOBS)
    await inside.ask(keys(BOBS))
    back = await street.enter("study", "Bob", way_back=way_back_of(inside))
    await back.ask(keys(EVES))


async def test_whoever_is_sent_to_the_lobby_knocks_with_the_key_they_had(street: Street) -> None:
    ada = await street.account("Ada")
    await street.room("study", ada, locked=False)
    host = await street.enter("study", "Ada", ada)
    bob = await street.enter("study", "Bob")
    await bob.ask(keys(BOBS))
    await host.ask(LockRoom(locked=True))
    await host.ask(SendToLobby(participant=bob.id))
    seen = await bob.seen(KnockSeen)
    shown = await knock_of(host, "Bob")
    assert shown.sign_key == BOBS
    await host.ask(AnswerKnock(knock=shown.id, answer="admit once"))
    assert await street.refused("study", "Bob", place=seen.place, sign_key=EVES) == "OtherKeys"
    await street.enter("study", "Bob", place=seen.place, sign_key=BOBS)
