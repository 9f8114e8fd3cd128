"""What was granted for a while runs out: nobody comes in by it or is a host by it any more, and
nobody who is in has to go."""

import pytest

from meetd.protocol.hosting import LockRoom, MakeHost
from meetd.protocol.session import Ping
from tests.support.clock import MovedClock
from tests.support.door import Street
from tests.support.guest import Guest


def roles(guest: Guest) -> dict[str, str]:
    return {one.name: one.role for one in guest.snapshot.participants}


async def to_be(guest: Guest, **expected: str) -> None:
    await guest.until(lambda: roles(guest) == expected, f"{expected} should be in")


async def link_for_an_hour(street: Street, clock: MovedClock) -> str:
    """To Ada's locked room, for hosts."""
    ada = await street.account("Ada")
    room, grants = await street.room("study", ada), street.server.stores.grants
    new, key = grants.by_link("host", "club", expires_at=clock.now() + 3_600_000)
    await grants.add(room, new)
    return key.reveal()


async def two_hours_later(street: Street, clock: MovedClock) -> None:
    clock.forward(hours=2)
    await street.server.gathering.ends.look()


async def test_hosts_by_a_link_are_guests_after_its_end(street: Street, clock: MovedClock) -> None:
    key = await link_for_an_hour(street, clock)
    eve = await street.enter("study", "Eve", key=key)
    dan = await street.account("Dan")
    inside = await street.enter("study", "Dan", dan, key=key)
    (offer,) = await street.server.stores.grants.offers.offered_to(dan)
    await street.server.stores.grants.offers.answer(dan, offer.id, "accepted")
    await to_be(eve, Eve="host", Dan="host")
    await two_hours_later(street, clock)
    for page in (eve, inside):
        await to_be(page, Eve="guest", Dan="guest")
        assert (await page.refused(LockRoom(locked=False))).refusal.code == "NotAHost"
    assert await street.refused("study", "Mallory", key=key) == "InviteLinkInvalid"


async def test_a_role_handed_on_by_a_host_by_a_link_ends_with_the_link(
    street: Street, clock: MovedClock
) -> None:
    key = await link_for_an_hour(street, clock)
    room = await street.server.stores.rooms.find("study")
    assert room is not None
    new, other = street.server.stores.grants.by_link("join", "for friends")
    await street.server.stores.grants.add(room, new)
    eve = await street.enter("study", "Eve", key=key)
    bob = await street.enter("study", "Bob", key=other.reveal())
    await eve.ask(MakeHost(participant=bob.id, host=True))
    await to_be(bob, Eve="host", Bob="host")
    await two_hours_later(street, clock)
    await to_be(bob, Eve="guest", Bob="guest")


async def test_whoever_comes_back_after_the_end_is_a_guest(
    street: Street, clock: MovedClock
) -> None:
    key = await link_for_an_hour(street, clock)
    eve = await street.enter("study", "Eve", key=key)
    clock.forward(seconds=3_590)
    await eve.leave()
    assert eve.welcome is not None
    clock.forward(seconds=61)
    again = await street.enter("study", "Eve", way_back=eve.welcome.way_back)
    await to_be(again, Eve="guest")


async def test_what_has_no_end_is_looked_at_by_nobody(
    street: Street, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only rooms in which something has just ended, and once."""
    await link_for_an_hour(street, clock)
    announced: list[str] = []
    monkeypatch.setattr(street.server.stores.grants, "announce", announced.append)
    await street.server.gathering.ends.look()
    assert announced == []
    await two_hours_later(street, clock)
    await street.server.gathering.ends.look()
    room = await street.server.stores.rooms.find("study")
    assert room is not None
    assert announced == [room.id]


async def test_a_role_that_ended_while_somebody_was_away_does_not_come_back(
    street: Street,
) -> None:
    """Not even when whoever handed it on is a host again."""
    ada, carol = await street.account("Ada"), await street.account("Carol")
    room, grants = await street.room("study", ada), street.server.stores.grants
    hosting = await street.host(room, carol)
    new, key = grants.by_link("join", "for friends")
    await grants.add(room, new)
    host = await street.enter("study", "Carol", carol)
    bob = await street.enter("study", "Bob", key=key.reveal())
    await host.ask(MakeHost(participant=bob.id, host=True))
    await to_be(bob, Carol="host", Bob="host")
    await bob.ask(Ping())
    await bob.leave()
    await grants.revoke(room, hosting.id)
    assert bob.welcome is not None
    again = await street.enter("study", "Bob", way_back=bob.welcome.way_back)
    await to_be(again, Bob="guest")
    await again.ask(Ping())
    await again.leave()
    await street.host(room, carol)
    assert again.welcome is not None
    at_last = await street.enter("study", "Bob", way_back=again.welcome.way_back)
    await to_be(at_last, Bob="guest")
