"""Accounts that nobody signs in to: told 30 and 7 days before, erased then, nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetd.accounts.account import Account
from meetd.accounts.ending import Ending
from meetd.accounts.ending_store import EndingStore
from meetd.accounts.identity import check_identity
from meetd.app import Server
from meetd.core.periods import DAY, Months, day_of
from meetd.core.refusals import StorageFull
from meetd.lifecycle.purge import Purge
from meetd.rooms.holds import Holds
from meetd.storage.database import Transaction
from meetd.stores import Stores
from tests.support.server import running_server, test_settings


class HandClock:
    """Days go by when a test says so. What is counted in seconds stands still."""

    def __init__(self) -> None:
        self.moment = round(datetime(2026, 11, 22, 20, tzinfo=UTC).timestamp() * 1_000)

    def now(self) -> int:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


class House:
    """A server whose nights a test lives through."""

    def __init__(self, server: Server, clock: HandClock) -> None:
        self.server = server
        self.clock = clock
        self.told: list[tuple[str, int, int]] = []
        """User name, day and end, in days since the epoch."""
        self.is_mail_up = True
        self.ending = server.stores.accounts.ending
        self.ending.tell_by(self._tell)

    async def _tell(self, account: Account, ends: int) -> bool:
        if self.is_mail_up:
            today = self.clock.now() // DAY
            self.told.append((account.user_name, today, ends // DAY))
        return self.is_mail_up

    async def account(self, name: str) -> Account:
        identity = check_identity(f"{name}@example.org", name, "Example", name)
        return await self.server.stores.accounts.joining.add(identity, None, administrator=False)

    async def sign_in(self, account: Account) -> None:
        await self.server.stores.accounts.signing_in.begin(account.id, "Firefox", None)

    async def a_day(self) -> None:
        """As the jobs come in it: the purge every hour, notices in the morning."""
        purge = Purge(self.server.stores.sweeps, self.clock)
        midnight = (self.clock.now() // DAY + 1) * DAY
        for hour, run in ((0, purge.run), (6, self.ending.give_notices), (23, purge.run)):
            self.clock.moment = midnight + hour * DAY // 24 + 300_000
            await run()

    async def until(self, day: int) -> None:
        """The morning of that day (days since the epoch) has not begun yet."""
        self.clock.moment = day * DAY - 1

    async def names(self) -> set[str]:
        return {account.user_name async for account in self.server.stores.accounts.all()}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = HandClock()
    async with running_server(tmp_path, test_settings(), clock) as (server, _):
        await server.house.routine.scheduler.close()
        yield House(server, clock)


def end_of(house: House, account: Account) -> int:
    return house.ending.period.ends(account.created_at) // DAY


async def test_an_account_is_told_twice_and_goes_with_its_rooms(house: House) -> None:
    ada, bob = await house.account("ada"), await house.account("bob")
    await house.server.stores.rooms.make_owned("study", ada.id, locked=True)
    end = end_of(house, ada)
    await house.until(end - 31)
    for _ in range(20):
        await house.a_day()
    await house.sign_in(bob)
    for _ in range(11):
        await house.a_day()
    assert await house.names() == {"ada", "bob"}, "early"
    await house.a_day()
    assert house.clock.now() // DAY == end
    assert await house.names() == {"bob"}
    assert await house.server.stores.rooms.find("study") is None
    assert sorted(house.told) == [
        ("ada", end - 30, end),
        ("ada", end - 7, end),
        ("bob", end - 30, end),
    ]


async def test_a_sign_in_begins_anew_and_is_told_anew(house: House) -> None:
    ada = await house.account("ada")
    end = end_of(house, ada)
    await house.until(end - 8)
    await house.a_day()
    await house.a_day()
    assert [told[1] for told in house.told] == [end - 8, end - 7]
    await house.sign_in(ada)
    again = await house.server.stores.accounts.by_id(ada.id)
    assert again is not None
    assert await house.ending.of(again) is None, "the pages still say that it ends"
    assert again.last_sign_in_at is not None
    end = house.ending.period.ends(again.last_sign_in_at) // DAY
    await house.until(end - 31)
    for _ in range(31):
        await house.a_day()
    assert [told[1:] for told in house.told[2:]] == [(end - 30, end), (end - 7, end)]
    assert await house.names() == {"ada"}
    await house.a_day()
    assert await house.names() == set()


async def test_after_a_standstill_nobody_goes_without_a_week_to_come_back(house: House) -> None:
    ada = await house.account("ada")
    await house.until(end_of(house, ada) + 100)
    await house.a_day()
    today = house.clock.now() // DAY
    assert house.told == [("ada", today, today + 7)]
    assert await house.ending.of(ada) == (today + 7) * DAY
    for _ in range(6):
        await house.a_day()
    assert await house.names() == {"ada"}
    await house.a_day()
    assert await house.names() == set()


async def test_without_the_mail_nobody_goes(house: House) -> None:
    ada = await house.account("ada")
    house.is_mail_up = False
    await house.until(end_of(house, ada) - 8)
    for _ in range(20):
        await house.a_day()
    assert await house.names() == {"ada"}
    assert await house.ending.give_notices() == (0, 1)
    house.is_mail_up = True
    for _ in range(8):
        await house.a_day()
    assert await house.names() == set()


async def test_what_is_held_stays_until_the_hold_is_lifted(house: House) -> None:
    stores = house.server.stores
    ada, bob = await house.account("ada"), await house.account("bob")
    await stores.rooms.make_owned("study", bob.id, locked=True)
    await stores.rooms.make("nobodys")
    holds = Holds(stores.holds, stores.accounts, stores.rooms, stores.audit)
    for what in ("ada@example.org", "study", "nobodys"):
        await holds.place(what, "a court asks for it", actor="operator")
    await house.until(end_of(house, ada) + 1)
    for _ in range(40):
        await house.a_day()
    assert await house.names() == {"ada", "bob"}
    assert house.told == []
    assert await stores.rooms.find("nobodys") is not None
    for hold, _ in await holds.all():
        assert await holds.lift(hold.id, actor="operator")
    for _ in range(8):
        await house.a_day()
    assert await house.names() == set()
    assert await stores.rooms.find("nobodys") is None


async def test_rooms_of_nobody_go_six_months_after_their_last_use(house: House) -> None:
    room = await house.server.stores.rooms.make("old")
    end = Months(6).ends(room.last_used_at) // DAY
    await house.until(end - 1)
    new = await house.server.stores.rooms.make("new")
    for each in (room, new):
        await house.server.stores.vault.cipher("room", each.id)
    await house.a_day()
    assert {each.name async for each in house.server.stores.rooms.all()} == {"old", "new"}
    await house.a_day()
    assert [each.name async for each in house.server.stores.rooms.all()] == ["new"]
    assert await house.server.stores.vault.owners("room") == {new.id}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    used=st.datetimes(datetime(2027, 1, 1), datetime(2032, 12, 31)),  # noqa: DTZ001 - UTC below
    months=st.integers(3, 48),
)
async def test_notices_and_end_come_on_their_days_wherever_the_year_begins(
    house: House, used: datetime, months: int
) -> None:
    """Leap years, months of all lengths, days when clocks change: 30, 7, 0, whatever."""
    moment = round(used.replace(tzinfo=UTC).timestamp() * 1_000)
    house.clock.moment = moment
    name = f"a{moment}-{months}"[:32].rstrip("-")
    account = await house.account(name)
    ending = Ending(
        EndingStore(house.server.stores.database),
        house.server.stores.accounts._store,
        Months(months),
        house.clock,
    )
    given_on: list[int] = []

    async def tell(whom: Account, ends: int) -> bool:
        if whom.id == account.id:
            given_on.append(house.clock.now() // DAY)
            assert ends == end * DAY
        return True

    ending.tell_by(tell)
    end = ending.period.ends(account.created_at) // DAY
    assert day_of(end * DAY).toordinal() - used.date().toordinal() <= months * 31 + 1
    gone_on = None
    for day in range(end - 32, end + 2):
        for hour in (0, 6):
            house.clock.moment = day * DAY + hour * DAY // 24
            if hour:
                await ending.give_notices()
            elif account.id in await ending.due(ending.period.cutoff(house.clock.now())):
                gone_on = gone_on or day
    assert given_on == [end - 30, end - 7]
    assert gone_on == end
    await house.server.stores.erase(account, actor="retention")


async def test_an_erasure_that_breaks_off_anywhere_is_finished_by_the_next_purge(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a kill, before each of the parts: the rest goes then."""
    stores = house.server.stores
    for number, holding in enumerate(stores.holdings):
        ada = await house.account(f"ada-{number}")
        await stores.rooms.make_owned(f"study-{number}", ada.id, locked=True)
        await house.server.stores.database.write(closed_long_ago)
        purge = Purge(stores.sweeps, house.clock)
        with monkeypatch.context() as patch:
            if "accounts" in holding.tables:
                patch.setattr(house.server.stores.accounts._store, "erase", broken)
            else:
                patch.setattr(type(holding), "erase_for", broken)
            with pytest.raises(StorageFull):
                await purge.run()
        assert (await purge.run())["closed accounts"] == 1, holding
        assert await stores.rooms.find(f"study-{number}") is None
        assert ada.id not in await stores.vault.owners("account")
    assert await house.names() == set()


