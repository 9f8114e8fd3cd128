"""Consent that nobody can give for somebody else, give twice, or give to what is gone."""

import asyncio
from collections.abc import Awaitable

import pytest

from meetd.accounts.account import Account, AccountRefused
from meetd.core.refusals import OfferGone, Refusal, TooManyOffers, TooManyRooms
from meetd.rooms import grant_store, handover_store, store
from meetd.rooms.also import audit_line
from meetd.rooms.offers import Offer, OfferKind, Offers
from meetd.rooms.room import Room
from tests.rooms.conftest import Estate, estate

__all__ = ["estate"]

GONE = (OfferGone, AccountRefused)


class Village:
    """Ada owns a room; Bob and Eve have accounts."""

    def __init__(
        self, estate: Estate, ada: Account, bob: Account, eve: Account, room: Room
    ) -> None:
        self.estate = estate
        self.ada, self.bob, self.eve = ada, bob, eve
        self.room = room
        stores = estate.stores
        self.offers = Offers(
            accounts=stores.accounts,
            rooms=stores.rooms,
            grants=stores.grants,
            handovers=stores.handovers,
            log=stores.audit,
        )

    async def offer(self, kind: OfferKind, to: Account) -> Offer:
        """One of each kind, as the page makes it."""
        stores = self.estate.stores
        if kind == "host":
            await stores.grants.add(self.room, stores.grants.by_account("host", to))
        elif kind == "room":
            line = audit_line(stores.audit, "room-offered", self.ada.id, self.room)
            await stores.handovers.offer(self.room, to.id, stays=False, also=line)
        else:
            team = await stores.accounts.teams.make(self.ada, "Helpdesk")
            await stores.accounts.teams.invite(self.ada, team.id, to.user_name)
        (offer,) = await self.offers.of(to)
        return offer

    def accept(self, who: Account, offer: Offer) -> Awaitable[None]:
        return self.offers.accept(who, offer.kind, offer.id, offer.level)

    async def hand_over(self) -> None:
        """The room becomes Eve's."""
        await self.accept(self.eve, await self.offer("room", self.eve))

    async def hosts(self) -> list[str]:
        return await self.estate.grants.hosts_of(self.room.id)

    async def owner(self) -> str | None:
        room = await self.estate.rooms.by_id(self.room.id)
        return room.owner_id if room else None


@pytest.fixture
async def village(estate: Estate) -> Village:
    ada, bob, eve = [await estate.account(name) for name in ("ada", "bob", "eve")]
    return Village(estate, ada, bob, eve, await estate.room("study", ada))


async def kept(village: Village) -> list[list[tuple[object, ...]]]:
    tables = ("access_grants", "room_handovers", "rooms", "team_members", "audit_log")
    read = village.estate.stores.database.read
    return [
        [tuple(row) for row in await read(f"SELECT * FROM {table}")]  # noqa: S608
        for table in tables
    ]


KINDS: tuple[OfferKind, ...] = ("host", "room", "team")


@pytest.mark.parametrize("kind", KINDS)
async def test_an_offer_to_somebody_else_is_nobodys_to_answer(
    village: Village, kind: OfferKind
) -> None:
    offer = await village.offer(kind, village.bob)
    before = await kept(village)
    for who in (village.eve, village.ada):
        with pytest.raises(GONE):
            await village.accept(who, offer)
        if kind != "team":  # Ada leads that one; declining is not how she would leave
            with pytest.raises(GONE):
                await village.offers.decline(who, offer.kind, offer.id)
    with pytest.raises(GONE):
        await village.offers.decline(village.eve, offer.kind, offer.id)
    for other in KINDS:
        if other != kind:
            with pytest.raises(GONE):
                await village.offers.accept(village.bob, other, offer.id, "host")
    assert await kept(village) == before


