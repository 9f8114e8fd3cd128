"""How rooms are used: nothing is kept unless that is switched on; what is kept is shown, goes
along, is erased, and goes by age; the months lead back to nobody."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from meetd.accounts.account import Account
from meetd.accounts.identity import check_identity
from meetd.core.ids import new_token
from meetd.protocol.boards import AddBoard, BoardMade, WatchBoard
from meetd.protocol.chat import DeleteChat
from meetd.protocol.people import RaiseHand
from meetd.protocol.relay import ShowTiles
from meetd.protocol.session import Done, Welcome
from meetd.usage.stay import Stay
from tests.api.test_content import Post
from tests.lifecycle.backups import Archive
from tests.lifecycle.test_erasure import places_of
from tests.mail.test_post import PUBLIC, postbox
from tests.support.clock import MovedClock
from tests.support.door import Street, join_as
from tests.support.guest import Guest, guests_at
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


async def stay_of(
    street: Street,
    account: Account | None = None,
    token: str | None = None,
    address: str = "192.0.2.1",
) -> None:
    """Somebody comes, says something, and goes."""
    guest = await street.connect("Zoe", account, address)
    assert isinstance(await guest.ask(join_as("garden", "Zoe", visitor=token)), Welcome)
    await guest.say("hello")
    await guest.leave()


async def stays_of(street: Street, tokens: list[str]) -> None:
    """Each from an address of their own."""
    for number, token in enumerate(tokens):
        await stay_of(street, token=token, address=f"198.51.100.{number}")


async def test_switched_off_nothing_is_kept(tmp_path: Path) -> None:
    async with used_street(tmp_path) as street, browser_at(street.guests.url) as browser:
        await stay_of(street, await street.account("Ada"))
        await stay_of(street, token=new_token())
        assert await stays(street) == 0
        assert street.server.gathering.meetings.staying._here == {}
        assert await street.server.house.usage_watch.close_month() == {}
        text = (await browser.get("/privacy")).text
        assert "goes through the server is not written down." in text
        assert "How rooms are used: of each stay" not in text
        assert "How long people stay" not in text, "the access log has when they came and went"


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


async def test_what_somebody_did_counts_and_not_what_their_page_asked_for(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True) as street:
        keeper, ada = await street.account("Keeper"), await street.account("Ada")
        await street.room("study", keeper, locked=False)

        async def used_by(act: Callable[[Guest], Awaitable[object]]) -> tuple[str, ...]:
            guest = await street.enter("study", "Ada", ada)
            await act(guest)
            await guest.leave()
            await stays(street)
            (stay,) = await street.server.stores.usage.of_account(ada.id)
            await street.server.stores.usage.erase_account(ada.id)
            return stay.used

        said = await street.enter("study", "Keeper", keeper)
        await said.say("hello")
        board = await said.ask(AddBoard(name="plan"))
        assert isinstance(board, BoardMade)
        post = Post(
            street.server, tmp_path, street.guests.url, street.guests.session, street.guests
        )
        own = said.messages[-1].number
        assert await used_by(lambda guest: guest.ask(ShowTiles(tiles=()))) == ()
        assert await used_by(lambda guest: guest.ask(WatchBoard(board=board.board))) == ()
        assert await used_by(lambda guest: guest.refused(DeleteChat(number=own))) == ()
        assert await used_by(lambda guest: guest.ask(RaiseHand(raised=True))) == ("people",)
        assert await used_by(lambda guest: post.begin(guest, 5)) == ("shared content",)


async def test_taking_a_message_back_is_something_done_in_the_chat(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True) as street:
        ada, zoe = await street.account("Ada"), await street.account("Zoe")
        await street.room("study", ada, locked=False)
        host, guest = (
            await street.enter("study", "Ada", ada),
            await street.enter("study", "Zoe", zoe),
        )
        await guest.say("hello")
        assert isinstance(await host.ask(DeleteChat(number=guest.messages[-1].number)), Done)
        await host.leave()
        await stays(street)
        (stay,) = await street.server.stores.usage.of_account(ada.id)
        assert stay.used == ("chat",)


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
        await stays_of(street, people)
        assert await stays(street) == 12
        clock.forward(hours=31 * DAY)
        assert await street.server.house.usage_watch.close_month() == {"stays": 10}
        # Made again after somebody was erased, the difference would be what they did.
        assert await street.server.house.visitor_rights.erase(people[0])
        assert await street.server.house.usage_watch.close_month() == {}
        (month,) = (await street.server.house.usage_watch.report()).values()
        assert month["people"] == month["browser Firefox"] == 10
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
        await stays_of(street, [token, *(new_token() for _ in range(11))])
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
        assert "Rooms: at least 50 % of 10" in text
        assert f"{PUBLIC}/admin/usage" in text
        await server.house.usage_watch.close_month()
        letter, text = await postbox.next()
        assert "How your server was used" in letter["Subject"]
        assert "Of this month no sum is kept." in text
        await server.house.post._errands.finished()
    assert postbox.letters == []


async def test_minutes_are_told_in_tens_of_percent_only(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True, limit_minutes=1_000) as street:
        ada = await street.account("Ada")
        await stay_for(street, ada, minutes=570)
        (level,) = await street.server.house.usage_watch.levels()
        assert (level.name, level.limit, level.percent) == ("minutes", 1_000, 50)
        await stay_for(street, ada, minutes=1_570)
        assert await street.server.house.usage_watch.look() == {"minutes": 100}, "and no more"


async def test_no_look_at_the_page_opens_the_stays_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = MovedClock()
    async with used_street(tmp_path, clock, keep=True, limit_minutes=1_000) as street:
        await street.server.house.routine.scheduler.close()
        ada, watch = await street.account("Ada"), street.server.house.usage_watch
        await stay_for(street, ada, minutes=570)
        assert [each.percent for each in await watch.levels()] == [50]
        await stay_for(street, ada, minutes=300)
        with monkeypatch.context() as patched:
            patched.setattr(street.server.stores.usage, "between", None)
            assert [each.percent for each in await watch.levels()] == [50]
        assert await watch.look() == {"minutes": 80}
        assert [each.percent for each in await watch.levels()] == [80]
        clock.forward(hours=31 * DAY)
        assert [each.percent for each in await watch.levels()] == [0], "of another month"


async def stay_for(street: Street, account: Account, minutes: int) -> None:
    now = street.server._clock.now()
    stay = Stay("r", now - minutes * 60_000, now, (), "alone", "", "", "")
    await street.server.stores.usage.keep(stay, account_id=account.id)


async def test_a_closed_account_leaves_no_stay(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True) as street:
        ada = await street.account("Ada")
        await stay_for(street, ada, minutes=1)
        assert await stays(street) == 1
        who = await street.server.stores.accounts.who(street.token(ada))
        assert who is not None
        await street.server.stores.accounts.closing.close(who, "", "203.0.113.7")
        await stay_for(street, ada, minutes=1)
        stay = Stay("r", 1, 2, (), "alone", "", "", "")
        await street.server.stores.usage.keep(stay, visitor_id="nobody")
        assert await stays(street) == 1


async def test_switched_off_again_what_was_kept_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with used_street(tmp_path, keep=True) as street:
        await stay_of(street, await street.account("Ada"))
        await stay_of(street, token=new_token())
        assert await stays(street) == 2
        await street.server.stores.usage.keep_sums("2026-10", {"people": 10})
    async with used_street(tmp_path, keep=True) as street:
        assert await stays(street) == 2
    assert "[usage] keep is off" not in caplog.text
    async with used_street(tmp_path) as street:
        assert await stays(street) == 0
        assert "2026-10" in await street.server.house.usage_watch.report()
    assert "[usage] keep is off: 2 stays" in caplog.text


async def test_a_restored_month_is_not_summed_up_again(tmp_path: Path) -> None:
    clock = MovedClock()
    archive = Archive(tmp_path / "data", tmp_path / "backups")
    tokens = [new_token() for _ in range(20)]
    async with used_street(archive.data, clock, keep=True) as street:
        await street.server.house.routine.scheduler.close()
        await stays_of(street, tokens)
        assert await stays(street) == 20
    await asyncio.to_thread(archive.write_key)
    await asyncio.to_thread(archive.back_up, clock)
    clock.forward(hours=31 * DAY)
    async with used_street(archive.data, clock, keep=True) as street:
        await street.server.house.routine.scheduler.close()
        assert await street.server.house.usage_watch.close_month() == {"stays": 20}
        assert await street.server.house.visitor_rights.erase(tokens[0])
    await asyncio.to_thread(archive.restore, archive.data, clock=clock, replace=True)
    async with used_street(archive.data, clock, keep=True) as street:
        await street.server.house.routine.scheduler.close()
        assert await stays(street) == 19
        assert await street.server.house.usage_watch.close_month() == {}
        assert list((await street.server.house.usage_watch.report()).values()) == [{}]


async def test_a_month_is_not_summed_up_while_the_clock_is_in_doubt(tmp_path: Path) -> None:
    async with used_street(tmp_path, keep=True) as street:
        scheduler = street.server.house.routine.scheduler
        await scheduler.close()
        scheduler.clock_in_doubt = True
        assert scheduler.waits_for_clock("usage_month")


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_every_sum_has_its_words(tmp_path: Path, language: str) -> None:
    async with used_street(tmp_path) as street:
        words = street.server.house.languages.named(language)
        for name in ("stays", "people", "minutes", "browser", "system", "path", "used"):
            assert f"usage.{name}" in words
