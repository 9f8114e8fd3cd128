"""What was granted: for how long, how often, to whom, and taken back."""

import asyncio

import pytest

from meetd.core.refusals import OfferGone, TooManyGrants, TooManyRooms
from meetd.rooms import grant_store, store
from tests.rooms.conftest import Estate


async def test_an_expired_link_opens_nothing(estate: Estate) -> None:
    room = await estate.room("study", await estate.account("ada"))
    new, key = estate.grants.by_link("join", "club", expires_at=estate.clock.now() + 1_000)
    grant = await estate.grants.add(room, new)
    estate.clock.forward(seconds=0.999)
    assert await estate.labels(room, key=key.reveal()) == ["club"]
    estate.clock.forward(seconds=0.001)
    assert await estate.labels(room, key=key.reveal()) == []
    assert not await estate.uses(grant.id)
    assert await estate.grants.find(grant.id) is not None, "it ends nobody's stay"


async def test_a_link_is_used_as_often_as_was_said_also_at_once(estate: Estate) -> None:
    room = await estate.room("study", await estate.account("ada"))
    new, key = estate.grants.by_link("join", "club", uses=3)
    grant = await estate.grants.add(room, new)
    used = await asyncio.gather(*(estate.uses(grant.id) for _ in range(10)))
    assert used.count(True) == 3
    assert await estate.labels(room, key=key.reveal()) == []
    (left,) = await estate.grants.of(room)
    assert (left.uses_left, left.last_used_at) == (0, estate.clock.now())


async def test_without_a_limit_a_link_is_used_without_end(estate: Estate) -> None:
    room = await estate.room("study", await estate.account("ada"))
    grant = await estate.grants.add(room, estate.grants.by_link("join", "club")[0])
    assert all([await estate.uses(grant.id) for _ in range(5)])
    (left,) = await estate.grants.of(room)
    assert left.uses_left is None