@pytest.mark.parametrize("kind", KINDS)
async def test_accepted_twice_at_once_it_counts_once(village: Village, kind: OfferKind) -> None:
    offer = await village.offer(kind, village.bob)
    answers = await asyncio.gather(
        *(village.accept(village.bob, offer) for _ in range(5)), return_exceptions=True
    )
    assert answers.count(None) == 1
    assert all(isinstance(one, (Refusal, AccountRefused)) for one in answers if one is not None)
    acts = [line.act for line in await village.estate.stores.audit.entries()]
    expected = {"host": "access-accepted", "room": "room-transferred"}
    assert [act for act in acts if act in expected.values()] == (
        [expected[kind]] if kind in expected else []
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_accepted_and_declined_at_once_one_of_them_counts(
    village: Village, kind: OfferKind
) -> None:
    offer = await village.offer(kind, village.bob)
    answers = await asyncio.gather(
        village.offers.decline(village.bob, offer.kind, offer.id),
        village.accept(village.bob, offer),
        return_exceptions=True,
    )
    assert answers[0] is None
    assert isinstance(answers[1], GONE)
    assert await village.owner() == village.ada.id
    assert await village.hosts() == []


async def test_what_was_withdrawn_or_has_run_out_is_gone(
    village: Village,
) -> None:
    host = await village.offer("host", village.bob)
    await village.estate.grants.revoke(village.room, host.id)
    with pytest.raises(OfferGone):
        await village.accept(village.bob, host)
    room = await village.offer("room", village.bob)
    await village.estate.stores.handovers.withdraw(village.room)
    with pytest.raises(OfferGone):
        await village.accept(village.bob, room)
    again = await village.offer("room", village.bob)
    with pytest.raises(OfferGone):
        await village.accept(village.bob, room)  # the one that was taken back stays so
    village.estate.clock.forward(seconds=handover_store.LASTS / 1_000)
    assert await village.offers.of(village.bob) == []
    with pytest.raises(OfferGone):
        await village.accept(village.bob, again)
    assert await village.owner() == village.ada.id


async def test_offered_to_another_the_first_one_is_offered_nothing(village: Village) -> None:
    first = await village.offer("room", village.bob)
    second = await village.offer("room", village.eve)
    with pytest.raises(OfferGone):
        await village.accept(village.bob, first)
    await village.accept(village.eve, second)
    assert await village.owner() == village.eve.id


async def test_who_lost_the_room_makes_nobody_a_host_of_it(village: Village) -> None:
    """An offer of the former owner that nobody answered yet is access, and no more."""
    offer = await village.offer("host", village.bob)
    await village.hand_over()
    assert await village.offers.of(village.bob) == []
    with pytest.raises(OfferGone):
        await village.accept(village.bob, offer)
    assert await village.hosts() == []
    line = audit_line(village.estate.stores.audit, "room-offered", village.ada.id, village.room)
    with pytest.raises(Refusal):
        await village.estate.stores.handovers.offer(
            village.room, village.bob.id, stays=True, also=line
        )
    assert await village.owner() == village.eve.id


async def test_a_room_handed_on_while_it_is_deleted_or_the_owner_full(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits count at the moment of accepting, and a refusal leaves the offer as it was."""
    offer = await village.offer("room", village.bob)
    monkeypatch.setattr(store, "MAX_ROOMS", 1)
    attic = await village.estate.room("attic", village.bob)
    before = await kept(village)
    with pytest.raises(TooManyRooms):
        await village.accept(village.bob, offer)
    assert await kept(village) == before
    await village.estate.rooms.delete(attic)
    await village.accept(village.bob, offer)
    assert await village.owner() == village.bob.id


async def test_nobody_hides_an_offer_behind_others(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too much for the page can be answered all the same, and one owner makes few."""
    monkeypatch.setattr(handover_store, "MOST_OFFERED", 1)
    monkeypatch.setattr(handover_store, "MAX_OPEN", 2)
    offer = await village.offer("room", village.bob)
    estate = village.estate
    rooms = [await estate.room(name, village.eve) for name in ("attic", "cellar", "porch")]
    for room in rooms[:2]:
        estate.clock.forward(seconds=1)
        await offer_room(village, room, village.bob)
    with pytest.raises(TooManyOffers):
        await offer_room(village, rooms[2], village.bob)
    await offer_room(village, rooms[0], village.bob)  # instead of its own
    assert offer not in await village.offers.of(village.bob)
    await village.accept(village.bob, offer)
    assert await village.owner() == village.bob.id


async def test_one_owner_has_few_offers_of_a_role_open(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all rooms of theirs; what was answered, or is not asked of anybody, does not count."""
    monkeypatch.setattr(grant_store, "MAX_OPEN", 2)
    estate, grants = village.estate, village.estate.grants
    attic = await estate.room("attic", village.ada)
    first = await grants.add(village.room, grants.by_account("host", village.bob))
    await grants.add(attic, grants.by_account("host", village.eve))
    with pytest.raises(TooManyOffers):
        await grants.add(attic, grants.by_email("host", "carol@example.org"))
    await grants.add(attic, grants.by_link("host", "club")[0])
    await grants.add(attic, grants.by_account("join", village.bob))
    await grants.add(attic, grants.by_account("host", village.eve))  # instead of the one before
    hers = await estate.room("cellar", village.eve)
    await grants.add(hers, grants.by_account("host", village.bob))
    await grants.offers.answer(village.bob, first.id, "declined")
    await grants.add(attic, grants.by_email("host", "carol@example.org"))


async def test_what_the_head_of_a_page_counts_is_what_waits(village: Village) -> None:
    accounts, offers, bob = village.estate.stores.accounts, village.offers, village.bob
    line = audit_line(village.estate.stores.audit, "room-offered", village.ada.id, village.room)
    team = await accounts.teams.make(village.eve, "Helpdesk")
    stores = village.estate.stores
    assert await offers.count(bob) == 0
    await stores.handovers.offer(village.room, bob.id, stays=False, also=line)
    await accounts.teams.invite(village.eve, team.id, bob.user_name)
    grant = await stores.grants.add(village.room, stores.grants.by_account("host", bob))
    assert await offers.count(bob) == len(await offers.of(bob)) == 3
    await offers.decline(bob, "host", grant.id)
    assert await offers.count(bob) == len(await offers.of(bob)) == 2
    await accounts.block(village.ada, actor=village.eve.id)
    assert await offers.count(bob) == len(await offers.of(bob)) == 1


async def offer_room(village: Village, room: Room, to: Account) -> None:
    stores = village.estate.stores
    line = audit_line(stores.audit, "room-offered", room.owner_id or "", room)
    await stores.handovers.offer(room, to.id, stays=False, also=line)


async def test_blocked_nobody_offers_or_accepts(village: Village) -> None:
    accounts = village.estate.stores.accounts
    of_host = await village.offer("host", village.bob)
    await village.estate.grants.offers.answer(village.bob, of_host.id, "declined")
    of_room = await village.offer("room", village.bob)
    await accounts.block(village.bob, actor=village.eve.id)
    with pytest.raises(OfferGone):
        await village.accept(village.bob, of_room)
    to_eve = await village.offer("room", village.eve)
    await accounts.block(village.ada, actor=village.eve.id)
    assert await village.offers.of(village.eve) == []
    with pytest.raises(OfferGone):
        await village.accept(village.eve, to_eve)
    assert await village.owner() == village.ada.id


async def test_an_address_that_is_another_ones_by_now_was_not_accepted_by_them(
    village: Village,
) -> None:
    grants = village.estate.grants
    grant = await grants.add(village.room, grants.by_email("host", village.bob.email))
    await grants.offers.answer(village.bob, grant.id, "accepted")
    assert await village.hosts() == [village.bob.id]
    (stored,) = await grants.of(village.room)
    assert stored.is_accepted_by(village.bob)
    assert not stored.is_accepted_by(village.eve)
    with pytest.raises(OfferGone):
        await grants.offers.answer(village.eve, grant.id, "accepted")


async def test_erased_nothing_of_an_offer_is_left(village: Village) -> None:
    await village.offer("room", village.bob)
    grants = village.estate.grants
    grant = await grants.add(village.room, grants.by_account("host", village.eve))
    await grants.offers.answer(village.eve, grant.id, "accepted")
    stores = village.estate.stores
    shown = [
        row["kind"]
        for holding in stores.holdings
        for row in [each async for each in holding.export_for(village.bob.id)]
    ]
    assert "room offered to you" in shown
    for account in (village.bob, village.eve):
        await stores.erase(account, actor="test")
    for table in ("room_handovers", "access_grants"):
        rows = await stores.database.read(f"SELECT count(*) AS n FROM {table}")  # noqa: S608
        assert rows[0]["n"] == 0
