"""Support entries that a crash cut off: their end is written at the next start, as far as it is
known."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from meetd.accounts.account import Account
from meetd.accounts.identity import check_identity
from meetd.rooms.room import Room
from meetd.rooms.support import Support
from tests.rooms.conftest import Estate

REASON = "Ada asked why nobody hears her"


async def begun(estate: Estate) -> tuple[Support, Account, Room]:
    """An administrator with a reason, before Ada's room."""
    ada = await estate.account("ada")
    joining = estate.stores.accounts.joining
    identity = check_identity("root@example.org", "Root", "Keeper", "keeper")
    keeper = await joining.add(identity, None, administrator=True)
    room = await estate.room("study", ada)
    support = Support(estate.stores.audit, estate.stores.support, estate.clock)
    await support.begin(keeper, room, REASON)
    return support, keeper, room


async def restarted(estate: Estate) -> Support:
    support = Support(estate.stores.audit, estate.stores.support, estate.clock)
    await support.open()
    return support


async def test_what_a_crash_cut_off_ends_when_somebody_was_last_seen(estate: Estate) -> None:
    support, keeper, room = await begun(estate)
    joined_at = estate.clock.now()
    await support.entered(keeper.id, room, joined_at)
    estate.clock.forward(seconds=125)
    await support.see()
    estate.clock.forward(seconds=20, days=2)
    await restarted(estate)
    began, ended = await estate.stores.audit.entries()
    assert (ended.act, ended.actor, ended.room, ended.subject) == (
        *("support-entry-ended", keeper.id),
        *(room.id, room.owner_id),
    )
    assert ended.details == {"seconds": 125, "cutOff": 1, "entry": began.number}
    await restarted(estate)
    assert len(await estate.stores.audit.entries()) == 2, "ended twice"
    assert (await estate.stores.audit.verify()).problem is None


async def test_what_ended_by_itself_is_not_ended_again(estate: Estate) -> None:
    support, keeper, room = await begun(estate)
    joined_at = estate.clock.now()
    await support.entered(keeper.id, room, joined_at)
    estate.clock.forward(seconds=61)
    await support.end(keeper.id, room, joined_at)
    await restarted(estate)
    began, ended = await estate.stores.audit.entries()
    assert ended.details == {"seconds": 61, "entry": began.number}


async def test_whoever_leaves_at_once_has_come_before(estate: Estate) -> None:
    """Both are kept in the background, one right after the other."""
    support, keeper, room = await begun(estate)
    joined_at = estate.clock.now()
    await asyncio.gather(
        support.entered(keeper.id, room, joined_at), support.end(keeper.id, room, joined_at)
    )
    assert await estate.stores.support.under_way() == []


async def test_an_entry_under_way_is_not_written_over(estate: Estate) -> None:
    support, keeper, room = await begun(estate)
    joined_at = estate.clock.now()
    await support.entered(keeper.id, room, joined_at)
    estate.clock.forward(seconds=5)
    await support.entered(keeper.id, room, estate.clock.now())
    (entry,) = await estate.stores.support.under_way()
    assert entry.joined_at == joined_at
    await support.close()


async def test_nobody_who_never_came_in_is_ended(estate: Estate) -> None:
    await begun(estate)
    await restarted(estate)
    assert [line.act for line in await estate.stores.audit.entries()] == ["support-entry-began"]


async def test_while_somebody_is_in_it_is_kept_again_and_again(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetd.rooms.support.SEEN_EVERY_SECONDS", 0.01)
    support, keeper, room = await begun(estate)
    joined_at = estate.clock.now()
    await support.entered(keeper.id, room, joined_at)
    for _ in range(2):
        estate.clock.forward(seconds=30)
        await until(lambda: seen_until(estate), estate.clock.now())
    await support.end(keeper.id, room, joined_at)
    await support.close()


async def seen_until(estate: Estate) -> int:
    (entry,) = await estate.stores.support.under_way()
    return entry.seen_at


async def until(look: Callable[[], Awaitable[int]], wanted: int) -> None:
    async with asyncio.timeout(10):
        while await look() != wanted:
            await asyncio.sleep(0)


async def test_an_owner_is_told_until_they_read_and_nobody_else_is(estate: Estate) -> None:
    support, keeper, room = await begun(estate)
    store, owner = estate.stores.support, room.owner_id or ""
    (first,) = await store.unread(owner)
    assert first.room == "study"
    assert await store.unread(keeper.id) == []
    await support.begin(keeper, room, "The same once more")
    await store.mark_read(keeper.id, 1_000)
    assert len(await store.unread(owner)) == 2
    await store.mark_read(owner, first.number)
    (second,) = await store.unread(owner)
    assert second.number > first.number, "one that was not shown counts as read"
    await support.entered(keeper.id, room, estate.clock.now())
    await store.mark_read(owner, second.number)
    assert await store.unread(owner) == []
    assert len(await store.under_way()) == 1, "reading of it ended it"


async def test_erasing_the_administrator_takes_no_notice_away(estate: Estate) -> None:
    _, keeper, room = await begun(estate)
    await estate.stores.erase(keeper, actor="operator")
    assert len(await estate.stores.support.unread(room.owner_id or "")) == 1


async def test_erasing_the_owner_takes_it_along(estate: Estate) -> None:
    _, _, room = await begun(estate)
    owner = await estate.stores.accounts.by_id(room.owner_id or "")
    assert owner is not None
    await estate.stores.erase(owner, actor="operator")
    rows = await estate.stores.database.read("SELECT * FROM support_entries")
    assert list(rows) == []