async def test_granted_anew_the_former_grant_is_replaced(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room, other = await estate.room("study", ada), await estate.room("attic", ada)
    grants = estate.grants
    await grants.add(other, grants.by_account("join", bob))
    for level in ("host", "knock", "join"):
        await grants.add(room, grants.by_account(level, bob))
        await grants.add(room, grants.by_email(level, "Carol@Example.org"))
    await grants.add(room, grants.by_email("host", "carol@example.ORG"))
    assert sorted((one.label, one.level) for one in await grants.of(room)) == [
        ("bob", "join"),
        ("carol@example.ORG", "host"),
    ]
    assert len(await grants.of(other)) == 1


async def test_an_address_counts_only_once_it_is_confirmed(estate: Estate) -> None:
    ada = await estate.account("ada")
    room = await estate.room("study", ada)
    await estate.grants.add(room, estate.grants.by_email("join", "Carol@example.org"))
    carol = await estate.signed_up("carol")
    assert await estate.labels(room, carol) == []
    assert await estate.labels(room, await estate.confirmed(carol)) == ["Carol@example.org"]
    eve = await estate.account("eve")
    assert await estate.labels(room, eve) == []


async def test_revoked_it_is_gone_and_everybody_hears_of_it(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room, other = await estate.room("study", ada), await estate.room("attic", bob)
    grant = await estate.grants.add(room, estate.grants.by_account("host", bob))
    heard: list[str] = []
    estate.grants.on_changed(heard.append)
    assert not await estate.grants.revoke(other, grant.id), "revoked through another room"
    assert await estate.labels(room, bob) == ["bob"]
    assert await estate.grants.revoke(room, grant.id)
    assert not await estate.grants.revoke(room, grant.id)
    assert await estate.labels(room, bob) == []
    assert await estate.grants.offers.hosted_by(bob) == []
    assert room.id in heard


async def test_a_list_of_access_has_an_end(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grant_store, "MAX_GRANTS", 2)
    room = await estate.room("study", await estate.account("ada"))
    for _ in range(2):
        await estate.grants.add(room, estate.grants.by_link("join", "club")[0])
    with pytest.raises(TooManyGrants):
        await estate.grants.add(room, estate.grants.by_link("join", "club")[0])
    assert len(await estate.grants.of(room)) == 2


async def test_when_a_room_changes_hands_keys_and_the_owners_own_grants_go(
    estate: Estate,
) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room, other = await estate.room("study", ada), await estate.room("attic", bob)
    grants = estate.grants
    new, key = grants.by_link("host", "pocketed")
    for each in (room, other):
        await grants.add(each, grants.by_account("host", ada))
        await grants.add(each, grants.by_email("join", ada.email))
    await grants.add(room, new)
    await grants.add(room, grants.by_account("host", bob))
    await grants.add(room, grants.by_browser("Dan", b"hash of Dan's place"))
    also = await grants.handing_over(room, ada, stays=False)
    assert len(await grants.of(room)) == 5, "something went before the room did"
    room = await estate.rooms.transfer(room, bob.id, also)
    assert sorted(one.label for one in await grants.of(room)) == ["Dan", "bob"]
    assert await estate.labels(room, ada, key.reveal()) == []
    assert len(await grants.of(other)) == 2
    await estate.rooms.transfer(room, ada.id, await grants.handing_over(room, bob, stays=True))
    assert sorted(one.label for one in await grants.of(room)) == ["Dan", "bob"]
    assert [one.level for one in await grants.standing(room.id, bob, None)] == ["host"]


async def test_a_room_that_cannot_be_handed_on_keeps_its_links(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_ROOMS", 1)
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room = await estate.room("study", ada)
    await estate.room("attic", bob)
    await estate.grants.add(room, estate.grants.by_link("join", "club")[0])
    with pytest.raises(TooManyRooms):
        await estate.rooms.transfer(
            room, bob.id, await estate.grants.handing_over(room, ada, stays=True)
        )
    assert [one.label for one in await estate.grants.of(room)] == ["club"]
    assert await estate.rooms.owned(room.id, ada.id) == room


async def test_host_is_offered_until_that_account_accepts(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room, grants = await estate.room("study", ada), estate.grants
    offers, heard = grants.offers, list[str]()
    grants.on_changed(heard.append)
    grant = await grants.add(room, grants.by_account("host", bob))
    assert (await offers.offered_to(bob), await offers.hosted_by(bob)) == ([grant], [])
    heard.clear()
    await offers.answer(bob, grant.id, "accepted")
    assert heard == [room.id], "nobody heard that there is a host"
    assert (await offers.offered_to(bob), await offers.hosted_by(bob)) == ([], [room.id])
    with pytest.raises(OfferGone):
        await offers.answer(bob, grant.id, "accepted")
    await offers.answer(bob, grant.id, "declined")
    assert (await offers.offered_to(bob), await offers.hosted_by(bob)) == ([], [])
    for answer in ("accepted", "declined"):
        with pytest.raises(OfferGone):
            await offers.answer(bob, grant.id, answer)
    anew = await grants.add(room, grants.by_account("host", bob))
    assert [one.id for one in await offers.offered_to(bob)] == [anew.id]
    await grants.add(room, grants.by_account("join", bob))
    assert await offers.offered_to(bob) == []


async def test_a_link_for_hosts_offers_once_and_for_as_long_as_it_lasts(estate: Estate) -> None:
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room, grants = await estate.room("study", ada), estate.grants
    new, _ = grants.by_link("host", "club", expires_at=estate.clock.now() + 60_000)
    link = await grants.add(room, new)
    assert await estate.uses(link.id)
    assert len(await grants.of(room)) == 1, "somebody without account was offered something"
    for _ in range(2):
        assert await estate.uses(link.id, bob)
    (offer,) = await grants.offers.offered_to(bob)
    assert (offer.through, offer.label, offer.expires_at) == (link.id, "bob", link.expires_at)
    await grants.offers.answer(bob, offer.id, "declined")
    assert await grants.of(room) == [await grants.find(link.id)]
    assert await estate.uses(link.id, bob)
    (offer,) = await grants.offers.offered_to(bob)
    await grants.offers.answer(bob, offer.id, "accepted")
    assert await grants.offers.hosted_by(bob) == [room.id]
    estate.clock.forward(seconds=60)
    assert await grants.offers.hosted_by(bob) == []
    assert await grants.ended.remove(estate.clock.now() + 1) > 0
    assert await grants.of(room) == []


async def test_a_full_list_keeps_nobody_out_who_comes_by_a_link_for_hosts(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grant_store, "MAX_GRANTS", 1)
    ada, bob = await estate.account("ada"), await estate.account("bob")
    room = await estate.room("study", ada)
    link = await estate.grants.add(room, estate.grants.by_link("host", "club")[0])
    assert await estate.uses(link.id, bob)
    assert await estate.grants.offers.offered_to(bob) == []


async def test_an_address_is_offered_what_its_account_accepts(estate: Estate) -> None:
    room, grants = await estate.room("study", await estate.account("ada")), estate.grants
    carol = await estate.signed_up("carol")
    grant = await grants.add(room, grants.by_email("host", carol.email))
    assert await grants.offers.offered_to(carol) == []
    with pytest.raises(OfferGone):
        await grants.offers.answer(carol, grant.id, "accepted")
    carol = await estate.confirmed(carol)
    await grants.offers.answer(carol, grant.id, "accepted")
    assert await grants.hosts_of(room.id) == [carol.id]
    await estate.stores.erase(carol, actor="test")
    assert await grants.hosts_of(room.id) == []
