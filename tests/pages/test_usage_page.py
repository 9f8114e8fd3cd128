"""How rooms are used: nothing is kept unless that is switched on; what is kept is shown, goes
along, is erased, and goes by age; the months lead back to nobody."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from meetd.accounts.account import Account
from meetd.accounts.identity import check_identity
from meetd.core.ids import new_token
from meetd.usage.stay import Stay
from tests.lifecycle.test_erasure import places_of
from tests.mail.test_post import PUBLIC, postbox
from tests.support.clock import MovedClock
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.people import administrator_at, browser_at
from tests.support.postbox import Postbox
from tests.support.server import running_server, test_settings

__all__ = ["postbox"]
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
DAY = 24


@asynccontextmanager
async def used_street(
    data: Path, clock: MovedClock | None = None, **usage: Any
) -> AsyncIterator[Street]:
    settings = test_settings(
        accounts={"registration": "open"}, usage=usage, server={"trusted_proxies": ("127.0.0.1",)}
    )
    async with (
        running_server(data, settings, clock) as (server, url),
        guests_at(url, **{"User-Agent": AGENT}) as guests,
    ):
        yield Street(server, guests)


async def stays(street: Street) -> int:
    await street.server.gathering.meetings._errands.finished()
    rows = await street.server.stores.database.read("SELECT count(*) AS stays FROM usage_stays")
    return int(rows[0]["stays"])


async def stay_of(street: Street, account: Account | None = None, token: str | None = None) -> None:
    """Somebody comes, says something, and goes."""
    guest = await street.enter("garden", "Zoe", account, visitor=token)
    await guest.say("hello")
    await guest.leave()


async def test_switched_off_nothing_is_kept(tmp_path: Path) -> None:
    async with used_street(tmp_path) as street, browser_at(street.guests.url) as browser:
        await stay_of(street, await street.account("Ada"))
        await stay_of(street, token=new_token())
        assert await stays(street) == 0
        assert street.server.gathering.meetings.staying._here == {}
        assert await street.server.house.usage_watch.close_month() == {}
        text = (await browser.get("/privacy")).text
        assert "is not written down." in text
        assert "How rooms are used: of each stay" not in text


async def test_switched_on_it_is_said_shown_and_erased(tmp_path: Path) -> None:
    token = new_token()
    async with (
        used_street(tmp_path, keep=True, months=5) as street,
        browser_at(street.guests.url) as browser,
    ):
        ada = await street.account("Ada")
        await stay_of(street, ada)
        await stay_of(street, token=token)
        await stay_of(street)  # could never ask for it: not kept
        assert await stays(street) == 2
        (kept,) = await street.server.stores.usage.of_account(ada.id)
        assert (kept.room, kept.used, kept.path) == ("garden", ("chat",), "alone")
        assert (kept.browser, kept.system, kept.address) == ("Firefox", "Linux", "192.0.2.1")
        for language, words in (
            ("en", ("How rooms are used", "Kept for 5 months")),
            ("nl", ("Hoe kamers worden gebruikt", "Bewaard gedurende 5 maanden")),
        ):
            text = (await browser.get("/privacy", **{"Accept-Language": language})).text
            for each in words:
                assert each in text
            assert "kort daarna. Het wordt niet" not in text, "the address is"
        page = await browser.get(f"/privacy/data/{token}")
        assert "Your stays in rooms" in page.text
        _, _, content = await browser.file(f"/privacy/data/{token}/archive")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (row,) = json.loads(archive.read("visitor.json"))["stay"]
        assert (row["browser"], row["used"]) == ("Firefox", ["chat"])
        everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"192.0.2.1" not in everything, "in clear on the disk"
        assert (await browser.post(f"/privacy/data/{token}/erase", {"sure": "yes"})).status == 200
        assert await stays(street) == 1
        assert await street.server.stores.usage.count_of_account(ada.id) == 1
        await street.server.stores.erase(ada, actor=ada.id)
        assert await stays(street) == 0


async def test_whoever_comes_back_has_two_stays_that_do_not_overlap(tmp_path: Path) -> None:
    clock = MovedClock()
    async with used_street(tmp_path, clock, keep=True) as street:
        ada = await street.account("Ada")
        await street.room("study", ada)
        guest = await street.enter("study", "Ada", ada)
        clock.forward(hours=1)
        await guest.leave()
        assert guest.welcome is not None
        clock.forward(seconds=60)
        again = await street.enter("study", "Ada", ada, way_back=guest.welcome.way_back)
        assert again.id == guest.id
        clock.forward(hours=2)
    async with used_street(tmp_path, clock, keep=True) as street:  # a stop ends a stay too
        kept = await street.server.stores.usage.of_account(ada.id)
    first, second = sorted(kept, key=lambda stay: stay.came_at)
    assert first.left_at < second.came_at
    assert (first.minutes, second.minutes) in {(61, 121), (60, 120), (60, 121), (61, 120)}


async def test_erased_while_they_are_in_it_does_not_come_back(tmp_path: Path) -> None:
    token = new_token()
    async with used_street(tmp_path, keep=True) as street, browser_at(street.guests.url) as browser:
        guest = await street.enter("garden", "Zoe", visitor=token)
        await guest.say("hello")
        assert (await browser.post(f"/privacy/data/{token}/erase", {"sure": "yes"})).status == 200
        assert await stays(street) == 0
        assert await street.server.stores.visitors.use(token) is None


async def test_my_data_shows_the_stays_of_an_account(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True) as street, browser_at(street.guests.url) as browser:
        ada = await street.account("Ada")
        await stay_of(street, ada)
        assert await stays(street) == 1
        headers = {"Cookie": f"meetd={street.token(ada)}"}
        text = (await browser.get("/account/data", **headers)).text
        assert "Your stays in rooms" in text
        assert "192.0.2.1" in text


async def test_stays_go_by_age_and_the_months_stay(tmp_path: Path) -> None:
    clock = MovedClock()
    async with used_street(tmp_path, clock, keep=True, months=2) as street:
        await street.server.house.routine.scheduler.close()
        people = [new_token() for _ in range(12)]
        for token in people:
            await stay_of(street, token=token)
        assert await stays(street) == 12
        clock.forward(hours=31 * DAY)
        assert await street.server.house.usage_watch.close_month() == {"stays": 12}
        # Made again after somebody was erased, the difference would be what they did.
        assert await street.server.house.visitor_rights.erase(people[0])
        assert await street.server.house.usage_watch.close_month() == {}
        (month,) = (await street.server.house.usage_watch.report()).values()
        assert month["people"] == month["browser Firefox"] == 12
        clock.forward(hours=29 * DAY)
        await street.server.house.routine.purge.run()
        clock.forward(hours=40 * DAY)
        assert (await street.server.house.routine.purge.run())["stays"] == 11
        assert await stays(street) == 0
        assert len(await street.server.house.usage_watch.report()) == 1


async def test_no_join_of_what_is_left_leads_back_to_a_person(tmp_path: Path) -> None:
    """Once all is erased: what is left of a month holds no id, and no time but its name."""
    data, token = tmp_path / "data", new_token()
    clock = MovedClock()
    async with used_street(data, clock, keep=True) as street:
        await street.server.house.routine.scheduler.close()
        for each in (token, *(new_token() for _ in range(11))):
            await stay_of(street, token=each)
        traces = await street.server.stores.visitors.use(token)
        assert traces is not None
        assert await stays(street) == 12
        clock.forward(hours=31 * DAY)
        await street.server.house.usage_watch.close_month()
        assert await street.server.house.visitor_rights.erase(token)
        rows = await street.server.stores.database.read("SELECT * FROM usage_months")
        assert rows
        for row in rows:
            assert set(dict(row)) == {"month", "name", "value"}
            assert row["value"] >= 10 or row["name"] == "closed"
        stores = street.server.stores
        assert await stores.usage.of_visitor(traces.visitor) == []
        left = await stores.database.read(
            "SELECT 1 FROM usage_stays WHERE visitor_id = :id", {"id": traces.visitor}
        )
        assert left == []
    assert places_of(data, (b"192.0.2.1",)) == []


async def test_administrators_see_it_and_nobody_else(tmp_path: Path) -> None:
    async with (
        used_street(tmp_path, keep=True, limit_rooms=1, limit_minutes=1_000) as street,
        browser_at(street.guests.url) as keeper,
        browser_at(street.guests.url) as browser,
    ):
        await stay_of(street)
        await administrator_at(street.server, keeper)
        assert (await browser.get("/admin/usage")).status == 404
        await browser.sign_up("bob@example.org")
        assert (await browser.get("/admin/usage")).status == 404
        await street.server.stores.usage.keep_sums("2026-10", {"people": 12, "browser Firefox": 12})
        for language, words in (
            ("en", ("People with Firefox", "of the limit 1", "100 % and more")),
            ("nl", ("Mensen met Firefox", "van de grens 1", "100 % en meer")),
        ):
            text = (await keeper.get("/admin/usage", **{"Accept-Language": language})).text
            for each in ("2026-10", 'href="/admin/usage" aria-current="page"', *words):
                assert each in text


async def test_administrators_are_told_of_months_and_limits(
    tmp_path: Path, postbox: Postbox
) -> None:
    settings = test_settings(
        server={"public_url": PUBLIC},
        usage={"keep": True, "limit_rooms": 10, "alert_percent": 50},
        mail={
            "host": "127.0.0.1",
            "port": postbox.port,
            "encryption": "off",
            "sender": "meetd@example.org",
        },
    )
    async with running_server(tmp_path, settings) as (server, _):
        identity = check_identity("root@example.org", "Root", "Keeper", "keeper")
        await server.stores.accounts.joining.add(identity, None, administrator=True)
        for number in range(4):
            await server.stores.rooms.make(f"room-{number}")
        assert await server.house.usage_watch.look() == {"rooms": 40}
        await server.stores.rooms.make("room-4")
        await server.house.usage_watch.look()
        letter, text = await postbox.next()
        assert letter["Subject"] == "Your server comes near a limit"
        assert "Rooms: 50 % of 10" in text
        assert f"{PUBLIC}/admin/usage" in text
        await server.house.usage_watch.close_month()
        letter, text = await postbox.next()
        assert "How your server was used" in letter["Subject"]
        assert "no sums that lead back to nobody" in text
        await server.house.post._errands.finished()
    assert postbox.letters == []


async def test_minutes_are_told_in_tens_of_percent_only(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True, limit_minutes=100) as street:
        ada = await street.account("Ada")
        now = street.server._clock.now()
        stay = Stay("r", now - 57 * 60_000, now, (), "alone", "", "", "")
        await street.server.stores.usage.keep(stay, account_id=ada.id)
        (level,) = await street.server.house.usage_watch.levels()
        assert (level.name, level.limit, level.percent) == ("minutes", 100, 50)


async def test_a_closed_account_leaves_no_stay(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True) as street:
        stay = Stay("r", 1, 2, (), "alone", "", "", "")
        await street.server.stores.usage.keep(stay, account_id="nobody")
        await street.server.stores.usage.keep(stay, visitor_id="nobody")
        assert await stays(street) == 0


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_every_sum_has_its_words(tmp_path: Path, language: str) -> None:
    async with used_street(tmp_path) as street:
        words = street.server.house.languages.named(language)
        for name in ("stays", "people", "minutes", "browser", "system", "path", "used"):
            assert f"usage.{name}" in words