async def test_each_account_is_looked_at_again_right_before_it_goes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first one went, others signed in or were held; one that is refused stops none."""
    stores = house.server.stores
    people = {name: await house.account(name) for name in ("ada", "bob", "cas", "dan")}
    holds = Holds(stores.holds, stores.accounts, stores.rooms, stores.audit)
    end = end_of(house, people["ada"])
    await house.until(end - 8)
    for _ in range(8):
        await house.a_day()
    assert await house.names() == set(people)
    erase = Stores.erase
    gone: list[str] = []
    kept: list[str] = []

    async def slowly(self: Stores, account: Account, *, actor: str) -> None:
        if not gone:
            others = [each for each in people.values() if each.id != account.id]
            gone.append(account.user_name)
            await house.sign_in(others[0])
            await holds.place(others[1].email, "a court asks for it", actor="operator")
            kept.extend(each.user_name for each in others[:2])
        await erase(self, account, actor=actor)

    monkeypatch.setattr(Stores, "erase", slowly)
    await house.a_day()
    assert await house.names() == set(kept)
    assert len(kept) == 2


async def closed_long_ago(transaction: Transaction) -> None:
    await transaction.execute("UPDATE accounts SET closed_at = 1")


async def broken(*_: object, **__: object) -> int:
    raise StorageFull
