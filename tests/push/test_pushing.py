"""Messages reach a real push service over HTTP, and what it answers has consequences."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from meetd.audit.entry import OPERATOR
from meetd.push.holdings import PushHolding
from meetd.push.pushing import AT_ONCE, MAX_UNDER_WAY
from meetd.push.sending import MAX_WAIT, Parcel, Reply, pause_before_next, verdict_of
from meetd.push.store import MOST_FAILURES, MOST_PER_ACCOUNT
from meetd.push.subscription import SubscriptionRefused
from tests.push.conftest import House

MESSAGE = b'{"title":"Ada knocks"}'


async def test_every_browser_of_somebody_reads_the_message(house: House) -> None:
    ada, session = await house.person()
    eve, other = await house.person("eve@example.org")
    browsers = [await house.subscribe(ada, session) for _ in range(2)]
    await house.subscribe(eve, other)
    house.push.notify(ada, MESSAGE, 3_600)
    arrived = [await house.service.next() for _ in range(2)]
    assert {f"{house.service.origin}{each.path}" for each in arrived} == {
        browser.endpoint for browser in browsers
    }
    for each in arrived:
        assert each.notice == {"title": "Ada knocks"}
        assert each.headers["Content-Encoding"] == "aes128gcm"
        assert each.headers["TTL"] == "3600"
        assert each.headers["Urgency"] == "high"
    await house.quiet()
    assert house.service.asked == 2
    used = {each.last_used_at for each in await house.push.of(ada)}
    assert used == {house.clock.now()}


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(house: House, status: int) -> None:
    ada, session = await house.person()
    await house.subscribe(ada, session)
    house.service.answers = [(status, {})]
    house.push.notify(ada, MESSAGE, 60)
    await house.quiet()
    assert await house.push.of(ada) == []
    assert house.service.asked == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_service_is_asked_again(house: House, status: int) -> None:
    ada, session = await house.person()
    await house.subscribe(ada, session)
    house.service.answers = [(status, {"Retry-After": "0"}), (status, {})]
    house.push.notify(ada, MESSAGE, 60)
    assert (await house.service.next()).notice == {"title": "Ada knocks"}
    await house.quiet()
    assert house.service.asked == 3


async def test_after_three_tries_it_is_given_up(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    ada, session = await house.person()
    browser = await house.subscribe(ada, session)
    house.service.answers = [(503, {})] * 3
    house.push.notify(ada, MESSAGE, 60)
    await house.quiet()
    assert house.service.asked == 3
    assert "did not go out: 503" in caplog.text
    assert browser.endpoint not in caplog.text
    assert len(await house.push.of(ada)) == 1


@pytest.mark.parametrize("answer", [(400, {}), (403, {}), (302, {"Location": "/elsewhere"})])
async def test_a_refusal_is_final(house: House, answer: tuple[int, dict[str, str]]) -> None:
    ada, session = await house.person()
    await house.subscribe(ada, session)
    house.service.answers = [answer]
    house.push.notify(ada, MESSAGE, 60)
    await house.quiet()
    assert house.service.asked == 1


async def test_a_browser_that_never_takes_anything_is_given_up(house: House) -> None:
    ada, session = await house.person()
    await house.subscribe(ada, session)
    house.service.answers = [(400, {})] * (MOST_FAILURES - 1)
    for _ in range(MOST_FAILURES - 1):
        house.push.notify(ada, MESSAGE, 60)
        await house.quiet()
    house.push.notify(ada, MESSAGE, 60)  # arrives: counting begins anew
    await house.quiet()
    assert len(await house.push.of(ada)) == 1
    house.service.answers = [(400, {})] * MOST_FAILURES
    for _ in range(MOST_FAILURES):
        house.push.notify(ada, MESSAGE, 60)
        await house.quiet()
    assert await house.push.of(ada) == []


async def test_a_service_that_is_away_stops_nobody(house: House) -> None:
    ada, session = await house.person()
    await house.subscribe(ada, session)
    await house.subscribe(ada, session, endpoint="https://a.push.example.org/never-there")
    seen: list[Parcel] = []
    send = house.push._send

    async def away(parcel: Parcel) -> Reply:
        if parcel.place.is_loopback:
            return await send(parcel)
        seen.append(parcel)
        raise ConnectionRefusedError

    house.push._send = away
    house.push.notify(ada, MESSAGE, 60)
    await house.service.next()
    await house.quiet()
    assert [parcel.place.url for parcel in seen] == ["https://a.push.example.org/never-there"] * 3


async def test_somebody_has_at_most_ten_browsers_the_longest_unused_goes(house: House) -> None:
    ada, session = await house.person()
    endpoints = []
    for _ in range(MOST_PER_ACCOUNT + 2):
        endpoints.append((await house.subscribe(ada, session)).endpoint)
        house.clock.forward(seconds=1)
    kept = [each.offer.endpoint.reveal() for each in await house.push.of(ada)]
    assert kept == endpoints[2:]


async def test_a_browser_belongs_to_whoever_subscribed_last(house: House) -> None:
    ada, session = await house.person()
    eve, other = await house.person("eve@example.org")
    browser = await house.subscribe(ada, session)
    await house.push.subscribe(eve, other, **browser.offer, browser="")
    assert await house.push.of(ada) == []
    assert len(await house.push.of(eve)) == 1


async def test_a_subscription_ends_with_its_session(house: House) -> None:
    ada, first = await house.person()
    second = await house.session()
    await house.subscribe(ada, first)
    await house.subscribe(ada, second)
    account = await house.server.stores.accounts.by_id(ada)
    assert account is not None
    await house.server.stores.accounts.end_session(account, first)
    assert [each.session_id for each in await house.push.of(ada)] == [second]
    await house.server.stores.accounts.block(account, actor=OPERATOR)
    assert await house.push.of(ada) == []
    with pytest.raises(SubscriptionRefused, match="session"):
        await house.subscribe(ada, second)


async def test_a_session_of_somebody_else_makes_no_subscription(house: House) -> None:
    ada, _ = await house.person()
    _, session = await house.person("eve@example.org")
    with pytest.raises(SubscriptionRefused, match="session"):
        await house.subscribe(ada, session)


async def test_only_ones_own_are_removed(house: House) -> None:
    ada, session = await house.person()
    eve, _ = await house.person("eve@example.org")
    browser = await house.subscribe(ada, session)
    subscription = (await house.push.of(ada))[0]
    assert not await house.push.remove(eve, subscription.id)
    assert not await house.push.unsubscribe(eve, browser.endpoint)
    assert await house.push.unsubscribe(ada, browser.endpoint)
    assert not await house.push.remove(ada, subscription.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"public_key": ""},
        {"public_key": "A" * 87},
        {"public_key": "not base64!"},
        {"public_key": "A" * 5},
        {"auth": "AAAA"},
        {"auth": "A" * 10_000},
    ],
)
async def test_keys_that_are_none_are_refused(house: House, changes: dict[str, str]) -> None:
    ada, session = await house.person()
    with pytest.raises(SubscriptionRefused):
        await house.subscribe(ada, session, **changes)
    assert await house.push.of(ada) == []


async def test_what_is_under_way_is_bounded(house: House) -> None:
    ada, session = await house.person()
    for _ in range(3):
        await house.subscribe(ada, session)
    now, most = 0, 0
    full = asyncio.Event()

    async def slow(parcel: Parcel) -> Reply:
        nonlocal now, most
        del parcel
        now += 1
        most = max(most, now)
        if now == AT_ONCE:
            full.set()
        await asyncio.Event().wait()
        raise AssertionError

    house.push._send = slow
    for _ in range(MAX_UNDER_WAY * 2):
        house.push.notify(ada, MESSAGE, 60)
    assert len(house.push._errands) == MAX_UNDER_WAY
    async with asyncio.timeout(20):
        await full.wait()
    await house.push.close()
    assert most == AT_ONCE
    assert len(house.push._errands) == 0


async def test_nothing_is_readable_on_the_disk(house: House, tmp_path: Path) -> None:
    ada, session = await house.person()
    browser = await house.subscribe(ada, session)
    assert browser.endpoint not in repr(await house.push.of(ada))
    with closing(sqlite3.connect(tmp_path / "meetd.db")) as copy:
        rows = copy.execute("SELECT * FROM push_subscriptions").fetchall()
    assert browser.endpoint.rpartition("/")[2] not in str(rows)


async def test_the_holding_shows_erases_and_purges(house: House) -> None:
    ada, session = await house.person()
    browser = await house.subscribe(ada, session)
    holding = PushHolding(house.push._store)
    rows = [row async for row in holding.export_for(ada)]
    assert [row["kind"] for row in rows] == ["notifications"]
    assert browser.endpoint not in str(rows)
    assert await holding.erase_for(ada) == 1


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "taken"),
        (201, "taken"),
        (301, "refused"),
        (400, "refused"),
        (404, "gone"),
        (410, "gone"),
        (413, "refused"),
        (429, "later"),
        (500, "later"),
        (599, "later"),
        (999, "refused"),
    ],
)
def test_what_an_answer_means(status: int, verdict: str) -> None:
    assert verdict_of(Reply(status)) == verdict


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("", 5.0),
        ("0", 5.0),
        ("60", 60.0),
        (" 60 ", 60.0),
        (str(int(MAX_WAIT) + 1), None),
        ("9" * 9, None),
        ("9" * 10_000, 5.0),
        ("-1", 5.0),
        ("\u0663", 5.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 5.0),
    ],
)
def test_a_pause_that_is_asked_for_is_kept_within_bounds(header: str, pause: float | None) -> None:
    assert pause_before_next(Reply(503, header), 5.0) == pause
    assert pause_before_next(None, 5.0) == 5.0
